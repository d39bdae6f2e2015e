"""Logs made sparse on purpose: fewer events a user."""

from __future__ import annotations

import numpy as np

from plmrec_lite.runtime import check_seed


def keep_per_user(interactions, n, users=None, seed=None):
    """Keep at most n events of each user, in the order of the log.

    Parameters
    ----------
    interactions : Interactions
    n : int; 0 or more
    users : int array or None; only these users lose events; None for all
    seed : int or None; None keeps the first n in time; a number draws n at random, and a smaller n
        then keeps a part of what a larger one keeps

    Returns
    -------
    Interactions

    Raises
    ------
    ValueError: ``n`` is below 0, or the first in time are asked for and the log has no times

    Examples
    --------
    >>> from plmrec_lite.data import Interactions
    >>> log = Interactions([0, 0, 1], [2, 0, 2], [5, 3, 4], [10, 5, 7], n_users=2, n_items=3)
    >>> keep_per_user(log, 1).items.tolist()
    [0, 2]
    """
    if seed is not None:
        check_seed(seed)
    if n < 0:
        raise ValueError(f"n={n}: keep 0 events a user or more")
    if seed is None:
        turn = interactions.require("timestamps", "keep_per_user with seed=None")
    else:
        turn = np.random.default_rng(seed).random(len(interactions))
    order = np.lexsort((turn, interactions.users))
    counts = np.bincount(interactions.users, minlength=interactions.n_users)
    place = np.empty(len(interactions), dtype=np.int64)  # 0, 1, 2, ... among the user's events
    starts = np.cumsum(counts) - counts
    place[order] = np.arange(len(interactions)) - starts[interactions.users[order]]
    keep = place < n
    if users is not None:
        keep |= ~np.isin(interactions.users, users)
    return interactions.select(keep)
