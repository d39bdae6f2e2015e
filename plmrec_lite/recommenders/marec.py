"""MARec: EASE whose weights of items without events are aligned with their metadata."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.memory import check_memory


class MARec(Recommender):
    r"""Let what is known of an item stand in for the events that it lacks, in closed form.

    Of each kind of metadata, with the item vectors :math:`f_i`, it takes the similarity
    :math:`G_{ij} = f_i^\top f_j / (\|f_i\| \|f_j\| + \delta)` with a zero diagonal. A linear
    regression of :math:`X` on all :math:`XG_k` together, in which an empty cell weighs
    0.2 of an event, gives each kind its weight :math:`\mu_k`, and
    :math:`\tilde X = \sum_k \mu_k XG_k` is what metadata say of every user and item. With
    :math:`P = (X^\top X + X^\top \tilde X D + \lambda I)^{-1}` the weights are
    :math:`B_{ij} = -P_{ij} / P_{jj}` off the diagonal, those of EASE where :math:`D` is 0. It is
    diagonal and falls from ``alignment``, for an item without events, to 0 at the 10th percentile
    of the items' events (at least 1).

    Parameters
    ----------
    alignment : float
        :math:`\beta`, how much metadata count for an item without events; 0 or more. The score
        of such an item is proportional to it.
    regularization : float
        :math:`\lambda`, in units of events; above 0.
    smoothing : float
        :math:`\delta`, in the unit of a squared length of an item vector; 0 or more.
    kinds : sequence of d int, or None
        Which kind of metadata each column of the item vectors belongs to; None for one kind.

    Attributes
    ----------
    B_ : float64 array (n_items, n_items): the weights
    kind_weights_ : float64 array (n_kinds,): each :math:`\mu_k`, in the order of the kinds

    Raises
    ------
    MemoryError
        By ``fit``, if the tables of items by items and users by items do not fit.

    Source: Monteil et al. 2024, with EASE and linear weights, as in the code that its authors
    published beside it. There the regression saw items without events too, as all zeros.
    """

    name = "MARec"
    needs_item_vectors = True

    def __init__(self, alignment=10.0, regularization=100.0, smoothing=20.0, kinds=None):
        self.alignment = alignment
        self.regularization = regularization
        self.smoothing = smoothing
        self.kinds = kinds

    def _check_settings(self):
        check_number("alignment", self.alignment, least=0)
        check_number("regularization", self.regularization, above=0)
        check_number("smoothing", self.smoothing, least=0)

    def _check_memory(self, train, item_vectors):
        n, n_kinds = train.n_items, len(np.unique(self._kind_of_each(item_vectors)))
        check_memory(
            self.name,
            8 * (5 * n**2 + (n_kinds + 2) * train.n_users * n),
            f"{n:,} x {n:,} weights",
            "ItemRidge, whose memory grows with the items, not their square",
        )

    def _kind_of_each(self, item_vectors):
        """The kind of each column, (d,)."""
        d = item_vectors.shape[1]
        kinds = np.zeros(d, dtype=np.int64) if self.kinds is None else np.asarray(self.kinds)
        if kinds.shape != (d,):
            raise ValueError(
                f"kinds of shape {kinds.shape} for item_vectors with {d} columns: give the kind "
                "of each column"
            )
        return kinds

    def _fit(self, train, item_vectors):
        X = train.matrix().astype(np.float64)  # (n_users, n_items)
        kinds = self._kind_of_each(item_vectors)
        said = [  # X G_k of each kind, (n_users, n_items)
            X @ smoothed_cosines(item_vectors[:, kinds == kind], self.smoothing)
            for kind in np.unique(kinds)
        ]
        counts = train.popularity()
        self.kind_weights_ = kind_weights(X.toarray(), said, counts > 0)
        tilde = sum(mu * one for mu, one in zip(self.kind_weights_, said, strict=True))
        cold = self.alignment * coldness(counts)  # (n_items,), the diagonal of D
        gram = (X.T @ X).toarray() + (X.T @ tilde) * cold
        gram[np.diag_indices_from(gram)] += self.regularization
        P = np.linalg.inv(gram)
        self.B_ = P / -np.diag(P)  # column j divided by P_jj
        np.fill_diagonal(self.B_, 0.0)
        self.X_ = X

    def _score(self, users):
        return self.X_[users] @ self.B_


def smoothed_cosines(vectors, smoothing):
    """Return the inner products of rows over the product of their lengths plus a constant.

    Parameters
    ----------
    vectors : float array (n, d)
    smoothing : float; what is added, so that a match of two rows of little content counts less

    Returns
    -------
    float array (n, n): zero on the diagonal, and for rows of zeros
    """
    lengths = np.linalg.norm(vectors, axis=1)
    below = np.outer(lengths, lengths) + smoothing
    similar = np.divide(vectors @ vectors.T, below, out=np.zeros_like(below), where=below > 0)
    np.fill_diagonal(similar, 0.0)
    return similar


def kind_weights(X, said, warm):
    """Return by how much each kind's prediction has to be taken to come nearest to the events.

    Parameters
    ----------
    X : float array (n_users, n_items); 1 for an event
    said : list of float array (n_users, n_items); the prediction of each kind
    warm : bool array (n_items,); the items that count

    Returns
    -------
    float64 array (n_kinds,): of a regression with a constant; zeros if no item counts
    """
    if not warm.any():
        return np.zeros(len(said))
    target = X[:, warm].ravel()
    columns = np.stack([one[:, warm].ravel() for one in said], axis=1)  # (n_cells, n_kinds)
    weights = np.where(target > 0, target, 0.2)
    columns = columns - np.average(columns, axis=0, weights=weights)
    gram = columns.T @ (weights[:, None] * columns)
    return np.linalg.lstsq(gram, columns.T @ (weights * target), rcond=None)[0]


def coldness(counts):
    """Return how much each item lacks events: 1 for none, 0 from the 10th percentile on.

    Parameters
    ----------
    counts : int array (n_items,); the events of each item

    Returns
    -------
    float64 array (n_items,)
    """
    enough = max(np.percentile(counts, 10), 1.0)
    return np.clip(1 - counts / enough, 0, 1)
