"""A feedback loop: what is recommended is clicked, and what is clicked trains what is recommended.

Source: Chaney, Stewart & Engelhardt 2018.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.applications.fairness.taste import clicks_on
from plmrec_lite.checks import check_number
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.evaluation.exposure import exposure, gini
from plmrec_lite.runtime import check_seed

SOURCES = ("lists", "taste")


def feedback_loop(
    model, start, taste, n_rounds=10, k=10, explore=0.0, learns="lists", counts=None, seed=0
):
    """Recommend, let people click, add the clicks to the log, fit again; and so on.

    Parameters
    ----------
    model : Recommender; fitted anew in each round
    start : Interactions; the log before the first round; ratings and times are not used
    taste : float array (n_users, n_items); as ``clicks_on`` takes it
    n_rounds : int
    k : int; the length of the lists
    explore : float; the probability of each place to hold a random item that the person has not
        met, from 0 to 1
    learns : {"lists", "taste"}; where new events come from. "taste" is the control without a loop:
        each person gets new events, drawn from all items that they have not met by taste alone
    counts : int array (n_rounds, n_users) or None; with "taste", how many new events each person
        gets in each round, such as those of a loop; None for as many as the list was clicked
    seed : int

    Returns
    -------
    pandas.DataFrame, n_rounds rows; ``gini`` of this round's exposure, ``liked`` (the mean
        probability of a click on an item that is looked at), both again as ``gini_own`` and
        ``liked_own`` of the lists before random items came in; ``clicks`` (a list), ``events`` (in
        the log that was fitted); ``attrs["counts"]``: int array (n_rounds, n_users), new events

    Raises
    ------
    ValueError: a setting out of range, a taste or counts of another shape, or counts for a loop
    """
    check_seed(seed)
    check_number("n_rounds", n_rounds, least=1, whole=True)
    check_number("explore", explore, least=0, most=1)
    if learns not in SOURCES:
        raise ValueError(f"learns={learns!r}: use one of {', '.join(map(repr, SOURCES))}")
    if counts is not None and learns == "lists":
        raise ValueError('counts= with learns="lists": a loop learns its clicks; leave counts out')
    if counts is not None and np.shape(counts) != (n_rounds, start.n_users):
        raise ValueError(
            f"counts of shape {np.shape(counts)}: give one row a round and one column a user, "
            f"{(n_rounds, start.n_users)}"
        )
    if taste.shape != (start.n_users, start.n_items):
        raise ValueError(
            f"taste of shape {taste.shape} for {start.n_users} users and {start.n_items} items"
        )
    rng = np.random.default_rng(seed)
    users = np.arange(start.n_users)
    log, rounds, gained = _without_columns(start.users, start.items, start), [], []
    for number in range(n_rounds):
        own = model.fit(log).recommend(users, k)
        lists = with_random_items(own, log.matrix(), explore, rng)
        clicked = clicks_on(lists, users, taste, rng)
        found = {"clicks": clicked.sum() / len(lists), "events": len(log)}
        for ending, some in (("", lists), ("_own", own)):
            found[f"gini{ending}"] = gini(exposure(some, log.n_items))
            found[f"liked{ending}"] = taste[users[:, None], some][some >= 0].mean()
        rounds.append(found)
        if learns == "lists":
            who, place = clicked.nonzero()
            new = users[who], lists[who, place]
        else:
            wanted = clicked.sum(axis=1) if counts is None else np.asarray(counts)[number]
            new = drawn_by_taste(wanted, taste, log.matrix(), rng)
        gained.append(np.bincount(new[0], minlength=log.n_users))
        log = log + _without_columns(*new, start)
    frame = pd.DataFrame(rounds, index=pd.RangeIndex(1, n_rounds + 1, name="round"))
    frame.attrs["counts"] = np.array(gained)
    return frame


def with_random_items(lists, met, share, rng):
    """Replace places of lists by random items that the person has not met.

    Parameters
    ----------
    lists : int array (n, k)
    met : scipy.sparse array (n, n_items)
    share : float; the probability of each place to be replaced
    rng : numpy.random.Generator

    Returns
    -------
    int array (n, k); no item stands twice in a list
    """
    lists, n_items = lists.copy(), met.shape[1]
    replaced = rng.random(lists.shape) < share
    for row in np.flatnonzero(replaced.any(axis=1)):
        barred = np.zeros(n_items, dtype=bool)
        barred[met.indices[met.indptr[row] : met.indptr[row + 1]]] = True
        barred[lists[row][lists[row] >= 0]] = True
        free = np.flatnonzero(~barred)
        places = np.flatnonzero(replaced[row])[: len(free)]
        lists[row, places] = rng.choice(free, size=len(places), replace=False)
    return lists


def drawn_by_taste(counts, taste, met, rng):
    """Draw events of each person among the items that they have not met, by taste alone.

    Parameters
    ----------
    counts : int array (n,); how many events each person gets
    taste : float array (n, n_items); the chance of an item is in proportion to it
    met : scipy.sparse array (n, n_items)
    rng : numpy.random.Generator

    Returns
    -------
    users, items : int array (n_events,); fewer than asked where fewer items are left
    """
    weight = taste.astype(np.float64)
    weight[met.nonzero()] = 0
    with np.errstate(divide="ignore"):
        turn = rng.exponential(size=weight.shape) / weight  # the smallest come first
    order = np.argsort(turn, axis=1)[:, : max(int(counts.max()), 1)]
    left = np.minimum(counts, (weight > 0).sum(axis=1))
    who, place = (np.arange(order.shape[1]) < left[:, None]).nonzero()
    return who, order[who, place]


def _without_columns(users, items, like):
    """A log of who met what, with neither ratings nor times."""
    return Interactions(users, items, None, None, like.n_users, like.n_items)
