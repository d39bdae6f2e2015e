"""A ridge regression from an item's vector to who met it: it ranks items nobody has met."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.memory import check_memory


class ItemRidge(Recommender):
    r"""Learn, for each user, which directions of the item vectors attract them.

    With one row :math:`v_i` of :math:`V` for each item that has events in training, it
    minimises :math:`\|X^\top - VW\|_F^2 + \lambda \|W\|_F^2`, both sides centred over these
    items. All users share one closed form,
    :math:`W = (V^\top V + \lambda I)^{-1} V^\top X^\top = V^\top (VV^\top + \lambda I)^{-1}
    X^\top`, of which the smaller system is solved, and the score of any item, met or not, is
    :math:`v_i W`.

    Parameters
    ----------
    regularization : float; :math:`\lambda`, in the unit of the squared length of an item vector;
        above 0. Tune it on validation for each kind of vectors.

    Attributes
    ----------
    W_ : float64 array (d, n_users); each user's taste as a vector

    Raises
    ------
    MemoryError: by ``fit``, the tastes and the system do not fit

    Source: Hoerl & Kennard 1970; for cold items Gantner et al. 2010.
    """

    name = "ridge"
    needs_item_vectors = True

    def __init__(self, regularization=10.0):
        self.regularization = regularization

    def _check_settings(self):
        check_number("regularization", self.regularization, above=0)

    def _check_memory(self, train, item_vectors):
        n, d = item_vectors.shape
        check_memory(
            self.name,
            8 * (3 * d * train.n_users + 2 * min(n, d) ** 2 + 2 * n * d),
            f"a taste of {d:,} numbers for each of {train.n_users:,} users",
            "shorter vectors, such as whiten(item_vectors, n_components=64)",
        )

    def _fit(self, train, item_vectors):
        warm = np.flatnonzero(train.popularity())
        if not len(warm):
            warm = np.arange(train.n_items)  # nobody met anything: every taste is zero
        X = train.matrix()[:, warm].astype(np.float64)  # (n_users, n_warm)
        self.vectors_ = item_vectors - item_vectors[warm].mean(axis=0)
        V = self.vectors_[warm]  # (n_warm, d)
        n, d = V.shape
        if d < n:
            Z = solve(V.T @ V + self.regularization * np.eye(d), V.T, assume_a="pos").T
        else:
            Z = solve(V @ V.T + self.regularization * np.eye(n), V, assume_a="pos")
        # (X - mean) Z with X left sparse. All of X's ones add up as those of a full row do, so
        # that nothing but zeros is left of a user who met every item.
        everything = csr_array(np.ones((1, n))) @ Z
        self.W_ = (X @ Z - X.mean(axis=1)[:, None] * everything).T  # (d, n_users)

    def _score(self, users):
        return (self.vectors_ @ self.W_[:, users]).T
