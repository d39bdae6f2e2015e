"""How many people a test needs before its interval can tell a gain from none."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

from plmrec_lite.checks import check_number
from plmrec_lite.evaluation.estimate import check_level
from plmrec_lite.evaluation.intervals import mean_over_people
from plmrec_lite.runtime import check_seed


def spread_of(estimate, n, level=0.95):
    """Return the standard deviation of the paired differences behind an interval.

    Parameters
    ----------
    estimate : Estimate; a mean difference over people
    n : int; how many people
    level : float; of the interval

    Returns
    -------
    float; in the unit of the estimate

    Raises
    ------
    ValueError: fewer than two people, an interval without ends, or ``level`` out of range

    Examples
    --------
    >>> from plmrec_lite.evaluation.estimate import Estimate
    >>> round(spread_of(Estimate(0.004, -0.003, 0.011), n=943), 2)
    0.11
    """
    check_number("n", n, least=2, whole=True)
    half = (estimate.high - estimate.low) / 2
    if not math.isfinite(half):
        raise ValueError(f"the interval {estimate} has no ends: give one of finite numbers")
    return half / _quantile(level) * math.sqrt(n)


def power_of(gain, spread, n, level=0.95):
    """Return how often a test of n people shows a true gain: how often its interval is above 0.

    Parameters
    ----------
    gain : float; the true mean difference
    spread : float; the standard deviation of the differences between people, above 0
    n : int; people, each of whom counts once
    level : float; of the interval

    Returns
    -------
    float, in [0, 1]; by the normal approximation of the mean

    Raises
    ------
    ValueError: a number is out of range

    Examples
    --------
    >>> round(power_of(gain=0.0036, spread=0.11, n=943), 2)
    0.17

    Source: Cohen 1988, chapter 2; Sakai 2018 for retrieval.
    """
    check_number("gain", gain)
    check_number("spread", spread, above=0)
    check_number("n", n, least=1, whole=True)
    return float(norm.cdf(gain * math.sqrt(n) / spread - _quantile(level)))


def people_needed(gain, spread, power=0.8, level=0.95):
    """Return how many people a test needs to show a true gain.

    Parameters
    ----------
    gain : float; the true mean difference, above 0
    spread : float; the standard deviation of the differences between people, above 0
    power : float; how often the interval shall lie above 0, between 0.5 and 1
    level : float; of the interval

    Returns
    -------
    int

    Raises
    ------
    ValueError: a number is out of range

    Examples
    --------
    >>> people_needed(gain=0.0036, spread=0.11)
    7329

    Source: Cohen 1988, chapter 2; Sakai 2018 for retrieval.
    """
    check_number("gain", gain, above=0)
    check_number("spread", spread, above=0)
    return math.ceil((_both(power, level) * spread / gain) ** 2)


def detectable_gain(spread, n, power=0.8, level=0.95):
    """Return the smallest true gain that a test of n people shows with a given power.

    Parameters
    ----------
    spread : float; the standard deviation of the differences between people, above 0
    n : int; people
    power : float; how often the interval shall lie above 0, between 0.5 and 1
    level : float; of the interval

    Returns
    -------
    float; in the unit of ``spread``

    Raises
    ------
    ValueError: a number is out of range

    Examples
    --------
    >>> round(detectable_gain(spread=0.11, n=943), 3)
    0.01
    """
    check_number("spread", spread, above=0)
    check_number("n", n, least=1, whole=True)
    return _both(power, level) * spread / math.sqrt(n)


def simulated_power(differences, n, n_tests=400, level=0.95, seed=0):
    """Return how often a test of n people drawn from those measured has its interval above 0.

    It makes the tests that ``power_of`` computes: each draws n people with replacement from
    ``differences`` and takes the library's own interval, which assumes no normal distribution. The
    mean of ``differences`` is the true gain.

    Parameters
    ----------
    differences : float array (n_people,); measured paired differences, one a person
    n : int; people in each test
    n_tests : int
    level : float; of the interval
    seed : int

    Returns
    -------
    float, in [0, 1]

    Raises
    ------
    ValueError: no difference, or a number out of range
    """
    check_seed(seed)
    differences = np.asarray(differences, dtype=np.float64)
    if differences.ndim != 1 or not len(differences):
        raise ValueError(f"differences of shape {differences.shape}: give one a person")
    check_number("n", n, least=1, whole=True)
    check_number("n_tests", n_tests, least=1, whole=True)
    rng = np.random.default_rng(seed)
    shown = 0
    for _ in range(n_tests):
        drawn = differences[rng.integers(len(differences), size=n)]
        shown += mean_over_people(drawn, level=level, seed=int(rng.integers(2**31))).low > 0
    return shown / n_tests


def _quantile(level):
    """Return how many standard errors an interval of this level reaches to either side."""
    check_level(level)
    return float(norm.ppf((1 + level) / 2))


def _both(power, level):
    """Return how many standard errors a gain must be away from 0."""
    check_number("power", power, least=0.5)
    if power >= 1:
        raise ValueError(f"power={power}: give a number below 1, such as 0.8")
    return _quantile(level) + float(norm.ppf(power))
