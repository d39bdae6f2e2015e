"""Shilling: made-up people push an item, and how to find them.

A click log has no ratings, so that what such a profile claims is only which items it met.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, vstack

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.neighbours import ItemKNN
from plmrec_lite.runtime import check_seed

ATTACKS = ("random", "average", "bandwagon")
N_SELECTED = 10  # best-known items that a bandwagon profile holds


def shilling_profiles(popularity, item, n_profiles, n_filler, attack="random", seed=0):
    """Make up people who met the item that is pushed, and others that hide the purpose.

    Parameters
    ----------
    popularity : int array (n_items,); events of each item, as the attacker sees or guesses them
    item : int; what is pushed
    n_profiles : int
    n_filler : int; items of a profile besides the pushed one; as many as real people have is usual
    attack : {"random", "average", "bandwagon"}; fillers at random; in proportion to popularity, as
        a real crowd would have them; or ten best-known items and the rest at random
    seed : int

    Returns
    -------
    scipy.sparse.csr_array of float32 (n_profiles, n_items); ones and zeros

    Raises
    ------
    ValueError: a setting out of range, or more fillers than there are items to fill with

    Source: Lam & Riedl 2004; Mobasher et al. 2007, there with ratings.
    """
    check_seed(seed)
    check_choice("attack", attack, ATTACKS)
    popularity = np.asarray(popularity, dtype=np.float64)
    n_items = len(popularity)
    check_number("item", item, least=0, most=n_items - 1, whole=True)
    check_number("n_profiles", n_profiles, least=1, whole=True)
    weight = popularity.copy() if attack == "average" else np.ones(n_items)
    weight[item] = 0
    selected = np.zeros(0, dtype=np.int64)
    if attack == "bandwagon":
        known = np.argsort(-popularity, kind="stable")
        selected = known[known != item][: min(N_SELECTED, n_filler)]
        weight[selected] = 0
    most = int((weight > 0).sum()) + len(selected)
    check_number("n_filler", n_filler, least=0, most=most, whole=True)
    rng = np.random.default_rng(seed)
    with np.errstate(divide="ignore"):
        turn = rng.exponential(size=(n_profiles, n_items)) / weight  # the smallest come first
    filler = np.argsort(turn, axis=1, kind="stable")[:, : n_filler - len(selected)]
    fixed = np.tile([item, *selected], (n_profiles, 1))
    items = np.sort(np.hstack([fixed, filler]), axis=1)
    ends = items.shape[1] * np.arange(n_profiles + 1)
    ones = np.ones(items.size, dtype=np.float32)
    return csr_array((ones, items.ravel(), ends), shape=(n_profiles, n_items))


def real_clicks(train, item, n_clicks, seed=0):
    """Let so many real people click on an item: what as many honest events would do.

    Parameters
    ----------
    train : Interactions
    item : int
    n_clicks : int
    seed : int

    Returns
    -------
    Interactions; without ratings and times, and with the new events

    Raises
    ------
    ValueError: fewer people have not met the item
    """
    check_seed(seed)
    free = np.flatnonzero(train.matrix()[:, [item]].toarray()[:, 0] == 0)
    check_number("n_clicks", n_clicks, least=0, most=len(free), whole=True)
    users = np.random.default_rng(seed).choice(free, n_clicks, replace=False)
    plain = Interactions(train.users, train.items, None, None, train.n_users, train.n_items)
    items = np.full(n_clicks, item)
    return plain + Interactions(users, items, None, None, train.n_users, train.n_items)


def with_profiles(train, profiles):
    """Add made-up people to a log, numbered after the real ones.

    Parameters
    ----------
    train : Interactions
    profiles : scipy.sparse array (m, n_items)

    Returns
    -------
    Interactions; n_users + m people, without ratings and times

    Raises
    ------
    ValueError: the profiles have another number of items
    """
    if profiles.shape[1] != train.n_items:
        raise ValueError(f"profiles of {profiles.shape[1]} items for a log of {train.n_items}")
    return log_of(vstack([train.matrix(), profiles]))


def log_of(rows):
    """Return a log of who met what, without ratings and times.

    Parameters
    ----------
    rows : scipy.sparse array (n_users, n_items)

    Returns
    -------
    Interactions
    """
    users, items = rows.nonzero()
    return Interactions(users, items, None, None, *rows.shape)


def places_of(scores, met, item):
    """Return the place of an item in each person's list of unmet items.

    Parameters
    ----------
    scores : float array (n, n_items)
    met : scipy.sparse array (n, n_items); what each person met; after ``real_clicks``, with these
        clicks: who has clicked on the item no longer has it in a list
    item : int

    Returns
    -------
    int array (m,); 0 is the top; of the m people who have not met the item; ties by lower id

    Raises
    ------
    ValueError: scores and rows have different shapes
    """
    if np.shape(scores) != met.shape:
        raise ValueError(f"scores of shape {np.shape(scores)} for rows of shape {met.shape}")
    scores = np.where(met.toarray() > 0, -np.inf, scores)
    mine = scores[:, [item]]
    ahead = (scores > mine).sum(axis=1) + (scores[:, :item] == mine).sum(axis=1)
    return ahead[mine[:, 0] > -np.inf]


def coherence(rows):
    r"""Return how well each row's items go together: their mean cosine over people.

    Real people have tastes. Items that were thrown together have been met by different people. The
    cosines come from the very log that holds the profiles, as a shop would have to compute them.

    Parameters
    ----------
    rows : scipy.sparse array (n, n_items); ones and zeros; real and made-up people

    Returns
    -------
    float64 array (n,); the mean over pairs of different items; 0 for a row with fewer than two

    Source: after Chirita, Nejdl & Zamfir 2005, whose degree of similarity compares people.
    """
    counts = np.asarray(rows.sum(axis=0))
    scaled = rows.astype(np.float64).multiply(1 / np.sqrt(np.maximum(counts, 1))).tocsr()
    cosine = (scaled.T @ scaled).toarray()
    np.fill_diagonal(cosine, 0.0)
    sizes = np.diff(rows.tocsr().indptr)
    sums = np.asarray((rows @ cosine * rows.toarray()).sum(axis=1))
    return sums / np.maximum(sizes * (sizes - 1), 1)


def learn_from_some(model, train, people):
    """Fit a model to some people's rows, and let it score everybody by their own row.

    Parameters
    ----------
    model : EASE or ItemKNN; weights of items by items, to which rows are given
    train : Interactions
    people : bool array (n_users,); whose rows are learned from

    Returns
    -------
    Recommender; the model, fitted

    Raises
    ------
    ValueError: a model of another kind, or not one bool a person
    """
    if not isinstance(model, EASE | ItemKNN):
        raise ValueError(f"{model!r} does not learn items by items: give EASE or ItemKNN")
    people = np.asarray(people)
    if people.dtype != bool or people.shape != (train.n_users,):
        raise ValueError(f"people is {people.dtype} of shape {people.shape}: give one bool each")
    model.fit(train.select(people[train.users]))
    model.X_ = model.seen_ = train.matrix()
    return model
