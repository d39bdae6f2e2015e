"""A log cut in training, validation and test, and what may be ranked on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from plmrec_lite.data.interactions import Interactions

PARTS = ("validation", "test")


@dataclass(frozen=True, eq=False)
class Split:
    """Interactions cut in three, and the items that may be ranked on each held-out part.

    Parameters
    ----------
    train, validation, test : Interactions; choose on validation, report on test
    candidates : dict of two bool arrays (n_items,); of ``"validation"`` and ``"test"``: the items
        that may be ranked there; all, except cold items, which are ranked among themselves
    name : str; what tables call the split

    Raises
    ------
    ValueError: the parts number other users or items, or ``candidates`` has other keys or shapes
    """

    train: Interactions
    validation: Interactions
    test: Interactions
    candidates: dict
    name: str

    def __post_init__(self):
        parts = {name: getattr(self, name) for name in ("train", *PARTS)}
        sizes = {name: (part.n_users, part.n_items) for name, part in parts.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(
                f"the parts differ in (n_users, n_items): {sizes}; number all users and items alike"
            )
        shapes = {part: np.shape(mask) for part, mask in self.candidates.items()}
        if shapes != dict.fromkeys(PARTS, (self.train.n_items,)):
            raise ValueError(
                f"candidates have the shapes {shapes}: give one bool array "
                f"({self.train.n_items},) for each of {PARTS}"
            )

    def held_out(self, part):
        """Return the held-out part of that name.

        Parameters
        ----------
        part : {"validation", "test"}

        Returns
        -------
        Interactions

        Raises
        ------
        ValueError: ``part`` is neither
        """
        if part not in PARTS:
            raise ValueError(f"part={part!r}: use 'validation' or 'test'")
        return self.validation if part == "validation" else self.test

    def known(self, part):
        """Return what a model may have seen when it is evaluated on ``part``.

        Parameters
        ----------
        part : {"validation", "test"}

        Returns
        -------
        Interactions; the training part, for ``"test"`` joined by the validation part

        Raises
        ------
        ValueError: ``part`` is neither
        """
        self.held_out(part)
        return self.train if part == "validation" else self.train + self.validation
