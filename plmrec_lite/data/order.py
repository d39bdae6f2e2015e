"""The control experiment of every sequence model: the same histories in no order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np


def forget_order(interactions, seed=0):
    """Deal each user's timestamps out among the user's events anew, so that only order is lost.

    Parameters
    ----------
    interactions : Interactions
    seed : int

    Returns
    -------
    Interactions; the same events with exchanged timestamps

    Raises
    ------
    ValueError: the log has no times

    Source: Klenitskiy et al. 2024, who shuffle to see whether order matters in a data set.
    """
    users = interactions.users
    times = interactions.require("timestamps", "forget_order")
    by_time = np.lexsort((times, users))
    dealt = np.lexsort((np.random.default_rng(seed).random(len(users)), users))
    # The log is put in the new order too, since it decides between events of the same second.
    columns = {name: getattr(interactions, name) for name in ("users", "items", "ratings")}
    dealt_out = {name: None if c is None else c[dealt] for name, c in columns.items()}
    return replace(interactions, **dealt_out, timestamps=times[by_time])
