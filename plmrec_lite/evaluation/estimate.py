"""A value with the interval around it, and what that interval rests on."""

from __future__ import annotations

from typing import NamedTuple

UNITS = ("persons", "items", "persons and items", "choices", "seeds", "texts")


class _Numbers(NamedTuple):
    value: float
    low: float
    high: float


class Estimate(_Numbers):
    """A value, or a difference of two, and the interval around it.

    A tuple of three numbers: ``value, low, high = estimate``, and ``f"{estimate:+.3f}"`` writes
    them. What the interval rests on comes with it, and is no part of the tuple.

    Attributes
    ----------
    value : float
        The measure on all examples.
    low, high : float
        The ends of the interval.
    over : str
        What was drawn again: one of ``UNITS``, or "" where it is not said.
    """

    over: str = ""

    def __new__(cls, value, low, high, over=""):
        """Refuse a unit that is not one of ``UNITS``."""
        if over and over not in UNITS:
            raise ValueError(f"over={over!r}: use one of {', '.join(UNITS)}")
        self = super().__new__(cls, value, low, high)
        self.over = over
        return self

    def __str__(self):
        return format(self, ".3f")

    def __repr__(self):
        return f"Estimate({self.value!r}, {self.low!r}, {self.high!r}, over={self.over!r})"

    def __format__(self, form):
        low, high = format(self.low, form), format(self.high, form)
        return f"{format(self.value, form)} [{low}, {high}]"

    def describe(self, form=".3f"):
        """Write the three numbers and what the interval rests on.

        Parameters
        ----------
        form : str, default ".3f"
            How a number is written.

        Returns
        -------
        str
            Such as ``+0.020 [-0.002, +0.042] over choices``.
        """
        return f"{self:{form}} over {self.over}" if self.over else format(self, form)

    def covers_items(self):
        """Return whether a sentence about unseen items may rest on this interval.

        Returns
        -------
        bool
            True if items were drawn again, alone, with persons, or as random choices; False for
            persons, seeds or texts alone, and where it is not said.
        """
        return self.over in ("items", "persons and items", "choices")


def check_level(level):
    """Refuse a level of an interval that is no share.

    Parameters
    ----------
    level : float
        Such as 0.95.

    Raises
    ------
    ValueError
        If it does not lie between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
