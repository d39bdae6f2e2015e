"""Who is shown: how unequally lists treat items, and what share of them the long tail gets."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number


def exposure(recommended, n_items):
    """Count how often each item is recommended.

    Parameters
    ----------
    recommended : int array (n, k); item ids, -1 for an empty place
    n_items : int

    Returns
    -------
    int array (n_items,)

    Raises
    ------
    ValueError: an id is not below n_items, or the lists are no table of integers

    Examples
    --------
    >>> exposure([[0, 2], [2, -1]], n_items=3).tolist()
    [1, 0, 2]
    """
    recommended = _lists(recommended)
    shown = recommended[recommended >= 0]
    if shown.size and shown.max() >= n_items:
        raise ValueError(f"item {shown.max()} with n_items={n_items}: ids are below n_items")
    return np.bincount(shown, minlength=n_items)


def gini(amounts):
    """Return how unequal amounts are: 0 where all are equal, (n - 1) / n where one has all.

    It is the mean difference of two amounts drawn at random, divided by twice their mean.

    Parameters
    ----------
    amounts : array (n,); none negative, such as the exposure of each item

    Returns
    -------
    float, in [0, 1)

    Raises
    ------
    ValueError: an amount is negative or not finite, or nothing is there

    Examples
    --------
    >>> gini([1, 1, 1, 1])
    0.0
    >>> gini([0, 0, 0, 4])
    0.75

    Source: Gini 1912; Fleder & Hosanagar 2009 for recommenders.
    """
    amounts = np.sort(np.asarray(amounts, dtype=np.float64))
    if amounts.ndim != 1 or not amounts.size or not np.isfinite(amounts).all() or amounts[0] < 0:
        raise ValueError(f"amounts of shape {amounts.shape}: give one row of numbers from 0")
    total = amounts.sum()
    if total == 0:
        raise ValueError("all amounts are 0: nothing was shown, so there is no share to compare")
    n = len(amounts)
    return float(2 * (np.arange(1, n + 1) @ amounts) / (n * total) - (n + 1) / n)


def long_tail(popularity, share=0.2):
    """Return which items are the long tail: the least popular ones, with a share of all events.

    Parameters
    ----------
    popularity : int array (n_items,); events of each item
    share : float; of the events that the tail holds at most, between 0 and 1

    Returns
    -------
    bool array (n_items,); of two equally popular items the one of the higher id is in it first

    Raises
    ------
    ValueError: ``share`` is out of range

    Examples
    --------
    >>> long_tail([5, 1, 3, 1]).tolist()
    [False, True, False, True]
    """
    check_number("share", share, above=0)
    if share >= 1:
        raise ValueError(f"share={share}: give a share below 1")
    popularity = np.asarray(popularity)
    order = np.lexsort((-np.arange(len(popularity)), popularity))
    tail = np.zeros(len(popularity), dtype=bool)
    tail[order] = np.cumsum(popularity[order]) <= share * popularity.sum()
    return tail


def tail_share(recommended, tail):
    """Return the share of each list's filled places that hold an item of the long tail.

    Parameters
    ----------
    recommended : int array (n, k); -1 for an empty place
    tail : bool array (n_items,)

    Returns
    -------
    float array (n,), in [0, 1]; NaN for an empty list
    """
    return _mean_of_places(recommended, np.asarray(tail, dtype=np.float64))


def average_popularity(recommended, popularity):
    """Return the mean popularity of each list's items.

    Parameters
    ----------
    recommended : int array (n, k); -1 for an empty place
    popularity : int array (n_items,); events of each item

    Returns
    -------
    float array (n,), in events; NaN for an empty list

    Source: Yin et al. 2012; Abdollahpouri et al. 2019.
    """
    return _mean_of_places(recommended, np.asarray(popularity, dtype=np.float64))


def _mean_of_places(recommended, values):
    """The mean of an item's value over the filled places of each list, (n,)."""
    recommended = _lists(recommended)
    filled = recommended >= 0
    counts = filled.sum(axis=1)
    sums = np.where(filled, values[recommended], 0.0).sum(axis=1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _lists(recommended):
    """Lists as an int array (n, k)."""
    recommended = np.asarray(recommended)
    if recommended.ndim != 2 or recommended.dtype.kind not in "iu":
        raise ValueError(
            f"recommended is {recommended.dtype} of shape {recommended.shape}: give int (n, k)"
        )
    return recommended
