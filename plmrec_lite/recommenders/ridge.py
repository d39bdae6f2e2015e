"""A ridge regression from an item's vector to who met it: it ranks items nobody has met."""

from __future__ import annotations

import numpy as np

from plmrec_lite.recommenders.base import Recommender


class ItemRidge(Recommender):
    r"""Learn, for each user, which directions of the item vectors attract them.

    With one row :math:`v_i` of :math:`V` for each item that has events in training, it
    minimises :math:`\|X^\top - VW\|_F^2 + \lambda \|W\|_F^2`, both sides centred over these
    items. All users share one closed form,
    :math:`W = V^\top (VV^\top + \lambda I)^{-1} X^\top`, and the score of any item, met or
    not, is :math:`v_i W`.

    Parameters
    ----------
    regularization : float
        :math:`\lambda`, in the unit of the squared length of an item vector; above 0. Tune it
        on validation for each kind of vectors.

    Attributes
    ----------
    W_ : float64 array (d, n_users)
        Each user's taste as a vector.

    Raises
    ------
    ValueError
        If ``regularization`` is not above 0, or ``fit`` gets no item vectors.

    Source: Hoerl & Kennard 1970; for cold items Gantner et al. 2010.
    """

    name = "ridge"

    def __init__(self, regularization=10.0):
        if not regularization > 0:
            raise ValueError(f"regularization={regularization}: give a number above 0")
        self.regularization = regularization

    def _fit(self, train, item_vectors):
        if item_vectors is None:
            raise ValueError(f"{self.name} needs item_vectors: call fit(train, item_vectors)")
        warm = np.flatnonzero(train.popularity())
        if not len(warm):
            warm = np.arange(train.n_items)  # nobody met anything: every taste is zero
        Y = train.matrix()[:, warm].T.toarray().astype(np.float64)  # (n_warm, n_users)
        V = item_vectors[warm]  # (n_warm, d)
        self.vectors_ = item_vectors - V.mean(axis=0)
        V, Y = self.vectors_[warm], Y - Y.mean(axis=0)
        dual = np.linalg.solve(V @ V.T + self.regularization * np.eye(len(warm)), Y)
        self.W_ = V.T @ dual  # (d, n_users)

    def _score(self, users):
        return (self.vectors_ @ self.W_[:, users]).T
