"""Short lists: put into a better order, and the text of each item that a reranker reads."""

from __future__ import annotations

import numpy as np

from plmrec_lite.applications.search.fusion import fuse_scores


def rerank(lists, first, second, weight=0.5):
    """Put short lists into the order of two scores, each brought to mean 0 and deviation 1 in them.

    Parameters
    ----------
    lists : int array (n, m); items, the best first, none empty
    first, second : float array (n, m); of these items
    weight : float; the share of ``second``, 0 to 1

    Returns
    -------
    int array (n, m); ties by the earlier place

    Raises
    ------
    ValueError: shapes differ, or ``weight`` is out of range
    """
    lists = np.asarray(lists)
    fused = fuse_scores(first, second, weight)
    if fused.shape != lists.shape:
        raise ValueError(f"lists {lists.shape}, scores {fused.shape}: give a score an item")
    return np.take_along_axis(lists, np.argsort(-fused, axis=1, kind="stable"), axis=1)


def likest_texts(queries, texts, about, lists, but=None):
    """Return for each query and item of its list the item's text that is most like the query.

    Parameters
    ----------
    queries, texts : float array (n, d) and (n_texts, d); vectors of length 1
    about : int array (n_texts,); the item of each text
    lists : int array (n, m); items that have a text
    but : int array (n,) or None; a text that is not taken, such as the query itself; -1 for none

    Returns
    -------
    int array (n, m); numbers of texts

    Raises
    ------
    ValueError: an item of a list has no text left (the message names it)
    """
    members = [np.flatnonzero(about == item) for item in range(about.max(initial=-1) + 1)]
    found = np.empty(np.shape(lists), dtype=np.int64)
    for row, items in enumerate(lists):
        for place, item in enumerate(items):
            own = members[item]
            own = own if but is None else own[own != but[row]]
            if not len(own):
                raise ValueError(f"item {item} has no text to be read for query {row}")
            found[row, place] = own[np.argmax(texts[own] @ queries[row])]
    return found
