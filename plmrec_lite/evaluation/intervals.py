"""Intervals over test sets drawn again, and over random choices; `crossed` draws items too."""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.runtime import check_seed

N_RESAMPLES = 2000


def resamples(n, seed=0, groups=None):
    """Yield the rows of 2,000 test sets drawn with replacement from one.

    Parameters
    ----------
    n : int; examples in the test set
    seed : int
    groups : array (n,) or None; groups of dependent examples, such as the sentences of one
        review, are drawn whole; None draws the examples one by one

    Yields
    ------
    int array; n rows, or as many as the drawn groups hold

    Raises
    ------
    ValueError: no examples, or not one group an example

    Source: Efron and Tibshirani 1993, section 13.3; Field and Welsh 2007 (groups).
    """
    check_seed(seed)
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


def bootstrap(statistic, *columns, level=0.95, seed=0, groups=None, over=""):
    """Return a measure of a test set, with the interval of other test sets of its kind.

    Parameters
    ----------
    statistic : callable; takes the columns and returns one number, such as ``macro_f1``; for a
        paired difference give it the targets and both predictions
    *columns : array (n, ...); row i of each belongs to example i: rows are drawn together
    level : float; the share of the resamples that the interval holds
    seed : int
    groups : array (n,) or None; as in ``resamples``
    over : str; what the rows or groups are: one of ``estimate.UNITS``, or ""

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError: no column, unequal lengths, ``level`` or ``over`` out of range

    Examples
    --------
    >>> print(bootstrap(np.mean, [0.25, 0.25, 0.25]))
    0.250 [0.250, 0.250]

    Source: Efron and Tibshirani 1993, section 13.3.
    """
    check_seed(seed)
    columns = [np.asarray(column) for column in columns]
    lengths = [len(column) for column in columns]
    if not columns or len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(f"columns of lengths {lengths}: give at least one, all equally long")
    draws = resamples(lengths[0], seed, groups)
    values = [statistic(*(column[rows] for column in columns)) for rows in draws]
    return Estimate.from_draws(statistic(*columns), values, level, over)


def mean_over_people(values, people=None, level=0.95, seed=0):
    """Return the mean of all values, with its interval over people.

    It equals ``bootstrap(np.mean, values, groups=people)`` and is faster: a person tested several
    times is drawn with all of these values.

    Parameters
    ----------
    values : float array (n,); one value, or paired difference, for each test of a person
    people : array (n,) or None; who was tested; None if everybody was tested once
    level : float
    seed : int

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError: no value, not one person a value, or ``level`` out of range

    Source: Field and Welsh 2007.
    """
    check_seed(seed)
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
    return Estimate.from_draws(values.mean(), draws, level, "persons")


def compare_choices(mine, theirs, level=0.95, n_test=None, n_train=None, over=""):
    """Return by how much one method beats another over the same random choices.

    Differences are taken choice by choice, then averaged. Random choices out of one catalogue
    share items: of 20 choices that each test a fifth, the plain 95 % interval held 61 % of the
    truths on made data. Given the sizes, the variance of the mean is multiplied by
    ``1 + n * n_test / n_train``, and the interval held 95 %.

    Parameters
    ----------
    mine, theirs : float array (n,); both methods' values, at least two, in the same order
    level : float
    n_test, n_train : int or None; the items, of the same kind, that a choice tests and trains on;
        None for values that share nothing
    over : str; one of ``estimate.UNITS``; "" is "choices" where sizes are given

    Returns
    -------
    Estimate; the mean of mine less theirs, by Student's t

    Raises
    ------
    ValueError: shapes differ, fewer than two values, a value is not finite, one size without the
        other or below 1, ``level`` or ``over`` out of range

    Examples
    --------
    >>> print(compare_choices([0.3, 0.2, 0.4], [0.2, 0.1, 0.2]))
    0.133 [-0.010, 0.277]
    >>> print(compare_choices([0.3, 0.2, 0.4], [0.2, 0.1, 0.2], n_test=20, n_train=80))
    0.133 [-0.056, 0.323]

    Source: Nadeau and Bengio 2003, section 3.
    """
    mine, theirs = np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if mine.ndim != 1 or mine.shape != theirs.shape or len(mine) < 2:
        raise ValueError(
            f"values of shapes {mine.shape} and {theirs.shape}: give both methods' values on the "
            "same choices, at least two"
        )
    apart = mine - theirs
    if bad := np.flatnonzero(~np.isfinite(apart)).tolist():
        raise ValueError(f"choices {bad} have a value that is not a number: leave them out of both")
    sizes = [n for n in (n_test, n_train) if n is not None]
    if len(sizes) == 1 or any(n < 1 for n in sizes):
        raise ValueError(f"n_test={n_test}, n_train={n_train}: give both, at least 1, or neither")
    shared = n_test / n_train if sizes else 0.0
    variance = (1 / len(apart) + shared) * apart.var(ddof=1)
    over = over or ("choices" if sizes else "")
    return Estimate.from_variance(apart.mean(), variance, len(apart) - 1, level, over)
