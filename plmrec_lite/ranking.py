"""From scores to lists: the k best, ties by lower id."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from plmrec_lite.runtime import n_threads

SCORES_AT_ONCE = 2**21  # 8 MB in float32: what one chunk of users takes, on each core


def top_k(scores, k):
    """Return the columns of each row's k highest scores.

    Parameters
    ----------
    scores : float array (n, n_items); scores without NaN; minus infinity bars an item
    k : int; how many, 1 to n_items

    Returns
    -------
    int array (n, k); the best first, ties by lower column; -1 where only barred items are left

    Raises
    ------
    ValueError: k is out of range (the message names k and n_items)
    """
    n, n_items = scores.shape
    check_k(k, n_items)
    rows, items = _contenders(scores, k)
    order = np.lexsort((items, -scores[rows, items], rows))
    rows, items = rows[order], items[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)  # 0, 1, 2, ... within each row
    lists = np.full((n, k), -1)
    kept = place < k
    lists[rows[kept], place[kept]] = items[kept]
    return lists


def _contenders(scores, k):
    """Return rows and columns of each row's k best that are not barred, and of few others.

    Group g holds the items g, g + n_groups, ...: only groups whose best is among the k best of all
    groups can hold one of the k best items, and only these few are looked into.
    """
    n, n_items = scores.shape
    n_groups = math.isqrt(k * n_items)  # k or more
    depth, left = divmod(n_items, n_groups)
    best = scores[:, : depth * n_groups].reshape(n, depth, n_groups).max(axis=1)  # (n, n_groups)
    np.maximum(best[:, :left], scores[:, depth * n_groups :], out=best[:, :left])
    border = np.partition(best, n_groups - k, axis=1)[:, n_groups - k]  # k items or more reach it
    border = np.maximum(border, np.finfo(scores.dtype).min)  # but none that is barred
    rows, groups = (best >= border[:, None]).nonzero()
    tied = np.bincount(rows, minlength=n) > 2 * k + 8  # many groups are equally good
    rows, groups = (column[~tied[rows]] for column in (rows, groups))
    items = groups[:, None] + n_groups * np.arange(depth + (left > 0))  # (len(rows), depth)
    values = scores[rows[:, None], np.minimum(items, n_items - 1)]
    found, place = ((values >= border[rows, None]) & (items < n_items)).nonzero()
    rows, items = [rows[found]], [items[found, place]]
    for row in np.flatnonzero(tied):
        better = np.flatnonzero(scores[row] > border[row])
        equal = np.flatnonzero(scores[row] == border[row])[:k]
        items += [better, equal]
        rows.append(np.full(len(better) + len(equal), row))
    return np.concatenate(rows), np.concatenate(items)


def top_k_by_rows(score, n, n_items, k, in_turn=False):
    """Return the top k of n rows, of which only some are scored at a time, on all cores.

    Parameters
    ----------
    score : callable; from a slice of the rows to their scores, float array (rows, n_items), as
        `top_k` takes them
    n, n_items : int
    k : int; 1 to n_items
    in_turn : bool; call ``score`` in the order of the rows, not from several threads at once

    Returns
    -------
    int array (n, k); as `top_k`

    Raises
    ------
    ValueError: k is out of range
    """
    check_k(k, n_items)
    lists = np.empty((n, k), dtype=np.int64)
    size = max(SCORES_AT_ONCE // n_items, 1)

    def cut(start):
        rows = slice(start, min(start + size, n))
        lists[rows] = top_k(score(rows), k)

    starts = range(0, n, size)
    if in_turn or len(starts) == 1:
        for start in starts:
            cut(start)
    else:
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(n_threads()) as pool:
            list(pool.map(cut, starts))
    return lists


def check_k(k, n_items):
    """Refuse a length of lists that is no integer from 1 to n_items.

    Parameters
    ----------
    k : int; the length
    n_items : int; how many items there are

    Raises
    ------
    ValueError: it is out of range (the message names both)
    """
    if not isinstance(k, (int, np.integer)) or isinstance(k, bool) or not 1 <= k <= n_items:
        raise ValueError(f"k={k!r} with {n_items} items: k is an integer from 1 to {n_items}")
