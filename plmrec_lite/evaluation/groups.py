"""Two groups of people: how far apart they are, and how far apart they would have to be."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

from plmrec_lite.checks import check_number
from plmrec_lite.evaluation.estimate import Estimate, check_level
from plmrec_lite.runtime import check_seed


def gap(values, first, level=0.95):
    """Return the mean of one group less that of everybody else.

    Parameters
    ----------
    values : float array (n,); one a person
    first : bool array (n,); who is in the group
    level : float

    Returns
    -------
    Estimate; with Welch's interval, which lets the groups differ in size and spread

    Raises
    ------
    ValueError: shapes differ, a value is not finite, fewer than two people in a group, no spread at
        all, or ``level`` out of range

    Examples
    --------
    >>> print(gap([0.2, 0.4, 0.1, 0.3, 0.2], [True, True, False, False, False]))
    0.100 [-0.498, 0.698]

    Source: Welch 1947.
    """
    values, first = _checked(values, first)
    parts = values[first], values[~first]
    errors = [part.var(ddof=1) / len(part) for part in parts]
    variance = sum(errors)
    if variance == 0:
        raise ValueError("all values of both groups are equal: there is no spread to judge by")
    df = variance**2 / sum(e**2 / (len(p) - 1) for e, p in zip(errors, parts, strict=True))
    return Estimate.from_variance(
        parts[0].mean() - parts[1].mean(), variance, df, level, over="persons"
    )


def permuted_gaps(values, first, n_permutations=2000, seed=0):
    """Return the gaps that chance alone makes: of random groups of the same sizes.

    Parameters
    ----------
    values, first
        As in ``gap``.
    n_permutations, seed : int

    Returns
    -------
    float array (n_permutations,)

    Raises
    ------
    ValueError: as ``gap``, or ``n_permutations`` below 1

    Source: Fisher 1935, section 21.
    """
    check_seed(seed)
    values, first = _checked(values, first)
    check_number("n_permutations", n_permutations, least=1, whole=True)
    rng = np.random.default_rng(seed)
    n, total = int(first.sum()), values.sum()
    drawn = np.array([rng.permutation(values)[:n].sum() for _ in range(n_permutations)])
    return drawn / n - (total - drawn) / (len(values) - n)


def detectable_gap(spreads, sizes, power=0.8, level=0.95):
    """Return the smallest true gap that two groups show with a given power.

    Parameters
    ----------
    spreads : pair of float; the standard deviation within each group
    sizes : pair of int; people in each group
    power : float; how often the interval shall lie on one side of 0, from 0.5 to below 1
    level : float; of the interval

    Returns
    -------
    float; in the unit of the spreads, by the normal approximation

    Raises
    ------
    ValueError: a number is out of range

    Examples
    --------
    >>> round(detectable_gap([0.3, 0.3], [670, 273]), 3)
    0.06

    Source: Cohen 1988, chapter 2.
    """
    for spread, size in zip(spreads, sizes, strict=True):
        check_number("spread", spread, above=0)
        check_number("size", size, least=2, whole=True)
    return _both(power, level) * math.sqrt(
        sum(spread**2 / size for spread, size in zip(spreads, sizes, strict=True))
    )


def group_needed(true_gap, spreads, power=0.8, level=0.95):
    """Return how many people each of two equal groups needs to show a true gap.

    Parameters
    ----------
    true_gap : float; above 0
    spreads : pair of float; the standard deviation within each group
    power, level : float; as in ``detectable_gap``

    Returns
    -------
    int; of each group

    Raises
    ------
    ValueError: a number is out of range

    Examples
    --------
    >>> group_needed(0.5, [1.0, 1.0])
    63

    Source: Cohen 1988, chapter 2.
    """
    check_number("true_gap", true_gap, above=0)
    for spread in spreads:
        check_number("spread", spread, above=0)
    variance = sum(spread**2 for spread in spreads)
    return math.ceil(variance * (_both(power, level) / true_gap) ** 2)


def _both(power, level):
    """How many standard errors a gap must be away from 0."""
    check_level(level)
    check_number("power", power, least=0.5)
    if power >= 1:
        raise ValueError(f"power={power}: give a number below 1, such as 0.8")
    return float(norm.ppf((1 + level) / 2) + norm.ppf(power))


def _checked(values, first):
    """Values as float64 and the group as bool, (n,) each, two people or more on either side."""
    values, first = np.asarray(values, dtype=np.float64), np.asarray(first)
    if values.ndim != 1 or first.shape != values.shape or first.dtype != bool:
        raise ValueError(
            f"values of shape {values.shape}, first is {first.dtype} of shape {first.shape}: give "
            "one number and one bool a person"
        )
    if bad := np.flatnonzero(~np.isfinite(values)).tolist():
        raise ValueError(f"values of persons {bad[:5]} are not finite: leave them out of both")
    sizes = int(first.sum()), int((~first).sum())
    if min(sizes) < 2:
        raise ValueError(f"groups of {sizes[0]} and {sizes[1]} people: each needs two or more")
    return values, first
