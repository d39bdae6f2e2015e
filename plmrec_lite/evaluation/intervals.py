"""What a value is worth: an estimate with its interval.

The bootstrap says what a measure would be on other test sets of the same kind; the paired t
interval, what a comparison over random choices is worth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

N_RESAMPLES = 2000


class Estimate(NamedTuple):
    """A value, or a difference of two, and the interval around it.

    ``f"{estimate:+.3f}"`` writes all three in that form.

    Attributes
    ----------
    value : float
        The measure on all examples.
    low, high : float
        The ends of the interval.
    """

    value: float
    low: float
    high: float

    def __str__(self):
        return format(self, ".3f")

    def __format__(self, form):
        low, high = format(self.low, form), format(self.high, form)
        return f"{format(self.value, form)} [{low}, {high}]"

    @classmethod
    def from_draws(cls, value, draws, level=0.95):
        """Return a value with the interval of its resamples.

        Parameters
        ----------
        value : float
            The measure on all examples.
        draws : float array (n_resamples,)
            The measure on each resample.
        level : float, default 0.95
            The share of the draws that the interval holds, between 0 and 1.

        Returns
        -------
        Estimate
            value, low, high.

        Raises
        ------
        ValueError
            If ``level`` is out of range.
        """
        low, high = percentile_interval(draws, level)
        return cls(float(value), float(low), float(high))


def resamples(n, seed=0, groups=None):
    """Yield the rows of 2,000 test sets drawn with replacement from one.

    Parameters
    ----------
    n : int
        Examples in the test set, at least 1.
    seed : int, default 0
        The seed of the draw.
    groups : array (n,) or None
        The group of each example. Sentences of one review are no independent witnesses, so
        groups are drawn whole; None draws the examples one by one.

    Yields
    ------
    int array
        The rows of one test set: n of them, or as many as the drawn groups hold.

    Raises
    ------
    ValueError
        If there are no examples, or not one group an example.

    Source: Efron and Tibshirani 1993, section 13.3; Field and Welsh 2007 (groups).
    """
    if n < 1:
        raise ValueError(f"n={n}: a test set has at least one example")
    if groups is not None and np.shape(groups) != (n,):
        raise ValueError(f"groups of shape {np.shape(groups)} for {n} examples: give one for each")
    rng = np.random.default_rng(seed)
    if groups is None:
        for _ in range(N_RESAMPLES):
            yield rng.integers(n, size=n)
        return
    codes = np.unique(np.asarray(groups), return_inverse=True)[1]
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    for _ in range(N_RESAMPLES):
        drawn = rng.integers(len(members), size=len(members))
        yield np.concatenate([members[group] for group in drawn])


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
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
    return np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)


def bootstrap(statistic, *columns, level=0.95, seed=0, groups=None):
    """Return a measure of a test set, and where it would lie on other test sets of its kind.

    Parameters
    ----------
    statistic : callable
        Takes the columns and returns one number, such as ``macro_f1``. For a paired
        difference give it the targets and both predictions.
    *columns : array (n, ...)
        What the statistic takes; row i of each belongs to example i, and rows are drawn
        together.
    level : float, default 0.95
        The share of the 2,000 resamples that the interval holds, between 0 and 1.
    seed : int, default 0
        The seed of the draw.
    groups : array (n,) or None
        The group of each example, such as the review that a sentence is from: groups are
        drawn whole. None draws the examples one by one.

    Returns
    -------
    Estimate
        value, low, high.

    Raises
    ------
    ValueError
        If there is no column, they differ in length from each other or from ``groups``, or
        ``level`` is out of range.

    Examples
    --------
    >>> print(bootstrap(np.mean, [0.25, 0.25, 0.25]))
    0.250 [0.250, 0.250]

    Source: Efron and Tibshirani 1993, section 13.3.
    """
    columns = [np.asarray(column) for column in columns]
    lengths = [len(column) for column in columns]
    if not columns or len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(f"columns of lengths {lengths}: give at least one, all equally long")
    draws = resamples(lengths[0], seed, groups)
    values = [statistic(*(column[rows] for column in columns)) for rows in draws]
    return Estimate.from_draws(statistic(*columns), values, level)


def mean_over_people(values, people=None, level=0.95, seed=0):
    """Return a mean and where it would lie with other people of the same kind.

    A person who was tested several times, under other random choices, is drawn with all of these
    values: they are no independent witnesses.

    Parameters
    ----------
    values : float array (n,)
        One value, or one paired difference, for each test of a person.
    people : array (n,) or None
        Who was tested; None if everybody was tested once.
    level : float, default 0.95
        The share of the 2,000 resamples that the interval holds, between 0 and 1.
    seed : int, default 0
        The seed of the draw.

    Returns
    -------
    Estimate
        The mean of all values, low and high. It is that of ``bootstrap`` with
        ``groups=people``, but faster.

    Raises
    ------
    ValueError
        If there is no value, not one person a value, or ``level`` is out of range.

    Examples
    --------
    >>> print(mean_over_people([0.5, 0.5, 0.5], people=["Ada", "Ada", "Ben"]))
    0.500 [0.500, 0.500]

    Source: Efron and Tibshirani 1993, section 13.3; Field and Welsh 2007 (groups).
    """
    values = np.asarray(values, dtype=np.float64)
    people = np.arange(len(values)) if people is None else np.asarray(people)
    if values.ndim != 1 or not len(values) or people.shape != values.shape:
        raise ValueError(
            f"values of shape {values.shape} for people of shape {people.shape}: give at least one "
            "value, and who it is of"
        )
    codes = np.unique(people, return_inverse=True)[1]
    sums, counts = np.bincount(codes, values), np.bincount(codes)  # (n_people,) each
    draws = [sums[rows].sum() / counts[rows].sum() for rows in resamples(len(sums), seed)]
    return Estimate.from_draws(values.mean(), draws, level)


def compare_choices(mine, theirs, level=0.95):
    """Return by how much one method beats another over the same random choices.

    Which items happen to be cold moves every method's value far more than the methods differ.
    So the differences are taken choice by choice, and only then averaged.

    Parameters
    ----------
    mine, theirs : float array (n,)
        The two methods' values on n choices, in the same order; at least two.
    level : float, default 0.95
        The level of Student's interval.

    Returns
    -------
    Estimate
        The mean of mine less theirs, low and high. Choices that share items are not quite
        independent, so read an interval that barely excludes zero with care.

    Raises
    ------
    ValueError
        If the arrays differ in shape or hold fewer than two values, or ``level`` is out of range.

    Examples
    --------
    >>> difference, low, high = compare_choices([0.3, 0.2, 0.4], [0.2, 0.1, 0.2])
    >>> round(difference, 3), round(low, 3), round(high, 3)
    (0.133, -0.01, 0.277)

    Source: Student 1908; for recommenders Sakai 2006.
    """
    mine, theirs = np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if mine.ndim != 1 or mine.shape != theirs.shape or len(mine) < 2:
        raise ValueError(
            f"values of shapes {mine.shape} and {theirs.shape}: give both methods' values on the "
            "same choices, at least two"
        )
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
    from scipy.stats import t

    apart = mine - theirs  # (n,)
    mean, error = float(apart.mean()), float(apart.std(ddof=1)) / len(apart) ** 0.5
    half = float(t.ppf((1 + level) / 2, len(apart) - 1)) * error
    return Estimate(mean, mean - half, mean + half)
