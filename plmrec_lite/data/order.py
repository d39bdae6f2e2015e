"""The control experiment of every sequence model: the same histories in no order."""

from __future__ import annotations

import numpy as np

from plmrec_lite.data.interactions import Interactions


def forget_order(interactions, seed=0):
    """Deal each user's timestamps out among the user's events anew.

    Who met what, and when each user was there, stays as it was; what came before what is lost.

    Parameters
    ----------
    interactions : Interactions
        The log.
    seed : int, default 0
        The seed of the deal.

    Returns
    -------
    Interactions
        The same events with exchanged timestamps.

    Source: Klenitskiy et al. 2024, who shuffle to see whether order matters in a data set.
    """
    users = interactions.users
    by_time = np.lexsort((interactions.timestamps, users))
    dealt = np.lexsort((np.random.default_rng(seed).random(len(users)), users))
    # The log is put in the new order too, since it decides between events of the same second.
    return Interactions(
        users[dealt],
        interactions.items[dealt],
        interactions.ratings[dealt],
        interactions.timestamps[by_time],
        interactions.n_users,
        interactions.n_items,
    )
