r"""What another policy would have earned, estimated from the log of the one that ran.

A policy gives each item a probability of being shown to a person. The log holds what was shown,
with which probability :math:`\pi_0`, and the reward r. Another policy would have shown it with
probability :math:`\pi`; the weight is :math:`w = \pi / \pi_0`.

Source: Horvitz & Thompson 1952; Dudík et al. 2014.
"""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation.estimate import Estimate


def importance_weights(logging, target):
    """Return how much each logged event counts for the other policy.

    Parameters
    ----------
    logging, target : float array (n,); with which probability each policy shows what was shown

    Returns
    -------
    float array (n,); 0 or larger

    Raises
    ------
    ValueError: shapes differ, no event, a value is no probability, or one of logging is 0: what was
        shown cannot have had probability 0

    Examples
    --------
    >>> importance_weights([0.5, 0.25], [0.1, 0.5]).tolist()
    [0.2, 2.0]
    """
    logging, target = (np.asarray(p, dtype=np.float64) for p in (logging, target))
    if logging.ndim != 1 or logging.shape != target.shape or not len(logging):
        raise ValueError(
            f"logging and target have the shapes {logging.shape} and {target.shape}: give two rows "
            "of equal length, one probability an event"
        )
    for name, p in (("logging", logging), ("target", target)):
        if (bad := np.flatnonzero(~((p >= 0) & (p <= 1)))).size:
            raise ValueError(f"{name} of event {bad[0]} is {p[bad[0]]}: give probabilities, 0 to 1")
    if (bad := np.flatnonzero(logging == 0)).size:
        raise ValueError(
            f"logging of event {bad[0]} is 0, and it was shown: log the probability that it had"
        )
    return target / logging


def ips(rewards, logging, target, clip=None, level=0.95):
    """Estimate by inverse propensity: the mean of weight times reward.

    Parameters
    ----------
    rewards : float array (n,); what each event earned
    logging, target : float array (n,); as in ``importance_weights``
    clip : float or None; larger weights are lowered to it: less variance, and a bias
    level : float; of the normal interval

    Returns
    -------
    Estimate; without bias if logging gave every item a chance that target shows, and nothing is
        clipped

    Raises
    ------
    ValueError: as ``importance_weights``, a reward missing, ``clip`` not above 0

    Source: Horvitz & Thompson 1952; Strehl et al. 2010.
    """
    weights = importance_weights(logging, target)
    if clip is not None:
        if not clip > 0:
            raise ValueError(f"clip={clip}: give a weight above 0, or None")
        weights = np.minimum(weights, clip)
    return _mean(weights * _one_each(rewards, weights, "rewards"), level)


def snips(rewards, logging, target, level=0.95):
    """Estimate by inverse propensity, divided by the sum of the weights instead of n.

    Parameters
    ----------
    rewards, logging, target, level
        As in ``ips``.

    Returns
    -------
    Estimate; between the smallest and the largest reward; its bias vanishes as n grows; the
        interval is that of a ratio

    Raises
    ------
    ValueError: as ``ips``, or all weights are 0: target shows nothing of what was logged

    Source: Swaminathan & Joachims 2015, section 4.
    """
    weights = importance_weights(logging, target)
    rewards = _one_each(rewards, weights, "rewards")
    if not weights.any():
        raise ValueError("all weights are 0: the other policy shows nothing that was logged")
    value = weights @ rewards / weights.sum()
    around = _mean(weights * (rewards - value) / weights.mean(), level)
    return Estimate(value, value + around.low - around.value, value + around.high - around.value)


def direct(expected, level=0.95):
    """Estimate by a model of the reward alone: the mean of what it expects of the other policy.

    Parameters
    ----------
    expected : float array (n,); for the person of each event, the model's reward of every item,
        weighted by the other policy's probabilities
    level : float

    Returns
    -------
    Estimate; as wrong as the model is

    Raises
    ------
    ValueError: no event, or a value missing

    Source: Dudík et al. 2014, section 3.
    """
    return _mean(_one_each(expected, np.asarray(expected), "expected"), level)


def doubly_robust(rewards, logging, target, predicted, expected, level=0.95):
    """Estimate by a model of the reward, corrected by the weighted errors it makes on the log.

    Parameters
    ----------
    rewards, logging, target : float array (n,); as in ``ips``
    predicted : float array (n,); the model's reward of what was shown
    expected : float array (n,); as in ``direct``
    level : float

    Returns
    -------
    Estimate; without bias where the probabilities are right or the model is

    Raises
    ------
    ValueError: as ``ips``, or a column of another length

    Source: Dudík et al. 2014, section 3.
    """
    weights = importance_weights(logging, target)
    rewards, predicted, expected = (
        _one_each(column, weights, name)
        for name, column in [
            ("rewards", rewards),
            ("predicted", predicted),
            ("expected", expected),
        ]
    )
    return _mean(expected + weights * (rewards - predicted), level)


def effective_size(logging, target):
    """Return how many equally weighted events are worth as much as the log.

    Parameters
    ----------
    logging, target : float array (n,); as in ``importance_weights``

    Returns
    -------
    float, from 0 to n; 0 where every weight is 0

    Raises
    ------
    ValueError: as ``importance_weights``

    Examples
    --------
    >>> effective_size([0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.0, 0.0])
    2.0

    Source: Kish 1965.
    """
    weights = importance_weights(logging, target)
    squares = weights @ weights
    return float(weights.sum() ** 2 / squares) if squares else 0.0


def _mean(terms, level):
    """The mean of n terms, with its normal interval."""
    n = len(terms)
    spread = terms.var(ddof=1) / n if n > 1 else 0.0
    return Estimate.from_variance(terms.mean(), spread, np.inf, level)


def _one_each(values, like, name):
    """Values as float64, refusing another length and what is missing."""
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or values.shape != like.shape or not len(values):
        raise ValueError(f"{name} of shape {values.shape} for {like.shape}: give one an event")
    if (bad := np.flatnonzero(~np.isfinite(values))).size:
        raise ValueError(f"{name} of event {bad[0]} is {values[bad[0]]}: give a finite number")
    return values
