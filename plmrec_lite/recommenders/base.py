"""The contract of every recommender: fit, score, recommend.

A model writes ``_fit`` and ``_score``. What holds for all of them is decided here once:
no seen item comes back, ties go to the lower item id, and a user without a history gets
the popular items.
"""

from __future__ import annotations

import numpy as np
from sklearn.exceptions import NotFittedError

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.ranking import top_k


class Recommender:
    """A model that ranks all items for a user.

    Attributes
    ----------
    name : str
        What tables call the model; set it to tell two of a kind apart.
    seen_ : scipy.sparse.csr_array (n_users, n_items)
        1 where the user met the item in training.
    popularity_ : int array (n_items,)
        Events of each item in training.
    """

    name = "recommender"
    seen_ = None

    def fit(self, train, item_vectors=None):
        """Learn from interactions and, where the model uses content, from item vectors.

        Parameters
        ----------
        train : Interactions
            What the model may see. It is not changed.
        item_vectors : float array (n_items, d), optional
            One vector an item; models of behaviour alone ignore it.

        Returns
        -------
        Recommender
            The model itself, fitted.

        Raises
        ------
        ValueError
            If ``train`` is no Interactions or has no items, or if ``item_vectors`` has
            another shape, holds NaN or infinity, or is missing where it is needed.
        """
        if not isinstance(train, Interactions):
            raise ValueError(f"train is a {type(train).__name__}: build Interactions from it")
        if train.n_items == 0:
            raise ValueError("train has n_items=0: there is nothing to recommend")
        if item_vectors is not None:
            item_vectors = _checked_vectors(item_vectors, train.n_items)
        self.seen_ = None  # a fit that fails leaves an unfitted model
        self._fit(train, item_vectors)
        self.popularity_ = train.popularity()
        self.seen_ = train.matrix()
        return self

    def score(self, users):
        """Score every item for each user; a higher score is a better guess.

        Scores are rounded to float32, so that the noise in the last digits of a sum
        cannot break a tie.

        Parameters
        ----------
        users : int array (n,)
            User ids, in any order.

        Returns
        -------
        float32 array (n, n_items)
            Finite scores, seen items included. A user without a history gets the items'
            popularity.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If ``fit`` was not called, or failed.
        ValueError
            If a user id is unknown (the message names it and the range).
        FloatingPointError
            If a score is NaN or infinite: the model diverged.
        """
        users = self._known_users(users)
        with np.errstate(over="ignore"):
            scores = np.array(self._score(users), dtype=np.float32)
        scores[np.diff(self.seen_.indptr)[users] == 0] = self.popularity_
        if not np.isfinite(scores).all():
            row = np.flatnonzero(~np.isfinite(scores).all(axis=1))[0]
            raise FloatingPointError(
                f"{self.name}: a score of user {users[row]} is NaN or infinite: the model "
                "diverged; fit it with more regularisation or smaller inputs"
            )
        return scores

    def recommend(self, users, k=10):
        """Return each user's k best items among those not seen in training.

        Parameters
        ----------
        users : int array (n,)
            User ids, in any order.
        k : int, default 10
            The length of the list, 1 to n_items.

        Returns
        -------
        int array (n, k)
            Item ids, the best first, ties by lower id; -1 where no unseen item is left.

        Raises
        ------
        ValueError
            If k is out of range; and what ``score`` raises.
        """
        scores = self.score(users)
        rows, items = self.seen_[self._known_users(users)].nonzero()
        scores[rows, items] = -np.inf
        return top_k(scores, k)

    def _fit(self, train, item_vectors):
        """Learn. ``item_vectors`` is None or a float64 array (n_items, d)."""
        raise NotImplementedError

    def _score(self, users):
        """Return scores (n, n_items) of known users; their history may be empty."""
        raise NotImplementedError

    def _known_users(self, users):
        """Return ids as an int array, refusing users that training did not number."""
        if self.seen_ is None:
            raise NotFittedError(f"{self.name} is not fitted: call fit(train) first")
        ids = np.asarray(users)
        if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
            raise ValueError(f"users is {ids.dtype} of shape {ids.shape}: give an int array (n,)")
        n_users = self.seen_.shape[0]
        if (bad := ids[(ids < 0) | (ids >= n_users)]).size:
            raise ValueError(f"unknown user {bad[0]}: {self.name} knows users 0 to {n_users - 1}")
        return ids.astype(np.int64)


def _checked_vectors(item_vectors, n_items):
    """Return item vectors as float64 (n_items, d), refusing other shapes and NaN."""
    vectors = np.asarray(item_vectors, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != n_items:
        raise ValueError(
            f"item_vectors have the shape {vectors.shape}: give one row for each of the "
            f"{n_items} items"
        )
    if (bad := np.flatnonzero(~np.isfinite(vectors).all(axis=1))).size:
        raise ValueError(
            f"item_vectors: {bad.size} rows hold NaN or infinity, the first is item {bad[0]}: "
            "fill them, with zeros for an item without content"
        )
    return vectors
