"""Collaborative filtering by neighbours: similar items, and similar users."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.runtime import n_threads

PAIRS_AT_ONCE = 2**18  # similarities that are held before the nearest are chosen
COSINE_BITS = 30  # of a float32 below 2: positive ones are in the order of their bits


class _Neighbours(Recommender):
    """What the two models of neighbours share: their settings."""

    def _check_settings(self):
        check_number("n_neighbours", self.n_neighbours, least=1, whole=True)
        check_number("shrinkage", self.shrinkage, least=0)


class ItemKNN(_Neighbours):
    """Recommend what is similar to the user's items: met by the same people.

    Parameters
    ----------
    n_neighbours : int; how many similar items each item keeps
    shrinkage : float; added to the denominator of the cosine: pulls down similarities of rare items

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
    n_neighbours : int; how many similar users each user listens to
    shrinkage : float; added to the denominator of the cosine: pulls down similarities of short
        histories

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
    X : scipy.sparse array (n, m); ones and zeros
    n_neighbours : int; how many entries each column of the result keeps, ties by lower row
    shrinkage : float, in rows of X; added to the denominator of the cosine

    Returns
    -------
    scipy.sparse.csr_array of float32, shape (m, m); entry (i, j) is the similarity of i to j where
    i is among j's nearest, else absent. The diagonal is empty.

    Source: Deshpande & Karypis 2004.
    """
    m = X.shape[1]
    columns, X = X.T.tocsr(), X.tocsr()  # (m, n), (n, m)
    size = X.sum(axis=0)
    width = max(PAIRS_AT_ONCE // max(m, 1), 1)
    low, high = m.bit_length(), m.bit_length() + COSINE_BITS

    def nearest(start):
        together = columns[start : start + width] @ X  # in how many rows do both hold a one?
        i, j = together.indices, np.repeat(np.arange(together.shape[0]), np.diff(together.indptr))
        cosine = together.data / (np.sqrt(size[i] * size[start + j]) + shrinkage)
        far = 2**COSINE_BITS - cosine.astype(np.float32).view(np.uint32)  # in reverse order
        key = j.astype(np.uint64) << high | far.astype(np.uint64) << low | i.astype(np.uint64)
        key = np.sort(key[i != start + j])  # by column, then nearest first, then by row
        j = (key >> high).astype(np.int64)
        key = key[np.arange(len(j)) - np.searchsorted(j, j) < n_neighbours]
        j = (key >> high).astype(np.int64)
        cosine = (2**COSINE_BITS - (key >> low & (2**COSINE_BITS - 1))).astype(np.uint32)
        counts = np.bincount(j, minlength=together.shape[0])
        return cosine.view(np.float32), (key & (2**low - 1)).astype(np.int32), counts

    with ThreadPoolExecutor(n_threads()) as pool:
        blocks = list(pool.map(nearest, range(0, m, width)))
    cosines, rows, counts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    ends = np.append(0, np.cumsum(counts))
    return csr_array((cosines, rows, ends), shape=(m, m)).T.tocsr()
