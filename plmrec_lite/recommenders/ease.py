"""EASE: a linear model of items by items, in closed form. The baseline to beat."""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor
from scipy.linalg.lapack import dpotri

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.memory import check_memory
from plmrec_lite.recommenders.recency import check_decay, recency_weights


class EASE(Recommender):
    r"""Rebuild each user's row from its other items by one ridge regression.

    It minimises :math:`\|X - XB\|_F^2 + \lambda \|B\|_F^2` over the item-item weights
    :math:`B` with a zero diagonal, so that no item may explain itself. With
    :math:`P = (X^\top X + \lambda I)^{-1}` the solution is
    :math:`B_{ij} = -P_{ij} / P_{jj}` off the diagonal.

    Parameters
    ----------
    regularization : float; :math:`\lambda`, in units of events; above 0
    decay : float; what an event weighs in the user's row when scores are made, relative to the
        user's next event; 1, the plain model, treats all alike. :math:`B` is learned from plain
        rows.

    Raises
    ------
    MemoryError: by ``fit``, if three times n_items² numbers of 8 bytes do not fit

    Source: Steck 2019, eq. 8.
    """

    name = "EASE"

    def __init__(self, regularization=100.0, decay=1.0):
        # Default: validation, of 30 to 1,500. Leave-one-out prefers 100, the temporal split 200.
        self.regularization = regularization
        self.decay = decay

    def _check_settings(self):
        check_number("regularization", self.regularization, above=0)
        check_decay(self.decay)

    def _check_memory(self, train, item_vectors):
        n = train.n_items
        check_memory(
            self.name,
            3 * 8 * n**2,  # the Gram matrix, the weights, and what sparse rows take on the way
            f"{n:,} x {n:,} weights",
            "ItemKNN or MatrixFactorization, whose memory grows with the items, not their square",
        )

    def _fit(self, train, item_vectors):
        X = train.matrix().astype(np.float64)  # (n_users, n_items)
        P = inverse((X.T @ X).toarray(), self.regularization)  # (n_items, n_items)
        self.B_ = P / -np.diag(P)  # column j divided by P_jj
        np.fill_diagonal(self.B_, 0.0)
        self.X_ = recency_weights(train, self.decay)  # (n_users, n_items)

    def _score(self, users):
        return self.X_[users] @ self.B_


def inverse(gram, regularization):
    r"""Return :math:`(G + \lambda I)^{-1}` by Cholesky's decomposition, in half the time of LU.

    Parameters
    ----------
    gram : float64 array (n, n); :math:`G`, symmetric, with no negative eigenvalue. Its memory is
        used again.
    regularization : float; :math:`\lambda`, above 0

    Returns
    -------
    float64 array (n, n); Symmetric to the last bit

    Source: Golub & Van Loan 2013, section 4.2.
    """
    gram[np.diag_indices_from(gram)] += regularization
    factor, lower = cho_factor(gram.T, overwrite_a=True, check_finite=False)
    P = dpotri(factor, lower, overwrite_c=True)[0].T  # the lower triangle, row by row
    for row in range(len(P)):
        P[row, row + 1 :] = P[row + 1 :, row]
    return P
