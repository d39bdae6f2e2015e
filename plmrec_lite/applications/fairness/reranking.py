"""Other lists from the same candidates: genres in proportion, less popular films, and controls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.evaluation.miscalibration import divergence_of
from plmrec_lite.ranking import check_k, top_k
from plmrec_lite.runtime import check_seed


class Candidates(NamedTuple):
    """The best items of each person, from which a list is chosen.

    Attributes
    ----------
    items : int array (n, m); the best first, -1 where fewer are left
    relevance : float array (n, m); the scores, scaled to 1 for a person's best candidate and 0 for
        the last; 0 for an empty place
    """

    items: np.ndarray
    relevance: np.ndarray


def candidates_of(model, users, m=100):
    """Return each person's m best unseen items with their relevance.

    Parameters
    ----------
    model : Recommender; fitted
    users : int array (n,)
    m : int; 1 to n_items

    Returns
    -------
    Candidates

    Raises
    ------
    ValueError: m is out of range, or a user unknown
    """
    users = np.asarray(users)
    scores = model.score(users)
    scores[model.seen_[users].nonzero()] = -np.inf
    items = top_k(scores, m)
    held = np.where(items >= 0, np.take_along_axis(scores, items, axis=1), np.nan)
    best, last = (f(held, axis=1, keepdims=True) for f in (np.nanmax, np.nanmin))
    spread = np.where(best > last, best - last, 1.0)
    return Candidates(items, np.nan_to_num((held - last) / spread))


def calibrated(candidates, profile, shares, weight, k=10, smoothing=0.01):
    r"""Choose lists whose genres come close to each person's own, item by item.

    At each place it takes the candidate that makes
    :math:`(1 - \lambda) \sum_{i \in I} s_i - \lambda\, \mathrm{KL}(p \| \tilde q(I))` of the
    list so far largest. The sum of relevances grows with each place, as in Steck's equation.

    Parameters
    ----------
    candidates : Candidates
    profile : float array (n, n_genres); p, the genres of what each person met
    shares : float array (n_items, n_genres); as ``genre_shares`` returns
    weight : float; :math:`\lambda`, from 0 (the list as it is) to 1
    k : int; the length of the list, at most the number of candidates
    smoothing : float; as in ``miscalibration``

    Returns
    -------
    int array (n, k); -1 where no candidate is left

    Raises
    ------
    ValueError: a setting out of range, or shapes that do not fit

    Source: Steck 2018, eq. 7 and the greedy choice of section 4.
    """
    check_number("weight", weight, least=0, most=1)
    check_number("smoothing", smoothing, above=0, below=1)
    items, relevance = candidates
    n, m = items.shape
    check_k(k, m)
    if profile.shape != (n, shares.shape[1]):
        raise ValueError(
            f"profile of shape {profile.shape} for {n} people and {shares.shape[1]} genres"
        )
    of_each = np.where((items >= 0)[:, :, None], shares[items], 0.0)  # (n, m, n_genres)
    free = items >= 0
    held = np.zeros((n, 1, shares.shape[1]))
    chosen = np.full((n, k), -1)
    rows = np.arange(n)
    for place in range(k):
        listed = held + of_each  # (n, m, n_genres): the list with each candidate added
        totals = listed.sum(axis=2, keepdims=True)
        q = listed / np.where(totals > 0, totals, 1)
        mixed = (1 - smoothing) * q + smoothing * profile[:, None]
        away = divergence_of(profile[:, None], mixed)  # (n, m)
        value = np.where(free, (1 - weight) * relevance - weight * away, -np.inf)
        best = value.argmax(axis=1)
        there = free[rows, best]
        chosen[there, place] = items[rows, best][there]
        held[:, 0] += np.where(there[:, None], of_each[rows, best], 0.0)
        free[rows, best] = False
    return chosen


def less_popular(candidates, popularity, weight, k=10):
    r"""Choose lists by relevance less a weight times the logarithm of popularity.

    Parameters
    ----------
    candidates : Candidates
    popularity : int array (n_items,); events of each item
    weight : float; 0 leaves the list as it is; the logarithm of 1 + popularity is scaled to 1 for
        the most popular item
    k : int; at most the number of candidates

    Returns
    -------
    int array (n, k); -1 where no candidate is left

    Raises
    ------
    ValueError: ``weight`` is below 0, or ``k`` out of range
    """
    check_number("weight", weight, least=0)
    items, relevance = candidates
    check_k(k, items.shape[1])
    known = np.log1p(np.asarray(popularity, dtype=np.float64))
    known /= max(known.max(), np.finfo(float).tiny)
    value = np.where(items >= 0, relevance - weight * known[items], -np.inf)
    places = top_k(value, k)
    rows = np.arange(len(items))[:, None]
    return np.where(places >= 0, items[rows, np.maximum(places, 0)], -1)


def n_replaced(lists, others):
    """Return how many items of each list are not in the other list of the same person.

    Parameters
    ----------
    lists, others : int array (n, k)

    Returns
    -------
    int array (n,)
    """
    return np.array([len(set(a) - set(b)) for a, b in zip(lists, others, strict=True)])


def replaced_at_random(candidates, n_new, k=10, seed=0):
    """Put random candidates at random places of the top k: what a change costs by itself.

    Parameters
    ----------
    candidates : Candidates; more than k of them
    n_new : int array (n,); how many places of each list change, such as ``n_replaced`` of a remedy
    k : int
    seed : int

    Returns
    -------
    int array (n, k)

    Raises
    ------
    ValueError: ``k`` is out of range, or a list would need more new items than there are
    """
    check_seed(seed)
    items = candidates.items
    check_k(k, items.shape[1])
    rng = np.random.default_rng(seed)
    lists = items[:, :k].copy()
    for row, n in enumerate(np.asarray(n_new).tolist()):
        others = items[row, k:][items[row, k:] >= 0]
        if not 0 <= n <= min(k, len(others)):
            raise ValueError(
                f"list {row}: {n} of {k} places cannot take one of {len(others)} further candidates"
            )
        places = rng.choice(k, size=n, replace=False)
        lists[row, places] = rng.choice(others, size=n, replace=False)
    return lists
