"""How much an old event still counts."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number


def recency_weights(interactions, decay):
    """Return the user-item matrix with each event faded by the number of later ones.

    Parameters
    ----------
    interactions : Interactions; the log
    decay : float; the weight of each event relative to the user's next one: 1 treats all alike, 0.5
        halves the weight with every step back in time. Above 0, at most 1.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (n_users, n_items); 1 for a user's latest event,
        ``decay`` for the one before it. A pair that occurs several times counts at its latest
        event. Of events at the same time, the one further down the log is the later.

    Raises
    ------
    ValueError: ``decay`` is out of range, or below 1 and the log has no times

    Source: Ding & Li 2005, with steps in place of days.
    """
    check_decay(decay)
    if decay == 1:
        return interactions.matrix().astype(np.float64)
    times = interactions.require("timestamps", f"decay={decay}")
    order = np.lexsort((times, interactions.users))[::-1]  # the latest first
    users, items = interactions.users[order], interactions.items[order]
    later = np.arange(len(users)) - np.searchsorted(-users, -users)  # the user's later events
    pairs = users * interactions.n_items + items
    latest = np.unique(pairs, return_index=True)[1]
    weights, users, items = (column[latest] for column in (decay**later, users, items))
    shape = (interactions.n_users, interactions.n_items)
    return csr_array((weights.astype(np.float64), (users, items)), shape=shape)


def check_decay(decay):
    """Refuse a decay that is no number above 0, at most 1.

    Parameters
    ----------
    decay : float; as in ``recency_weights``

    Raises
    ------
    ValueError: it is out of range
    """
    check_number("decay", decay, above=0, most=1)
