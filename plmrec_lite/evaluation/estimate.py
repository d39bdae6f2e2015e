"""A value with the interval around it, and what that interval rests on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_choice

UNITS = ("persons", "items", "persons and items", "choices", "seeds", "texts")


class _Numbers(NamedTuple):
    value: float
    low: float
    high: float


class Estimate(_Numbers):
    """A value, or a difference of two, and its interval: ``value, low, high = estimate``.

    ``f"{estimate:+.3f}"`` writes the three numbers.

    Attributes
    ----------
    value : float; the measure on all examples
    low, high : float; the ends of the interval
    over : str; what was drawn again: one of ``UNITS``, or "" where it is not said
    """

    over: str = ""

    def __new__(cls, value, low, high, over=""):
        """Refuse a unit that is not one of ``UNITS``."""
        if over:
            check_choice("over", over, UNITS)
        self = super().__new__(cls, float(value), float(low), float(high))
        self.over = over
        return self

    def __str__(self):
        return format(self, ".3f")

    def __repr__(self):
        return f"Estimate({self.value!r}, {self.low!r}, {self.high!r}, over={self.over!r})"

    def __format__(self, form):
        value, low, high = (format(number, form or ".3f") for number in self)
        return f"{value} [{low}, {high}]"

    @classmethod
    def from_draws(cls, value, draws, level=0.95, over=""):
        """Return a value with the interval of its resamples.

        Parameters
        ----------
        value : float; the measure on all examples
        draws : float array (n_resamples,); the measure on each resample
        level : float; the share of the draws that the interval holds
        over : str; one of ``UNITS``, or ""

        Returns
        -------
        Estimate

        Raises
        ------
        ValueError: ``level`` is out of range, or ``over`` is unknown
        """
        return cls(value, *percentile_interval(draws, level), over)

    @classmethod
    def from_variance(cls, value, variance, df, level=0.95, over=""):
        """Return a mean with Student's interval.

        Parameters
        ----------
        value, variance : float; the mean, and its own variance
        df : int; degrees of freedom
        level : float
        over : str; one of ``UNITS``, or ""

        Returns
        -------
        Estimate

        Raises
        ------
        ValueError: ``level`` is out of range, or ``over`` is unknown

        Source: Student 1908.
        """
        from scipy.stats import t

        check_level(level)
        half = t.ppf((1 + level) / 2, df) * variance**0.5
        return cls(value, value - half, value + half, over)

    def describe(self, form=".3f"):
        """Write the three numbers and the unit: ``+0.020 [-0.002, +0.042] over choices``.

        Parameters
        ----------
        form : str; the format of a number

        Returns
        -------
        str
        """
        return f"{self:{form}} over {self.over}" if self.over else format(self, form)

    def covers_items(self):
        """Return whether a sentence about unseen items may rest on this interval.

        Returns
        -------
        bool; True if items were drawn again, alone, with persons, or as random choices
        """
        return self.over in ("items", "persons and items", "choices")


def check_level(level):
    """Refuse a level of an interval that is no share.

    Parameters
    ----------
    level : float

    Raises
    ------
    ValueError: it does not lie between 0 and 1
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")


def percentile_interval(values, level=0.95):
    """Return the ends of the interval that holds the middle share of the resampled values.

    Parameters
    ----------
    values : float array (n_resamples, ...)
    level : float; the share

    Returns
    -------
    low, high : float array (...)

    Raises
    ------
    ValueError: ``level`` is out of range

    Source: Efron and Tibshirani 1993, section 13.3.
    """
    check_level(level)
    return np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
