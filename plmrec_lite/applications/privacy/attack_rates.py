"""How good an attack is: whom it finds at few false alarms, with an interval over people."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.runtime import check_seed

N_RESAMPLES = 2000
FEW = 0.01  # false alarms


def roc(scores, members):
    """Return the rates of an attack at each of its thresholds.

    Parameters
    ----------
    scores : float array (n,); the higher, the more likely a member
    members : bool array (n,)

    Returns
    -------
    false_positives, true_positives : float arrays (n_thresholds + 1,); the shares of non-members
        and of members that are called members, from (0, 0) to (1, 1)

    Raises
    ------
    ValueError: unequal lengths, a score that is NaN, or only members, or none

    Examples
    --------
    >>> [rates.tolist() for rates in roc([3, 2, 2, 1], [True, False, True, False])]
    [[0.0, 0.0, 0.5, 1.0], [0.0, 0.5, 1.0, 1.0]]

    Source: Fawcett 2006, algorithm 1.
    """
    scores, members = _checked(scores, members)
    order, ends = _steps(scores)
    both = _cumulated(np.ones(len(scores)), members[order], order, ends)
    return both[0], both[1]


def true_positive_rate(scores, members, at=FEW):
    """Return the share of members found where at most a given share of the others is accused.

    Parameters
    ----------
    scores, members : as in ``roc``
    at : float; the share of non-members that may be called members

    Returns
    -------
    float

    Raises
    ------
    ValueError: as ``roc``, or ``at`` is out of range

    Examples
    --------
    >>> true_positive_rate([4, 3, 2, 1], [True, False, True, False], at=0.0)
    0.5

    Source: Carlini et al. 2022, section III-A.
    """
    check_number("at", at, least=0, below=1)
    return _rate(*roc(scores, members), at)


def found_at(scores, members, people, at=FEW, level=0.95, seed=0):
    """Return the true-positive rate with its interval over people, each of them drawn whole.

    Parameters
    ----------
    scores, members : as in ``roc``
    people : array (n,); whose score it is: a person is attacked in several models
    at : float; as in ``true_positive_rate``
    level : float; the share of the resamples that the interval holds
    seed : int

    Returns
    -------
    Estimate; over persons

    Raises
    ------
    ValueError: as ``true_positive_rate``, or not one person a score
    """
    check_number("at", at, least=0, below=1)
    return _over_people(lambda *rates: _rate(*rates, at), scores, members, people, level, seed)


def more_found(scores, rivals, members, people, at=FEW, level=0.95, seed=0):
    """Return by how much one attack's true-positive rate exceeds another's, over the same people.

    Parameters
    ----------
    scores, rivals : float arrays (n,); of the two attacks
    members, people, at, level, seed : as in ``found_at``

    Returns
    -------
    Estimate; over persons

    Raises
    ------
    ValueError: as ``found_at``
    """
    check_number("at", at, least=0, below=1)
    rates = [
        _drawn(lambda *both: _rate(*both, at), one, members, people, seed)
        for one in (scores, rivals)
    ]
    (value, draws), (other, rival_draws) = rates
    return Estimate.from_draws(value - other, draws - rival_draws, level, "persons")


def more_auc(scores, rivals, members, people, level=0.95, seed=0):
    """Return by how much one attack's area exceeds another's, over the same people.

    Parameters
    ----------
    scores, rivals : float arrays (n,); of the two attacks
    members, people, level, seed : as in ``found_at``

    Returns
    -------
    Estimate; over persons

    Raises
    ------
    ValueError: as ``auc_over_people``
    """
    (value, draws), (other, rival_draws) = (
        _drawn(_area, one, members, people, seed) for one in (scores, rivals)
    )
    return Estimate.from_draws(value - other, draws - rival_draws, level, "persons")


def found_shares(scores, members, people, at=FEW):
    """Return how often each person is found, of the models that the person is a member of.

    Parameters
    ----------
    scores, members, people, at : as in ``found_at``

    Returns
    -------
    float array (n_people,); in the order of ``numpy.unique(people)``; NaN for who is in none

    Raises
    ------
    ValueError: as ``true_positive_rate``
    """
    scores, members = _checked(scores, members)
    limit = np.sort(scores[~members])[::-1][int(at * (~members).sum() + 1e-9)]
    codes = np.unique(np.asarray(people), return_inverse=True)[1]
    n = np.bincount(codes, members)
    with np.errstate(invalid="ignore"):
        return np.bincount(codes, members & (scores > limit)) / n


def auc_over_people(scores, members, people, level=0.95, seed=0):
    """Return the area under the curve of ``roc`` with its interval over people.

    Parameters
    ----------
    scores, members, people, level, seed : as in ``found_at``

    Returns
    -------
    Estimate; over persons; 0.5 is chance

    Raises
    ------
    ValueError: as ``roc``, or not one person a score
    """
    return _over_people(_area, scores, members, people, level, seed)


def _over_people(statistic, scores, members, people, level, seed):
    value, draws = _drawn(statistic, scores, members, people, seed)
    return Estimate.from_draws(value, draws, level, "persons")


def _drawn(statistic, scores, members, people, seed):
    """A statistic of the two rates, and its values where people are drawn again."""
    check_seed(seed)
    scores, members = _checked(scores, members)
    codes = np.unique(np.asarray(people), return_inverse=True)[1]
    if codes.shape != scores.shape:
        raise ValueError(f"{codes.shape} people for {len(scores)} scores: give one for each")
    order, ends = _steps(scores)
    is_member, owner = members[order], codes[order]
    n, rng = codes.max() + 1, np.random.default_rng(seed)

    def value(weights):
        return statistic(*_cumulated(weights, is_member, slice(None), ends))

    draws = (np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(N_RESAMPLES))
    values = np.array([value(drawn[owner].astype(float)) for drawn in draws])
    return value(np.ones(len(scores))), values


def _checked(scores, members):
    scores, members = np.asarray(scores, dtype=float), np.asarray(members, dtype=bool)
    if scores.ndim != 1 or scores.shape != members.shape:
        raise ValueError(
            f"scores of shape {scores.shape}, members of shape {members.shape}: give one of each a "
            "person"
        )
    if np.isnan(scores).any():
        raise ValueError(f"score {np.flatnonzero(np.isnan(scores))[0]} is NaN: leave it out")
    if members.all() or not members.any():
        raise ValueError(f"{members.sum()} of {len(members)} are members: give some of each")
    return scores, members


def _steps(scores):
    """Rows from the highest score on, and where each score ends: equal ones are called together."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    return order, np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(scores) - 1)


def _cumulated(weights, is_member, order, ends):
    """Shares of non-members and of members above each threshold, (n_thresholds + 1,) each."""
    weights = weights[order]
    true = np.where(is_member, weights, 0).cumsum()[ends]
    false = np.where(is_member, 0, weights).cumsum()[ends]
    return np.append(0, false / false[-1]), np.append(0, true / true[-1])


def _rate(false_positives, true_positives, at):
    return float(true_positives[np.searchsorted(false_positives, at + 1e-12, side="right") - 1])


def _area(false_positives, true_positives):
    return float(np.trapezoid(true_positives, false_positives))
