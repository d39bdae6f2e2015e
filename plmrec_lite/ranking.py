"""From scores to lists: the k best, ties by lower id."""

from __future__ import annotations

import numpy as np


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
    n_items = scores.shape[1]
    if not isinstance(k, (int, np.integer)) or isinstance(k, bool) or not 1 <= k <= n_items:
        raise ValueError(f"k={k!r} with {n_items} items: k is an integer from 1 to {n_items}")
    border = np.partition(scores, n_items - k, axis=1)[:, n_items - k, None]  # the k-th best
    above, level = scores > border, scores == border
    room = k - above.sum(axis=1, keepdims=True)
    chosen = above | (level & (level.cumsum(axis=1) <= room))  # exactly k in each row
    items = chosen.nonzero()[1].reshape(-1, k)  # (n, k), by id
    best = np.take_along_axis(scores, items, axis=1)
    order = np.argsort(-best, axis=1, kind="stable")
    items, best = (np.take_along_axis(array, order, axis=1) for array in (items, best))
    return np.where(best == -np.inf, -1, items)
