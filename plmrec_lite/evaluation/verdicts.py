"""What an interval shows, against an effect fixed before the run, and how often by chance."""

from __future__ import annotations

import math

import numpy as np

from plmrec_lite.evaluation.estimate import check_level


def verdict(estimate, smallest_effect, claimed=0.0):
    """Return what an interval says about the claim that an effect is there.

    It lies below the smallest effect (high < smallest): "does not hold", even above zero. Else it
    lies above what is claimed (low > claimed): "holds". Else it still holds both: "not shown".

    Parameters
    ----------
    estimate : Estimate; the effect, larger is better
    smallest_effect : float; the smallest effect worth having, fixed before the run and above 0
    claimed : float; what the sentence claims to be exceeded: 0 for "helps", ``smallest_effect``
        for "helps by at least that much"

    Returns
    -------
    str; of a 95 % interval each of the first two is false for at most 2.5 % of effects at its
        boundary

    Raises
    ------
    ValueError: the smallest effect is not a number above 0, ``claimed`` lies outside 0 and the
        smallest effect, or the interval has no ends

    Examples
    --------
    >>> from plmrec_lite.evaluation.estimate import Estimate
    >>> verdict(Estimate(0.02, 0.01, 0.03), smallest_effect=0.005)
    'holds'
    >>> verdict(Estimate(0.02, -0.01, 0.05), smallest_effect=0.005)
    'not shown'

    Source: Schuirmann 1987; Lakens 2017.
    """
    low, high = _ends(estimate, smallest_effect)
    if not 0 <= claimed <= smallest_effect:
        raise ValueError(f"claimed={claimed}: give a number from 0 to {smallest_effect}")
    if high < smallest_effect:
        return "does not hold"
    return "holds" if low > claimed else "not shown"


def equivalent(estimate, smallest_effect):
    """Return whether an interval shows that two methods differ by less than is worth having.

    Parameters
    ----------
    estimate : Estimate; the difference; an interval of 95 % makes the two one-sided tests at 2.5 %
        each, one of 90 % at 5 %
    smallest_effect : float; the smallest effect worth having, above 0

    Returns
    -------
    bool; True if the interval lies inside -smallest_effect and +smallest_effect; False is not the
        proof of a difference

    Raises
    ------
    ValueError: the smallest effect is not a number above 0, or the interval has no ends

    Source: Schuirmann 1987.
    """
    low, high = _ends(estimate, smallest_effect)
    return bool(-smallest_effect < low and high < smallest_effect)


def expected_false(n_findings, level=0.95):
    """Return how many of several findings rest on an interval that misses the truth by chance.

    Parameters
    ----------
    n_findings : int; findings with an interval each, which need not be independent
    level : float; the level of the intervals

    Returns
    -------
    float; half of it misses on the side that flatters

    Raises
    ------
    ValueError: the number is negative, or ``level`` is out of range

    Examples
    --------
    >>> round(expected_false(80), 2)
    4.0
    """
    if n_findings < 0:
        raise ValueError(f"n_findings={n_findings}: give a number from 0")
    check_level(level)
    return n_findings * (1 - level)


def holm(p_values):
    """Return p-values adjusted so that any false one among them is as rare as a single one.

    Parameters
    ----------
    p_values : float array (n,); of n tests, in any order, independent or not

    Returns
    -------
    float array (n,); a finding stands at 5 % among all the others if its adjusted value is at most
        0.05

    Raises
    ------
    ValueError: a value is no probability, or the values are not in one row

    Source: Holm 1979.
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    if p_values.ndim != 1:
        raise ValueError(f"p_values of shape {p_values.shape}: give one row of them")
    if bad := [float(p) for p in p_values if not 0 <= p <= 1]:
        raise ValueError(f"p_values {bad}: give probabilities from 0 to 1")
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * np.arange(len(p_values), 0, -1)  # the smallest times n
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.maximum.accumulate(scaled).clip(max=1)
    return adjusted


def _ends(estimate, smallest_effect):
    """The ends of the interval, once they and the smallest effect are numbers."""
    if not 0 < smallest_effect < math.inf:
        raise ValueError(
            f"smallest_effect={smallest_effect}: give the smallest effect worth having, above 0"
        )
    if not estimate.low <= estimate.high:
        raise ValueError(f"the interval {estimate} has no ends in order")
    return estimate.low, estimate.high
