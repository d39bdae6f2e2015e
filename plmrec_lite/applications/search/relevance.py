"""How good an answer is: the item itself, or one of its kind."""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation.judged import judge
from plmrec_lite.evaluation.metrics import reciprocal_rank
from plmrec_lite.ranking import check_k, top_k

GRADES = {"item": 3, "kind": 2, "department": 1}  # how relevant: the item, its kind, its department


def known_item_ranks(scores, wanted):
    """Return at which place each query finds the one item that it is about.

    Parameters
    ----------
    scores : float array (n, n_items); minus infinity bars an item
    wanted : int array (n,)

    Returns
    -------
    int array (n,); from 1, ties by lower item as in ``top_k``; n_items + 1 for a barred item
    """
    wanted = np.asarray(wanted)
    own = scores[np.arange(len(wanted)), wanted][:, None]
    earlier = np.arange(scores.shape[1]) < wanted[:, None]
    ranks = 1 + ((scores > own) | ((scores == own) & earlier)).sum(axis=1)
    return np.where(own[:, 0] == -np.inf, scores.shape[1] + 1, ranks)


def known_item_values(scores, wanted, k=10):
    """Return the reciprocal rank at which each query finds its item, within the first k.

    Parameters
    ----------
    scores : float array (n, n_items); minus infinity bars an item
    wanted : int array (n,)
    k : int

    Returns
    -------
    float array (n,); their mean is MRR@k
    """
    lists = top_k(scores, k)
    return reciprocal_rank(judge(lists, np.arange(len(wanted)), np.asarray(wanted), k), None, k)


def class_gains(items, wanted):
    """Grade all items for queries that are each about one: itself 3, its kind 2, its department 1.

    Parameters
    ----------
    items : pandas.DataFrame; ``kind`` and ``department``, one row an item; "" is like nothing
    wanted : int array (n,); what each query is about

    Returns
    -------
    int8 array (n, n_items)
    """
    gains = np.zeros((len(wanted), len(items)), dtype=np.int8)
    for facet in ("department", "kind"):
        values = items[facet].to_numpy()
        same = (values == values[wanted][:, None]) & (values != "")
        gains[same] = GRADES[facet]
    gains[np.arange(len(wanted)), wanted] = GRADES["item"]
    return gains


def graded_ndcg(lists, gains, k=10):
    """NDCG of lists whose items are relevant in grades: item i gains ``2 ** grade - 1``.

    Parameters
    ----------
    lists : int array (n, m); the best first, -1 for an empty place
    gains : int array (n, n_items); grades, 0 or more
    k : int; 1 to n_items

    Returns
    -------
    float array (n,), in [0, 1]; NaN for a query to which nothing is relevant

    Raises
    ------
    ValueError: k is out of range

    Source: Burges et al. 2005 (gains as powers of two).
    """
    check_k(k, gains.shape[1])
    worth = 2.0 ** np.asarray(gains) - 1
    lists = np.asarray(lists)[:, :k]
    discount = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    found = np.take_along_axis(worth, np.maximum(lists, 0), axis=1) * (lists >= 0)
    best = -np.sort(-worth, axis=1)[:, :k] @ discount
    return np.divide(
        found @ discount[: lists.shape[1]], best, out=np.full(len(lists), np.nan), where=best > 0
    )
