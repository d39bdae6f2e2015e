"""From scores to lists: the k best, ties by lower id."""

from __future__ import annotations

import numpy as np

SCORES_AT_ONCE = 2**22  # 16 MB in float32: what one chunk of users takes, with a few copies


def top_k(scores, k):
    """Return the columns of each row's k highest scores.

    Parameters
    ----------
    scores : float array (n, n_items)
        Scores without NaN; minus infinity bars an item.
    k : int
        How many, 1 to n_items.

    Returns
    -------
    int array (n, k)
        The best first, ties by lower column; -1 where only barred items are left.

    Raises
    ------
    ValueError
        If k is out of range (the message names k and n_items).

    Examples
    --------
    >>> top_k(np.array([[1.0, 3.0, 3.0, -np.inf]]), k=4).tolist()
    [[1, 2, 0, -1]]
    """
    n, n_items = scores.shape
    check_k(k, n_items)
    border = _at_most_the_kth(scores, k)  # (n, 1)
    level = scores >= border  # the k best, and a few more
    level[border[:, 0] == -np.inf] &= scores[border[:, 0] == -np.inf] > -np.inf
    rows, items = np.divmod(np.flatnonzero(level), n_items)
    order = np.lexsort((items, -scores[rows, items], rows))
    rows, items = rows[order], items[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)  # 0, 1, 2, ... within each row
    lists = np.full((n, k), -1)
    kept = place < k
    lists[rows[kept], place[kept]] = items[kept]
    return lists


def _at_most_the_kth(scores, k):
    """Return, of each row, a number that at least k scores reach, and few more (n, 1).

    It is the k-th highest of the maxima of many groups of items: much less to sort than all.
    """
    n, n_items = scores.shape
    n_groups = max(8 * k, 128)
    depth = n_items // n_groups
    if depth > 1:
        grouped = scores[:, : depth * n_groups].reshape(n, depth, n_groups)
        rest = scores[:, depth * n_groups :]
        scores = np.concatenate([grouped.max(axis=1), rest], axis=1)
    return np.partition(scores, scores.shape[1] - k, axis=1)[:, scores.shape[1] - k, None]


def top_k_by_rows(score, n, n_items, k):
    """Return the top k of n rows, of which only some are scored at a time.

    Parameters
    ----------
    score : callable
        From a slice of the rows to their scores, float array (rows, n_items), as ``top_k``
        takes them. It is called with slices that follow each other.
    n, n_items : int
        The numbers of rows and of items.
    k : int
        How many, 1 to n_items.

    Returns
    -------
    int array (n, k)
        As ``top_k``.

    Raises
    ------
    ValueError
        If k is out of range.
    """
    check_k(k, n_items)
    lists = np.empty((n, k), dtype=np.int64)
    size = max(SCORES_AT_ONCE // n_items, 1)
    for start in range(0, n, size):
        rows = slice(start, min(start + size, n))
        lists[rows] = top_k(score(rows), k)
    return lists


def check_k(k, n_items):
    """Refuse a length of lists that is no integer from 1 to n_items.

    Parameters
    ----------
    k : int
        The length.
    n_items : int
        How many items there are.

    Raises
    ------
    ValueError
        If it is out of range (the message names both).
    """
    if not isinstance(k, (int, np.integer)) or isinstance(k, bool) or not 1 <= k <= n_items:
        raise ValueError(f"k={k!r} with {n_items} items: k is an integer from 1 to {n_items}")
