"""Collaborative filtering by neighbours: similar items, and similar users."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender

PAIRS_AT_ONCE = 2**18  # similarities that are held before the nearest are chosen


class _Neighbours(Recommender):
    """What the two models of neighbours share: their settings."""

    def _check_settings(self):
        check_number("n_neighbours", self.n_neighbours, least=1, whole=True)
        check_number("shrinkage", self.shrinkage, least=0)


class ItemKNN(_Neighbours):
    """Recommend what is similar to the user's items: met by the same people.

    Parameters
    ----------
    n_neighbours : int
        How many similar items each item keeps.
    shrinkage : float
        Added to the denominator of the cosine: pulls down similarities of rare items.

    Source: Deshpande & Karypis 2004.
    """

    name = "item-kNN"

    def __init__(self, n_neighbours=800, shrinkage=0.0):
        # Defaults: validation, of 20 to 1,682 neighbours and shrinkage 0 to 300.
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage

    def _fit(self, train, item_vectors):
        self.X_ = train.matrix()  # (n_users, n_items)
        self.similarity_ = nearest_columns(self.X_, self.n_neighbours, self.shrinkage)

    def _score(self, users):
        return self.X_[users] @ self.similarity_


class UserKNN(_Neighbours):
    """Recommend what similar users met.

    Parameters
    ----------
    n_neighbours : int
        How many similar users each user listens to.
    shrinkage : float
        Added to the denominator of the cosine: pulls down similarities of short histories.

    Source: Herlocker et al. 1999, with the cosine.
    """

    name = "user-kNN"

    def __init__(self, n_neighbours=20, shrinkage=20.0):
        # Defaults: validation, of 10 to 400 neighbours and shrinkage 0 to 300.
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage

    def _fit(self, train, item_vectors):
        self.X_ = train.matrix()  # (n_users, n_items)
        self.similarity_ = nearest_columns(self.X_.T, self.n_neighbours, self.shrinkage).T.tocsr()

    def _score(self, users):
        return self.similarity_[users] @ self.X_


def nearest_columns(X, n_neighbours, shrinkage=0.0):
    """Return the cosine similarity of a binary matrix's columns, the nearest ones only.

    Columns are compared with all others some at a time: the whole (m, m) table never exists.

    Parameters
    ----------
    X : scipy.sparse array (n, m)
        Ones and zeros.
    n_neighbours : int
        How many entries each column of the result keeps; ties by lower row.
    shrinkage : float, in rows of X
        Added to the denominator of the cosine.

    Returns
    -------
    scipy.sparse.csr_array, shape (m, m)
        Entry (i, j) is the similarity of i to j where i is among j's nearest, else absent.
        The diagonal is empty. Its type is that of X.

    Source: Deshpande & Karypis 2004.
    """
    m = X.shape[1]
    columns, X = X.T.tocsr(), X.tocsr()  # (m, n), (n, m)
    size = X.sum(axis=0)
    values, rows, counts = [], [], []
    width = max(PAIRS_AT_ONCE // max(m, 1), 1)
    for start in range(0, m, width):
        together = columns[start : start + width] @ X  # in how many rows do both hold a one?
        similarity, i, ends = together.data, together.indices, together.indptr
        j = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        similarity = similarity / (np.sqrt(size[i] * size[start + j]) + shrinkage)
        other = i != start + j
        i, j, similarity = i[other], j[other], similarity[other]
        order = np.lexsort((i, -similarity, j))
        rank = np.arange(len(j)) - np.searchsorted(j, j)  # 0, 1, 2, ... within each column
        order = order[rank < n_neighbours]
        values.append(similarity[order])
        rows.append(i[order])
        counts.append(np.bincount(j[order], minlength=len(ends) - 1))
    ends = np.append(0, np.cumsum(np.concatenate(counts)))
    return csr_array((np.concatenate(values), np.concatenate(rows), ends), shape=(m, m)).T.tocsr()
