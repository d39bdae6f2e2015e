"""Scores that are sums over a person's events, so that a new event counts at once."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, issparse

from plmrec_lite.ranking import top_k
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.neighbours import ItemKNN


class FoldingIn:
    r"""A fitted model that scores events it was not fitted on.

    EASE, with text or without, and item-kNN score item :math:`j` by
    :math:`\sum_i x_i W_{ij}` over the person's events :math:`i`, where :math:`x_i` is 1, or the
    weight that EASE's decay leaves. New events change :math:`x`; :math:`W` stays as it was fitted.

    Parameters
    ----------
    model : EASE, HybridEASE or ItemKNN; fitted

    Attributes
    ----------
    weights : array or scipy.sparse.csr_array (n_items, n_items); :math:`W`

    Raises
    ------
    ValueError: the model is not fitted, or of another kind, whose scores are no such sums
    """

    def __init__(self, model):
        if not isinstance(model, EASE | ItemKNN):
            raise ValueError(
                f"{model.name} cannot take in an event without a new fit: serve EASE, HybridEASE "
                "or ItemKNN, whose scores are sums over events"
            )
        if model.seen_ is None:
            raise ValueError(f"{model.name} is not fitted: call fit(train) first")
        self.weights = model.B_ if isinstance(model, EASE) else model.similarity_
        self.model, self.decay = model, getattr(model, "decay", 1.0)

    def profile(self, user, new):
        """Return what each event of a person weighs.

        Parameters
        ----------
        user : int or None; of the model, or None for a person whom it does not know
        new : sequence of int; items met since the model was fitted, the oldest first

        Returns
        -------
        scipy.sparse.csr_array (1, n_items)
        """
        known = self.model.X_
        old = known[[user]] if user is not None else csr_array((1, known.shape[1]))
        weights = dict(
            zip(old.indices.tolist(), (old.data * self.decay ** len(new)).tolist(), strict=True)
        )
        for place, item in enumerate(new, start=1):
            weights[item] = self.decay ** (len(new) - place)
        items = sorted(weights)
        data = np.array([weights[item] for item in items], dtype=known.dtype)
        return csr_array((data, items, [0, len(items)]), shape=(1, known.shape[1]))

    def score(self, profile):
        """Score every item; by its popularity where there is no event.

        Parameters
        ----------
        profile : scipy.sparse.csr_array (1, n_items)

        Returns
        -------
        float32 array (n_items,); as ``Recommender.score`` gives it
        """
        if not profile.nnz:
            return self.model.popularity_.astype(np.float32)
        scores = profile @ self.weights
        return (scores.toarray() if issparse(scores) else scores)[0].astype(np.float32)

    def recommend(self, profile, k):
        """Return the k best items that are not in the profile.

        Parameters
        ----------
        profile : scipy.sparse.csr_array (1, n_items)
        k : int; 1 to n_items

        Returns
        -------
        items : list of int; the best first; fewer than k where no other is left
        scores : list of float

        Raises
        ------
        ValueError: k is out of range
        """
        scores = self.score(profile)
        open_to = scores.copy()
        open_to[profile.indices] = -np.inf
        items = [item for item in top_k(open_to[None], k)[0].tolist() if item >= 0]
        return items, scores[items].tolist()

    def explain(self, profile, item):
        """Return what each event adds to an item's score.

        Parameters
        ----------
        profile : scipy.sparse.csr_array (1, n_items)
        item : int

        Returns
        -------
        events : list of int; those that add or take away something, the largest share first
        parts : list of float; their sum is the score; empty where popularity decides
        """
        column = self.weights[:, [item]]
        column = column.toarray() if issparse(column) else column
        parts = profile.data * column[profile.indices, 0]
        order = np.argsort(-np.abs(parts), kind="stable")
        order = order[parts[order] != 0]
        return profile.indices[order].tolist(), parts[order].tolist()
