"""Exact unlearning: EASE without some people, equal to a fit that never saw them."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from sklearn.base import clone

from plmrec_lite.checks import check_ids
from plmrec_lite.recommenders.item_updates import LEAST, LiveEASE


def remove_rows(P, rows):
    r"""Return the inverse after several people have left at once.

    With :math:`P = (X^\top X + \lambda I)^{-1}` and the rows :math:`U` that go, Woodbury gives
    :math:`P + P U^\top (I - U P U^\top)^{-1} U P`: a system with one equation a person, in place
    of one with one equation an item. For one person it is ``item_updates.remove_row``.

    Parameters
    ----------
    P : float64 array (n_items, n_items); symmetric
    rows : scipy.sparse array or float array (m, n_items); the rows as they were put in

    Returns
    -------
    float64 array (n_items, n_items)

    Raises
    ------
    ValueError: the rows have another length, or they cannot all be in ``P``

    Source: Woodbury 1950; Guo et al. 2020 remove from any linear model, there approximately.
    """
    if rows.ndim != 2 or rows.shape[1] != len(P):
        raise ValueError(f"rows of shape {rows.shape} for {len(P)} items: give one column an item")
    UP = np.asarray(rows @ P)  # (m, n_items)
    left = np.eye(len(UP)) - np.asarray(rows @ UP.T)  # (m, m)
    if len(left) and np.linalg.eigvalsh(left)[0] < LEAST:
        raise ValueError(
            f"the {len(left)} rows are not all in the matrix, or were taken out before: take out "
            "only what was put in"
        )
    step = cho_solve(cho_factor(left, lower=True), UP)  # (m, n_items)
    removed = P + UP.T @ step
    return (removed + removed.T) / 2


class ForgettingEASE(LiveEASE):
    """EASE from which people can be taken out, exactly and without a new fit.

    Parameters
    ----------
    model : EASE; its settings, with decay 1
    train : Interactions; what it starts from

    Attributes
    ----------
    P : float64 array (n_items, n_items)

    Raises
    ------
    ValueError: the model is of another kind, or lets events fade

    Source: Cao & Yang 2015 (unlearning); Steck 2019, eq. 8.
    """

    def forget(self, people):
        """Take out all events of some people, as if they had never come.

        Their numbers stay, with empty rows. All go, or after an error nobody.

        Parameters
        ----------
        people : int array (m,)

        Returns
        -------
        int; how many events are gone

        Raises
        ------
        ValueError: somebody is unknown or is named twice
        """
        people = check_ids(people, len(self._met), "people")
        if len(np.unique(people)) < len(people):
            raise ValueError(f"people {people.tolist()}: name each once")
        rows = self.rows()[people]
        if rows.nnz:
            self.P = remove_rows(self.P, rows)
        for person in people:
            self._met[person] = set()
        return int(rows.nnz)


def membership_scores(B, rows):
    r"""Return how well weights rebuild each row: the mean score of a person's own items.

    A person who was in the training log is rebuilt better than a stranger with the same row. The
    simplest attack guesses that people with high values were in it.

    Parameters
    ----------
    B : float64 array (n_items, n_items); zero on the diagonal: weights of EASE
    rows : scipy.sparse array (m, n_items); ones and zeros

    Returns
    -------
    float64 array (m,); 0 for an empty row

    Source: Yeom et al. 2018, the attack by the loss.
    """
    sums = np.asarray((rows @ B * rows.toarray()).sum(axis=1))
    return sums / np.maximum(np.asarray(rows.sum(axis=1)), 1)


def refitted_without(model, train, people):
    """Return the weights of a new fit to a log from which people were removed: the reference.

    Parameters
    ----------
    model : EASE
    train : Interactions
    people : int array (m,)

    Returns
    -------
    float64 array (n_items, n_items)

    Raises
    ------
    ValueError: somebody is unknown
    """
    people = check_ids(people, train.n_users, "people")
    return clone(model).fit(train.select(~np.isin(train.users, people))).B_


def largest_difference(mine, theirs):
    """Return the largest difference between two sets of weights, and beside the largest weight.

    Parameters
    ----------
    mine, theirs : float64 array (n_items, n_items)

    Returns
    -------
    absolute, relative : float
    """
    absolute = float(np.abs(mine - theirs).max())
    return absolute, absolute / float(np.abs(theirs).max())
