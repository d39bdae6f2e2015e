"""EASE kept up to date: events come and go, and the inverse moves by as much as they weigh."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.recommenders.ease import EASE, inverse

LEAST = 1e-9  # below this, what is left of a row's share is rounding


def add_row(P, items):
    r"""Return the inverse after a person with these items has come.

    With :math:`P = (X^\top X + \lambda I)^{-1}` and a new row :math:`x`, Sherman and Morrison give
    :math:`P - \frac{P x x^\top P}{1 + x^\top P x}`.

    Parameters
    ----------
    P : float64 array (n_items, n_items); symmetric
    items : int array (n,); where the row is 1

    Returns
    -------
    float64 array (n_items, n_items)

    Raises
    ------
    ValueError: an item is repeated, or is none of the model's

    Source: Sherman & Morrison 1950.
    """
    return _moved(P, items, 1.0)


def remove_row(P, items):
    r"""Return the inverse after a person with these items has left (a *downdate*).

    :math:`P + \frac{P x x^\top P}{1 - x^\top P x}`: the same formula with the other sign.

    Parameters
    ----------
    P, items : as in `add_row`

    Returns
    -------
    float64 array (n_items, n_items)

    Raises
    ------
    ValueError: as `add_row`, or the row cannot be in ``P``

    Source: Sherman & Morrison 1950.
    """
    return _moved(P, items, -1.0)


def _moved(P, items, sign):
    items = np.asarray(items, dtype=np.int64)
    if len(np.unique(items)) < len(items):
        raise ValueError(f"items {items.tolist()} repeat one: a row of ones holds each item once")
    if len(items) and not (items.min() >= 0 and items.max() < len(P)):
        raise ValueError(
            f"items {items.tolist()} are not all among 0 to {len(P) - 1}: fit the model anew to "
            "take in a new item"
        )
    Px = P[items].sum(axis=0)  # (n_items,)
    share = 1.0 + sign * Px[items].sum()
    if share < LEAST:
        raise ValueError(
            f"the row {items.tolist()} is not in the matrix, or was taken out before: take out "
            "only what was put in"
        )
    step = Px / np.sqrt(share)
    return P - sign * np.outer(step, step)  # symmetric to the last bit, as P is


def weights_of(P):
    r"""Return EASE's weights :math:`B_{ij} = -P_{ij} / P_{jj}`, zero on the diagonal.

    Parameters
    ----------
    P : float64 array (n_items, n_items)

    Returns
    -------
    float64 array (n_items, n_items)
    """
    B = P / -np.diag(P)
    np.fill_diagonal(B, 0.0)
    return B


class LiveEASE:
    """EASE that takes in events one by one, and gives the weights that a new fit would give.

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

    Source: Sherman & Morrison 1950; Steck 2019, eq. 8.
    """

    def __init__(self, model, train):
        if type(model) is not EASE or model.decay != 1:
            raise ValueError(
                f"{model!r} cannot be kept up to date here: give EASE with decay=1; fading is a "
                "matter of the profile, not of the weights"
            )
        X = train.matrix().astype(np.float64)
        self.regularization = model.regularization
        self.P = inverse((X.T @ X).toarray(), model.regularization)
        self._met = [set(row.tolist()) for row in np.split(X.indices, X.indptr[1:-1])]

    def add(self, user, item):
        """Take in an event: the person's old row leaves, the longer one comes.

        Parameters
        ----------
        user : int; the next number is a new person
        item : int

        Returns
        -------
        bool; False: the person met the item before, and nothing changes

        Raises
        ------
        ValueError: a number is out of range
        """
        if not 0 <= user <= len(self._met):
            raise ValueError(f"user={user}: known are 0 to {len(self._met) - 1}, the next is new")
        met = self._met[user] if user < len(self._met) else set()
        return item not in met and self._put(user, met, met | {item})

    def remove(self, user, item):
        """Forget an event, as if it had never been.

        Parameters
        ----------
        user, item : int

        Returns
        -------
        bool; False: there was no such event

        Raises
        ------
        ValueError: there is no such person
        """
        if not 0 <= user < len(self._met):
            raise ValueError(f"user={user}: known are 0 to {len(self._met) - 1}")
        met = self._met[user]
        return item in met and self._put(user, met, met - {item})

    def _put(self, user, old, new):
        """Replace a row; the new inverse stands only when both steps have gone well."""
        P = remove_row(self.P, sorted(old)) if old else self.P
        self.P = add_row(P, sorted(new)) if new else P
        if user == len(self._met):
            self._met.append(set())
        self._met[user] = new
        return True

    def weights(self):
        """Return the weights as of now.

        Returns
        -------
        float64 array (n_items, n_items)
        """
        return weights_of(self.P)

    def rows(self):
        """Return who met what, as of now.

        Returns
        -------
        scipy.sparse.csr_array of float64 (n_users, n_items)
        """
        rows = [sorted(met) for met in self._met]
        indptr = np.cumsum([0, *map(len, rows)])
        indices = np.array([item for row in rows for item in row], dtype=np.int64)
        return csr_array((np.ones(len(indices)), indices, indptr), shape=(len(rows), len(self.P)))
