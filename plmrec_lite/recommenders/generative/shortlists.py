"""Short lists that a recommender hands over, and the films that a prompt names."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed


def liked_in_order(log, least=4, seed=0):
    """List the items that each user rated highly, the latest last; events of one second by lot.

    Parameters
    ----------
    log : Interactions; with ratings and times
    least : float; the lowest rating that counts
    seed : int; of the lot

    Returns
    -------
    dict of int to list of int; users who rated nothing highly are missing
    """
    check_seed(seed)
    lot = np.random.default_rng(seed).random(len(log))
    items = defaultdict(list)
    for event in np.lexsort((lot, log.timestamps)):
        if log.ratings[event] >= least:
            items[int(log.users[event])].append(int(log.items[event]))
    return dict(items)


def dated_titles(items):
    """Write each title with its year, where the year is known.

    Parameters
    ----------
    items : pandas.DataFrame; with ``title`` and ``year``

    Returns
    -------
    list of str
    """
    return [
        f"{title} ({year})" if known else title
        for title, year, known in zip(items.title, items.year, items.year.notna(), strict=True)
    ]


def place_among(candidates, scores, wanted):
    """Return the place of one item in a list that is ordered by scores.

    Parameters
    ----------
    candidates : int array (n,); ties keep their order
    scores : float array (n,)
    wanted : int; one of the candidates

    Returns
    -------
    int; from 0

    Raises
    ------
    ValueError: it is no candidate

    Examples
    --------
    >>> place_among([7, 3, 5], [0.1, 0.9, 0.1], 5)
    2
    """
    candidates = np.asarray(candidates)
    if wanted not in candidates:
        raise ValueError(f"item {wanted} is none of the {len(candidates)} candidates")
    order = np.argsort(-np.asarray(scores), kind="stable")
    return int(np.flatnonzero(candidates[order] == wanted)[0])


def chance_ndcg(n_candidates, k=10):
    """Return the expected NDCG@k of one item that stands at a random place of a short list.

    Parameters
    ----------
    n_candidates : int
    k : int

    Returns
    -------
    float

    Examples
    --------
    >>> round(chance_ndcg(50), 4)
    0.0909
    """
    check_number("n_candidates", n_candidates, least=1, whole=True)
    return float(sum(1 / np.log2(np.arange(min(k, n_candidates)) + 2)) / n_candidates)
