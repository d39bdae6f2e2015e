"""Events of the same second: their order is unknown, and a pipeline has to choose one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from plmrec_lite.checks import check_choice
from plmrec_lite.runtime import check_seed

ORDERS = ("file", "shuffled", "item")


def order_ties(interactions, by="shuffled", seed=0):
    """Put events of one user and one time into another order in the log; times stay as they are.

    Between events at the same time everything in the library goes by the order of the log.

    Parameters
    ----------
    interactions : Interactions; with timestamps
    by : {"file", "shuffled", "item"}; as they come; at random; or by item id, as a sort by user,
        time and item gives
    seed : int; of ``"shuffled"``

    Returns
    -------
    Interactions; the same events, by user and time

    Raises
    ------
    ValueError: the log has no times, or ``by`` is unknown

    Examples
    --------
    >>> from plmrec_lite.data.interactions import Interactions
    >>> log = Interactions([0, 0, 0], [2, 1, 0], None, [5, 5, 4], n_users=1, n_items=3)
    >>> order_ties(log, "item").items.tolist()
    [0, 1, 2]

    Source: Woolridge et al. 2021, on how many events share a time.
    """
    check_seed(seed)
    check_choice("by", by, ORDERS)
    times = interactions.require("timestamps", "order_ties")
    n = len(interactions)
    turn = {
        "file": np.arange(n),
        "shuffled": np.random.default_rng(seed).random(n),
        "item": interactions.items,
    }[by]
    order = np.lexsort((turn, times, interactions.users))
    columns = {name: getattr(interactions, name) for name in ("users", "items", "ratings")}
    ordered = {name: None if c is None else c[order] for name, c in columns.items()}
    return replace(interactions, **ordered, timestamps=times[order])


def share_tied(interactions):
    """Return which share of the events has another event of the same user at the same time.

    Parameters
    ----------
    interactions : Interactions; with timestamps

    Returns
    -------
    float, in [0, 1]

    Raises
    ------
    ValueError: the log has no times

    Examples
    --------
    >>> from plmrec_lite.data.interactions import Interactions
    >>> log = Interactions([0, 0, 0, 1], [0, 1, 2, 0], None, [5, 5, 4, 5], n_users=2, n_items=3)
    >>> share_tied(log)
    0.5
    """
    times = interactions.require("timestamps", "share_tied")
    pairs = np.stack([interactions.users, times])
    _, which, counts = np.unique(pairs, axis=1, return_inverse=True, return_counts=True)
    return float((counts[which.ravel()] > 1).mean())
