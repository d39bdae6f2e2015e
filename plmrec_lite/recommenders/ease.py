"""EASE: a linear model of items by items, in closed form. The baseline to beat."""

from __future__ import annotations

import numpy as np

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.recency import recency_weights


class EASE(Recommender):
    r"""Rebuild each user's row from its other items by one ridge regression.

    It minimises :math:`\|X - XB\|_F^2 + \lambda \|B\|_F^2` over the item-item weights
    :math:`B` with a zero diagonal, so that no item may explain itself. With
    :math:`P = (X^\top X + \lambda I)^{-1}` the solution is
    :math:`B_{ij} = -P_{ij} / P_{jj}` off the diagonal.

    Parameters
    ----------
    regularization : float
        :math:`\lambda`, in units of events; above 0.
    decay : float
        What an event weighs in the user's row when scores are made, relative to the user's
        next event; 1, the plain model, treats all alike. :math:`B` is learned from plain rows.

    Raises
    ------
    ValueError
        If ``regularization`` is not above 0, or ``decay`` not above 0 and at most 1.

    Source: Steck 2019, eq. 8.
    """

    name = "EASE"

    def __init__(self, regularization=100.0, decay=1.0):
        # Default: validation, of 30 to 1,500. Leave-one-out prefers 100, the temporal split 200.
        if not regularization > 0:
            raise ValueError(f"regularization={regularization}: give a number above 0")
        if not 0 < decay <= 1:
            raise ValueError(f"decay={decay}: give a number above 0, at most 1")
        self.regularization = regularization
        self.decay = decay

    def _fit(self, train, item_vectors):
        X = train.matrix().astype(np.float64)  # (n_users, n_items)
        gram = (X.T @ X).toarray()  # (n_items, n_items)
        P = np.linalg.inv(gram + self.regularization * np.eye(train.n_items))
        self.B_ = -P / np.diag(P)  # column j divided by P_jj
        np.fill_diagonal(self.B_, 0.0)
        self.X_ = recency_weights(train, self.decay)  # (n_users, n_items)

    def _score(self, users):
        return self.X_[users] @ self.B_
