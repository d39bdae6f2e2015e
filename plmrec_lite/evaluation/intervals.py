"""What a value is worth: intervals by the bootstrap, and over random choices.

An interval speaks of what was drawn again: over persons of other persons, over random choices of
other choices of items. ``evaluation.crossed`` draws items, or persons and items;
``evaluation.verdicts`` says what an interval shows.
"""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation.estimate import Estimate, check_level

N_RESAMPLES = 2000


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


def bootstrap(statistic, *columns, level=0.95, seed=0, groups=None, over=""):
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
    over : str, default ""
        What the rows or groups are: "persons", "items", ...; see ``Estimate``.

    Returns
    -------
    Estimate
        value, low, high.

    Raises
    ------
    ValueError
        If there is no column, they differ in length from each other or from ``groups``, or
        ``level`` or ``over`` is out of range.

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
    return Estimate.from_draws(statistic(*columns), values, level, over)


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
    return Estimate.from_draws(values.mean(), draws, level, "persons")


def compare_choices(mine, theirs, level=0.95, n_test=None, n_train=None, over=""):
    """Return by how much one method beats another over the same random choices.

    Which items happen to be cold moves every method's value far more than the methods differ.
    So the differences are taken choice by choice, and only then averaged. Random choices out of
    one catalogue share items, and the mean of many has less news in it than it seems: 95 % of
    the plain interval of 20 choices, each testing a fifth, held 61 % of the truths on made data.
    Given the sizes the interval is widened by ``sqrt(1 + n * n_test / n_train)``, and held 95 %.

    Parameters
    ----------
    mine, theirs : float array (n,)
        The two methods' values on n choices, in the same order; at least two.
    level : float, default 0.95
        The level of Student's interval.
    n_test, n_train : int or None
        How many items a choice tests and trains on, of the same kind. None for values that
        share nothing.
    over : str, default ""
        What the values belong to: "seeds", "persons", ...; see ``Estimate``. With sizes it is
        "choices" unless said otherwise; without, choices must be called so by you.

    Returns
    -------
    Estimate
        The mean of mine less theirs, low and high.

    Raises
    ------
    ValueError
        If the arrays differ in shape, hold fewer than two values or one that is not a number, if
        one size is given without the other or is below 1, or ``level`` is out of range.

    Examples
    --------
    >>> print(compare_choices([0.3, 0.2, 0.4], [0.2, 0.1, 0.2]))
    0.133 [-0.010, 0.277]
    >>> print(compare_choices([0.3, 0.2, 0.4], [0.2, 0.1, 0.2], n_test=20, n_train=80))
    0.133 [-0.056, 0.323]

    Source: Nadeau and Bengio 2003, section 3; Student 1908.
    """
    mine, theirs = np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if mine.ndim != 1 or mine.shape != theirs.shape or len(mine) < 2:
        raise ValueError(
            f"values of shapes {mine.shape} and {theirs.shape}: give both methods' values on the "
            "same choices, at least two"
        )
    if bad := np.flatnonzero(~np.isfinite(mine - theirs)).tolist():
        raise ValueError(f"choices {bad} have a value that is not a number: leave them out of both")
    sizes = [n for n in (n_test, n_train) if n is not None]
    if len(sizes) == 1 or any(n < 1 for n in sizes):
        raise ValueError(f"n_test={n_test}, n_train={n_train}: give both, at least 1, or neither")
    check_level(level)
    from scipy.stats import ttest_rel

    mean = float((mine - theirs).mean())
    low, high = map(float, ttest_rel(mine, theirs).confidence_interval(level))
    over = over or ("choices" if sizes else "")
    wider = (1 + len(mine) * n_test / n_train) ** 0.5 if sizes else 1.0
    return Estimate(mean, mean - wider * (mean - low), mean + wider * (high - mean), over)
