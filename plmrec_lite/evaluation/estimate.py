"""A value with the interval around it, and what that interval rests on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

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
        form = form or ".3f"
        low, high = format(self.low, form), format(self.high, form)
        return f"{format(self.value, form)} [{low}, {high}]"

    @classmethod
    def from_draws(cls, value, draws, level=0.95, over=""):
        """Return a value with the interval of its resamples.

        Parameters
        ----------
        value : float
            The measure on all examples.
        draws : float array (n_resamples,)
            The measure on each resample.
        level : float, default 0.95
            The share of the draws that the interval holds, between 0 and 1.
        over : str
            What was drawn again.

        Returns
        -------
        Estimate

        Raises
        ------
        ValueError
            If ``level`` is out of range, or ``over`` is unknown.
        """
        low, high = percentile_interval(draws, level)
        return cls(float(value), float(low), float(high), over)

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


def percentile_interval(values, level=0.95):
    """Return the ends of the interval that holds the middle share of the resampled values.

    Parameters
    ----------
    values : float array (n_resamples, ...)
        The measure on each resample.
    level : float, default 0.95
        The share, between 0 and 1.

    Returns
    -------
    low, high : float array (...)
        The ends.

    Raises
    ------
    ValueError
        If ``level`` is out of range.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0), level=0.5)
    >>> float(low), float(high)
    (25.0, 75.0)

    Source: Efron and Tibshirani 1993, section 13.3.
    """
    check_level(level)
    return np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
