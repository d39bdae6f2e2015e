"""Hard negatives: wrong items that a search ranks high, to be learned from."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.ranking import top_k


def mine_hard_negatives(scores, own, n=10, skip=0):
    """Return for each query the wrong items that score highest.

    Parameters
    ----------
    scores : float array (m, n_items); of queries whose right item is known; minus infinity bars
        an item
    own : int array (m,); the right item of each, which is never among its negatives
    n : int; how many
    skip : int; so many of the highest wrong ones are left out: they may be as good an answer

    Returns
    -------
    int array (m, n); the hardest first

    Raises
    ------
    ValueError: a number out of range, or fewer wrong items than asked for

    Source: Xiong et al. 2021.
    """
    check_number("n", n, least=1, whole=True)
    check_number("skip", skip, least=0, whole=True)
    wrong = np.array(scores, dtype=np.float64)
    wrong[np.arange(len(wrong)), own] = -np.inf
    fewest = int((wrong > -np.inf).sum(axis=1).min(initial=wrong.shape[1]))
    if fewest < n + skip:
        raise ValueError(
            f"n={n} after skip={skip}: a query has {fewest} wrong items only, ask for fewer"
        )
    return top_k(wrong, n + skip)[:, skip:]
