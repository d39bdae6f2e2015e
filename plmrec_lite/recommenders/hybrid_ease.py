"""EASE that also reads: item vectors as extra rows under the users' rows."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import normalize

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.ease import EASE, inverse
from plmrec_lite.recommenders.recency import recency_weights


class HybridEASE(EASE):
    r"""Rebuild from its other items each user's row, and each row of the items' contents.

    With the item vectors, scaled to length 1, as the columns of :math:`F`, it minimises
    :math:`\|X - XB\|_F^2 + \alpha \|F - FB\|_F^2 + \lambda \|B\|_F^2` with a zero diagonal.
    So each dimension of the vectors acts as one more user who met every item to some degree.
    Vectors enter through their cosines :math:`K = F^\top F` only, and the solution is that of
    EASE with :math:`X^\top X + \alpha K` in place of :math:`X^\top X`. An item that nobody
    has met still has a row in :math:`K`, and so it is ranked too.

    Parameters
    ----------
    text_weight : float; :math:`\alpha`, in units of events; 0 gives ``EASE``, exactly
    regularization : float; :math:`\lambda`, in units of events; above 0
    decay : float; as in ``EASE``: what an event weighs relative to the user's next one, when scores
        are made

    Source: Jeunen, Van Balen & Goethals 2020, section 3 (CEASE).
    """

    name = "EASE with text"
    needs_item_vectors = True

    def __init__(self, text_weight=30.0, regularization=100.0, decay=1.0):
        # Default: validation with centred MiniLM vectors, of 1 to 300. Leave-one-out prefers 0.
        super().__init__(regularization, decay)
        self.text_weight = text_weight

    def _check_settings(self):
        super()._check_settings()
        check_number("text_weight", self.text_weight, least=0)

    def _fit(self, train, item_vectors):
        X = train.matrix().astype(np.float64)  # (n_users, n_items)
        F = normalize(item_vectors).T  # (d, n_items)
        gram = (X.T @ X).toarray() + self.text_weight * (F.T @ F)  # (n_items, n_items)
        P = inverse(gram, self.regularization)
        self.B_ = P / -np.diag(P)  # column j divided by P_jj
        np.fill_diagonal(self.B_, 0.0)
        self.X_ = recency_weights(train, self.decay)  # (n_users, n_items)
