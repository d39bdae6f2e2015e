"""Counterfactual reasons: the fewest watched items without which the list would be another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.base import clone

from plmrec_lite.checks import check_ids

TIE = 1e-9  # scores that differ by less are no change of a list


class Removal(NamedTuple):
    """The fewest watched items without which one item passes another.

    Attributes
    ----------
    rows : int array; of the terms that go, the first to go first
    item : int; what is passed
    rival : int; what passes it
    """

    rows: np.ndarray
    item: int
    rival: int


def smallest_removal(terms, listed, others):
    r"""Find the fewest rows without which one of the others passes one of the listed items.

    For one pair :math:`(a, b)` the lead of a is :math:`\sum_k d_k` with
    :math:`d_k = t_{ka} - t_{kb}`. No k rows lower it by more than the k largest :math:`d_k`, so
    that taking rows in the order of :math:`d` until the lead is negative takes the fewest. The
    list is another one as soon as one pair changes places: the smallest number over all pairs is
    exact.

    Parameters
    ----------
    terms : float array (m, n_items); of ``terms_of_scores``
    listed : int array; items that lead, such as a list of ten, or its first item
    others : int array; items that may pass them

    Returns
    -------
    Removal or None; None where no removal lets any of them pass. Of several of one size, the one
        after which the rival is furthest ahead

    Raises
    ------
    ValueError: unknown items, none, or an item that is on both sides

    Examples
    --------
    >>> terms = np.array([[3.0, 0.0], [1.0, 2.0], [1.0, 1.0]])  # film 0 leads by 5 to 3
    >>> found = smallest_removal(terms, [0], [1])
    >>> found.rows.tolist(), found.rival
    ([0], 1)
    """
    terms = np.asarray(terms, dtype=np.float64)
    listed = check_ids(listed, terms.shape[1], "listed")
    others = check_ids(others, terms.shape[1], "others")
    if not len(listed) or not len(others):
        raise ValueError(f"{len(listed)} listed and {len(others)} others: give at least one each")
    if both := sorted({*listed.tolist()} & {*others.tolist()}):
        raise ValueError(f"items {both} are listed and among the others: give each once")
    best = None
    for item in listed:
        leads = np.ascontiguousarray((terms[:, [item]] - terms[:, others]).T)  # (n_others, m)
        gone = np.cumsum(-np.sort(-leads, axis=1), axis=1)  # what the largest 1 to m take away
        left = leads.sum(1, keepdims=True) - np.pad(gone, ((0, 0), (1, 0)))  # (n_others, m + 1)
        passed = left < -TIE
        n_rows = np.where(passed.any(1), passed.argmax(1), len(terms) + 1)
        n = int(n_rows.min())
        if n > len(terms):
            continue
        rival = int(np.where(n_rows == n, left[:, n], np.inf).argmin())
        rank = n, float(left[rival, n])
        if best is None or rank < best[0]:
            rows = np.argsort(-leads[rival], kind="stable")[:n]
            best = rank, Removal(rows, int(item), int(others[rival]))
    return best and best[1]


def refitted_scores(model, train, user, removed):
    """Score all items for a user whose log has lost some items, with the model fitted anew.

    Parameters
    ----------
    model : Recommender; its settings are taken, it is not changed
    train : Interactions; what it was fitted on
    user : int
    removed : int array; items of the user

    Returns
    -------
    float array (n_items,)

    Raises
    ------
    ValueError: an item that the user has not met
    """
    mine = train.users == user
    if unknown := sorted({*np.asarray(removed).tolist()} - {*train.items[mine].tolist()}):
        raise ValueError(f"items {unknown}: user {user} has not met them")
    left = train.select(~(mine & np.isin(train.items, removed)))
    return clone(model).fit(left).score([user])[0]
