"""How good is a list? Metrics of the top k, one value a user.

An item is relevant or not (gain 1 or 0). A place that is empty (-1), or missing because a list is
shorter than k, is a miss. A user with nothing relevant has no value: NaN, which the mean over
users must leave out.
"""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation.judged import find_hits


def precision_at_k(recommended, relevant, k=10):
    """Share of the k places that hold a relevant item: hits / k, however short the list.

    Parameters
    ----------
    recommended : int array (n, m); item ids of each list, the best first, -1 for an empty place
    relevant : list of n int arrays; the relevant items of each user, in any order
    k : int; how many places count

    Returns
    -------
    float array (n,), in [0, 1]; NaN for a user with nothing relevant

    Raises
    ------
    ValueError: k < 1, unequal lengths, an item twice in a list, an id that is no integer

    Source: Manning et al. 2008, section 8.4.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    return _defined(hits.sum(axis=1) / k, n_relevant)


def recall_at_k(recommended, relevant, k=10):
    """Share of the relevant items that the list holds: hits / n_relevant.

    Parameters
    ----------
    recommended, relevant, k : as in `precision_at_k`

    Returns
    -------
    float array (n,), in [0, 1], below 1 with more than k relevant items; NaN for one with none

    Source: Manning et al. 2008, section 8.3.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    return _defined(hits.sum(axis=1) / np.maximum(n_relevant, 1), n_relevant)


def f1_at_k(recommended, relevant, k=10):
    """Harmonic mean of precision and recall at k; 0 without a hit.

    Parameters
    ----------
    recommended, relevant, k : as in `precision_at_k`

    Returns
    -------
    float array (n,), in [0, 1]; NaN for a user with nothing relevant

    Source: Manning et al. 2008, eq. 8.6.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    return _defined(2 * hits.sum(axis=1) / (k + n_relevant), n_relevant)


def hit_rate_at_k(recommended, relevant, k=10):
    """1 where the list holds at least one relevant item, else 0.

    Parameters
    ----------
    recommended, relevant, k : as in `precision_at_k`

    Returns
    -------
    float array (n,), 0 or 1; NaN for a user with nothing relevant

    Source: Deshpande & Karypis 2004.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    return _defined(hits.any(axis=1).astype(float), n_relevant)


def ndcg_at_k(recommended, relevant, k=10):
    """Normalised discounted cumulative gain: hits count less the further down they stand.

    A hit at rank r (from 1) gains 1 / log2(r + 1). The sum is divided by that of the
    ideal list, whose first min(k, n_relevant) places are all hits.

    Parameters
    ----------
    recommended, relevant, k : as in `precision_at_k`

    Returns
    -------
    float array (n,), in [0, 1]; NaN for a user with nothing relevant

    Source: Järvelin & Kekäläinen 2002.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    gain = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    ideal = np.cumsum(gain)[np.clip(n_relevant, 1, k) - 1]  # (n,)
    return _defined(hits @ gain / ideal, n_relevant)


def reciprocal_rank(recommended, relevant, k=10):
    """1 / rank of the first relevant item within k; 0 without a hit. Its mean is MRR.

    Parameters
    ----------
    recommended, relevant, k : as in `precision_at_k`

    Returns
    -------
    float array (n,), in [0, 1]; NaN for a user with nothing relevant

    Source: Voorhees 1999.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    return _defined(hits.any(axis=1) / (hits.argmax(axis=1) + 1), n_relevant)


def average_precision_at_k(recommended, relevant, k=10):
    """Precision at the rank of each hit, summed and divided by n_relevant. Its mean is MAP.

    Parameters
    ----------
    recommended, relevant, k : as in `precision_at_k`

    Returns
    -------
    float array (n,), in [0, 1], below 1 with more than k relevant items; NaN for one with none

    Source: Manning et al. 2008, eq. 8.8.
    """
    hits, n_relevant = find_hits(recommended, relevant, k)
    precision = np.cumsum(hits, axis=1) / np.arange(1, k + 1)  # (n, k)
    return _defined((hits * precision).sum(axis=1) / np.maximum(n_relevant, 1), n_relevant)


def coverage(recommended, n_items):
    """Share of the catalogue that is recommended to anyone at all.

    Parameters
    ----------
    recommended : int array (n, m); item ids, -1 for an empty place
    n_items : int; how many items could have been recommended

    Returns
    -------
    float, in [0, 1]; 0 for a catalogue without items

    Source: Herlocker et al. 2004.
    """
    items = np.unique(recommended)
    return float((items >= 0).sum() / max(n_items, 1))


def novelty(recommended, popularity):
    """Mean self-information of the recommended items: rare items say more.

    Item i has -log2(p_i) bits, p_i being its share of all events, of which it has one at least.

    Parameters
    ----------
    recommended : int array (n, m); item ids, -1 for an empty place
    popularity : int array (n_items,); events of each item in training

    Returns
    -------
    float, in bits; NaN if nothing is recommended

    Source: Zhou et al. 2010, "surprisal".
    """
    recommended = np.asarray(recommended)
    events = np.maximum(popularity, 1)
    items = recommended[recommended >= 0]
    bits = np.log2(events.sum()) - np.log2(events[items])
    return float(bits.mean()) if len(items) else float("nan")


def _defined(values, n_relevant):
    """Put NaN where a user has nothing relevant."""
    return np.where(n_relevant > 0, values, np.nan)
