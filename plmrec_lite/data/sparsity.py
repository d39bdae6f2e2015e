"""Logs made sparse on purpose: fewer events a user, and users who have only begun."""

from __future__ import annotations

import numpy as np

from plmrec_lite.data.parts import PARTS, Split


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


def cold_user_split(interactions, n_first=10, share=0.2, validation_share=0.2, seed=0):
    """Treat a random share of the users as newcomers: test what they meet after their first items.

    It answers "what can be recommended to somebody who has only begun?". Thin their training part
    to fewer than ``n_first`` events with ``keep_per_user``: test and candidates stay.

    Parameters
    ----------
    interactions : Interactions; each (user, item) pair once
    n_first : int; how many of a newcomer's first events are not tested
    share, validation_share : float; of the users who are newcomers in the test and, others, in
        validation; together below 1
    seed : int

    Returns
    -------
    Split; all events of the other users, and the first ``n_first`` of the newcomers, train

    Raises
    ------
    ValueError: a share is out of range, ``n_first`` below 0, or the log has no times

    Source: Schein et al. 2002, for users.
    """
    if not (share > 0 and validation_share >= 0 and share + validation_share < 1):
        raise ValueError(
            f"share={share}, validation_share={validation_share}: the first above 0, the second "
            "0 or more, their sum below 1"
        )
    n_users = interactions.n_users
    drawn = np.random.default_rng(seed).permutation(n_users)
    n_test, n_validation = int(share * n_users + 1e-9), int(validation_share * n_users + 1e-9)
    newcomers = {
        "test": drawn[:n_test],
        "validation": drawn[n_test : n_test + n_validation],
    }
    begun = keep_per_user(interactions, n_first, drawn[: n_test + n_validation])
    trained = np.isin(_pairs(interactions), _pairs(begun))
    parts = {
        part: interactions.select(~trained & np.isin(interactions.users, users))
        for part, users in newcomers.items()
    }
    candidates = {part: np.ones(interactions.n_items, dtype=bool) for part in PARTS}
    return Split(interactions.select(trained), **parts, candidates=candidates, name="cold users")


def _pairs(log):
    """Return one number for each event's user and item."""
    return log.users * log.n_items + log.items
