"""The order of events: by user and time, the repeated ones, and the same histories in no order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from plmrec_lite.runtime import check_seed


def in_order(users, times):
    """Return the positions of events by user, each user's in time, ties as in the log.

    Parameters
    ----------
    users : int array (n,)
    times : array (n,)

    Returns
    -------
    int array (n,)
    """
    if not len(times) or times.dtype.kind != "i":
        return np.lexsort((times, users))
    start, span = int(times.min()), int(times.max()) - int(times.min()) + 1
    if span * (int(users.max()) + 1) >= 2**63:
        return np.lexsort((times, users))
    both = users * span + (times - start)  # one number a user and time: one sort in place of two
    order = np.argsort(both)
    ordered = both[order]
    tied = (ordered[1:] == ordered[:-1]).any()
    return np.argsort(both, kind="stable") if tied else order


def repeated_pairs(users, items, times=None, keep="first"):
    """Return which events repeat a (user, item) pair, in time where it is known.

    Parameters
    ----------
    users, items : int array (n,)
    times : array (n,) or None
    keep : {"first", "last"}; which event of a pair is none of them

    Returns
    -------
    bool array (n,), or None where no event does
    """
    pairs = users * (int(items.max(initial=0)) + 1) + items
    by_pair = np.sort(pairs)
    if (by_pair[1:] != by_pair[:-1]).all():
        return None
    turn = np.arange(len(pairs)) if times is None else np.argsort(times, kind="stable")
    again = np.empty(len(pairs), dtype=bool)
    again[turn] = pd.Series(pairs[turn]).duplicated(keep=keep)
    return again


def first_meetings(interactions):
    """Keep the first event of each (user, item) pair: a known item is no test of anything.

    Parameters
    ----------
    interactions : Interactions

    Returns
    -------
    Interactions
    """
    again = repeated_pairs(interactions.users, interactions.items, interactions.timestamps)
    return interactions if again is None else interactions.select(~again)


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
    check_seed(seed)
    users = interactions.users
    times = interactions.require("timestamps", "forget_order")
    by_time = in_order(users, times)
    dealt = np.lexsort((np.random.default_rng(seed).random(len(users)), users))
    # The log is put in the new order too, since it decides between events of the same second.
    columns = {name: getattr(interactions, name) for name in ("users", "items", "ratings")}
    dealt_out = {name: None if c is None else c[dealt] for name, c in columns.items()}
    return replace(interactions, **dealt_out, timestamps=times[by_time])
