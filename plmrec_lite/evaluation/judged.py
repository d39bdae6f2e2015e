"""Where the relevant items stand in lists: all that a metric of the top k looks at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_number


class Judged(NamedTuple):
    """Lists looked up once by `judge`; every metric takes them in the place of ``recommended``.

    Attributes
    ----------
    hits : bool array (n, k); where a relevant item stands
    n_relevant : int array (n,); how many there are
    """

    hits: np.ndarray
    n_relevant: np.ndarray


def find_hits(recommended, relevant, k):
    """Look up where the relevant items stand, for one metric.

    Parameters
    ----------
    recommended : int array (n, m), or Judged, which is returned as it is
    relevant : list of n int arrays
    k : int

    Returns
    -------
    Judged

    Raises
    ------
    ValueError: k < 1, unequal lengths, an item twice in a list, an id that is no integer
    """
    if isinstance(recommended, Judged):
        return recommended
    recommended = _lists(recommended)
    if len(relevant) != len(recommended):
        raise ValueError(
            f"{len(recommended)} lists, but relevant items of {len(relevant)} users: give one each"
        )
    relevant = [np.asarray(items) for items in relevant]
    for row, items in enumerate(relevant):
        if items.ndim != 1 or (items.size and items.dtype.kind not in "iu"):
            raise ValueError(
                f"relevant items of list {row} are {items.dtype} of shape {items.shape}: give ints"
            )
        if items.dtype.kind == "i" and (items < 0).any():
            raise ValueError(f"relevant holds item {items.min()}: item ids start at 0")
    rows = np.repeat(np.arange(len(relevant)), [len(items) for items in relevant])
    wanted = np.concatenate([np.zeros(0, np.int64), *(i.astype(np.int64) for i in relevant)])
    return judge(recommended, rows, wanted, k)


def judge(recommended, rows, items, k):
    """Look up once where the relevant items stand, for all metrics.

    Parameters
    ----------
    recommended : int array (n, m)
    rows, items : int arrays (n_relevant,); the list, and an item that is relevant there
    k : int

    Returns
    -------
    Judged

    Raises
    ------
    ValueError: k < 1, an item twice in a list, or an id that is no integer
    """
    check_number("k", k, least=1, whole=True)
    recommended = _lists(recommended)
    n = len(recommended)
    top = recommended[:, :k]
    empty = top < 0
    # Ids may be any 64-bit numbers: they are numbered anew, so that a pair is a small number.
    ids, number = np.unique(np.append(top.astype(np.int64), items), return_inverse=True)
    top_number = np.where(empty, -1, number[: top.size].reshape(top.shape))
    by_id = np.sort(top_number, axis=1)
    twice = (by_id[:, 1:] == by_id[:, :-1]) & (by_id[:, 1:] >= 0)
    if twice.any():
        row, place = np.argwhere(twice)[0]
        item = top[row][top_number[row] == by_id[row, place]][0]
        raise ValueError(f"list {row} holds item {item} twice: rank each item once")
    pairs = np.unique(rows * len(ids) + number[top.size :])  # one number for each (user, item)
    ranked = np.arange(n)[:, None] * len(ids) + top_number  # (n, min(k, m))
    found = np.append(pairs, -1)[np.searchsorted(pairs, ranked)] == ranked
    hits = np.zeros((n, k), dtype=bool)
    hits[:, : top.shape[1]] = found & ~empty
    return Judged(hits, np.bincount(pairs // max(len(ids), 1), minlength=n))


def _lists(recommended):
    """Return lists as an array, refusing what is no table of integers."""
    recommended = np.asarray(recommended)
    if recommended.ndim != 2 or recommended.dtype.kind not in "iu":
        raise ValueError(
            f"recommended is {recommended.dtype} of shape {recommended.shape}: give int (n, m)"
        )
    return recommended
