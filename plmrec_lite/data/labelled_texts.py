"""Texts with a class each: what a classifier of texts learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class LabelledTexts:
    """Texts, the class of each, and which of them belong together.

    Parameters
    ----------
    texts : list of str
        n texts.
    labels : int array (n,)
        The class of each, 0 to n_classes - 1.
    classes : tuple of str
        The name of each class.
    groups : array (n,)
        Equal for texts of one origin, such as the sentences of one review.

    Raises
    ------
    ValueError
        If the lengths differ, or a label is no class.

    Examples
    --------
    >>> few = LabelledTexts(["fine", "poor"], [1, 0], ("bad", "good"), ["a", "b"])
    >>> len(few), few.named.tolist()
    (2, ['good', 'bad'])
    """

    texts: list
    labels: np.ndarray
    classes: tuple
    groups: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "texts", list(self.texts))
        object.__setattr__(self, "labels", np.asarray(self.labels, dtype=np.int64))
        object.__setattr__(self, "groups", np.asarray(self.groups))
        lengths = (len(self.texts), *self.labels.shape, *self.groups.shape)
        if len(set(lengths)) > 1 or len(lengths) != 3:
            raise ValueError(f"{lengths} texts, labels and groups: give one of each for each text")
        wrong = (self.labels < 0) | (self.labels >= len(self.classes))
        if wrong.any():
            raise ValueError(
                f"label {self.labels[wrong][0]} is none of the {len(self.classes)} classes "
                f"{self.classes}: labels run from 0 to {len(self.classes) - 1}"
            )

    def __len__(self):
        return len(self.texts)

    @property
    def named(self):
        """The name of each text's class, str array (n,)."""
        return np.array(self.classes)[self.labels]

    def take(self, rows):
        """Return some of the texts.

        Parameters
        ----------
        rows : int array (m,)
            Which, in this order.

        Returns
        -------
        LabelledTexts
            m texts with the same classes.
        """
        rows = np.asarray(rows, dtype=np.int64)
        texts = [self.texts[row] for row in rows]
        return LabelledTexts(texts, self.labels[rows], self.classes, self.groups[rows])

    def sample(self, n, seed=0):
        """Return n of the texts, drawn without replacement.

        Parameters
        ----------
        n : int
            How many. The draws of one seed are nested: 50 are the first 50 of 100.
        seed : int, default 0
            The seed of the draw.

        Returns
        -------
        LabelledTexts
            n texts with the same classes.

        Raises
        ------
        ValueError
            If there are fewer than n.
        """
        if not 0 <= n <= len(self):
            raise ValueError(f"n={n}: draw from 0 to {len(self)} texts")
        return self.take(np.random.default_rng(seed).permutation(len(self))[:n])
