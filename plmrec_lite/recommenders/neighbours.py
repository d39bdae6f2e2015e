"""Collaborative filtering by neighbours: similar items, and similar users."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.recommenders.base import Recommender


class ItemKNN(Recommender):
    """Recommend what is similar to the user's items: met by the same people.

    Parameters
    ----------
    n_neighbours : int
        How many similar items each item keeps.
    shrinkage : float
        Added to the denominator of the cosine: pulls down similarities of rare items.

    Raises
    ------
    ValueError
        If ``n_neighbours`` is below 1 or ``shrinkage`` below 0.

    Source: Deshpande & Karypis 2004.
    """

    name = "item-kNN"

    def __init__(self, n_neighbours=800, shrinkage=0.0):
        # Defaults: validation, of 20 to 1,682 neighbours and shrinkage 0 to 300.
        _check(n_neighbours, shrinkage)
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage

    def _fit(self, train, item_vectors):
        self.X_ = train.matrix()  # (n_users, n_items)
        self.similarity_ = nearest_columns(self.X_, self.n_neighbours, self.shrinkage)

    def _score(self, users):
        return (self.X_[users] @ self.similarity_).toarray()


class UserKNN(Recommender):
    """Recommend what similar users met.

    Parameters
    ----------
    n_neighbours : int
        How many similar users each user listens to.
    shrinkage : float
        Added to the denominator of the cosine: pulls down similarities of short histories.

    Raises
    ------
    ValueError
        If ``n_neighbours`` is below 1 or ``shrinkage`` below 0.

    Source: Herlocker et al. 1999, with the cosine.
    """

    name = "user-kNN"

    def __init__(self, n_neighbours=20, shrinkage=20.0):
        # Defaults: validation, of 10 to 400 neighbours and shrinkage 0 to 300.
        _check(n_neighbours, shrinkage)
        self.n_neighbours = n_neighbours
        self.shrinkage = shrinkage

    def _fit(self, train, item_vectors):
        self.X_ = train.matrix()  # (n_users, n_items)
        self.similarity_ = nearest_columns(self.X_.T, self.n_neighbours, self.shrinkage).T.tocsr()

    def _score(self, users):
        return (self.similarity_[users] @ self.X_).toarray()


def nearest_columns(X, n_neighbours, shrinkage=0.0):
    """Return the cosine similarity of a binary matrix's columns, the nearest ones only.

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
    scipy.sparse.csr_array of float64, shape (m, m)
        Entry (i, j) is the similarity of i to j where i is among j's nearest, else absent.
        The diagonal is empty.

    Source: Deshpande & Karypis 2004.
    """
    together = (X.T @ X).tocoo()  # (m, m): in how many rows do both columns hold a one?
    size = X.sum(axis=0)
    i, j = together.coords
    similarity = together.data / (np.sqrt(size[i] * size[j]) + shrinkage)
    order = np.lexsort((i, -similarity, j))
    order = order[i[order] != j[order]]
    i, j, similarity = i[order], j[order], similarity[order]
    rank = np.arange(len(j)) - np.searchsorted(j, j)  # 0, 1, 2, ... within each column
    near = rank < n_neighbours
    return csr_array((similarity[near], (i[near], j[near])), shape=together.shape)


def _check(n_neighbours, shrinkage):
    """Refuse a count below 1 and a negative shrinkage."""
    if n_neighbours < 1:
        raise ValueError(f"n_neighbours={n_neighbours}: keep at least one neighbour")
    if shrinkage < 0:
        raise ValueError(f"shrinkage={shrinkage}: give 0 or more")
