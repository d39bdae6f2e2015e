"""The contract of every recommender: fit, score, recommend, save.

What holds for all of them is decided here once: no seen item comes back, ties go to the lower
item id, and a user without a history gets the popular items.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.ranking import check_k, top_k_by_rows
from plmrec_lite.recommenders.saving import read_model, write_model


class Recommender(BaseEstimator):
    """A model that ranks all items for a user: an estimator of scikit-learn's kind.

    A constructor stores its arguments and nothing else; ``fit`` checks them. Content of items
    comes in by ``fit(train, item_vectors)``. A model that reads texts itself, or knows something
    else of users than their events, takes that by its constructor, one row an item or a user.

    A model writes ``_fit`` and ``_score``, and where it needs them ``_check_settings``,
    ``_check_memory``, ``needs_item_vectors`` and ``knows_newcomers``; ``_parts`` and ``_restore``,
    if what it learned is more than arrays, models and plain values.

    Attributes
    ----------
    name : str; what tables call the model; set it to distinguish two of a kind
    needs_item_vectors : bool; whether ``fit`` must be given item vectors
    knows_newcomers : bool; whether its own scores stand for a user without a history, who gets the
        popular items otherwise
    seen_ : scipy.sparse.csr_array (n_users, n_items); 1 where the user met the item in training
    popularity_ : int array (n_items,); events of each item in training
    """

    name = "recommender"
    needs_item_vectors = False
    knows_newcomers = False
    seen_ = None

    def fit(self, train, item_vectors=None):
        """Learn from interactions and, where the model uses content, from item vectors.

        Parameters
        ----------
        train : Interactions
        item_vectors : float array (n_items, d) or None

        Returns
        -------
        Recommender; itself

        Raises
        ------
        ValueError: a setting out of range, no Interactions, no items, or item vectors that are
            missing, of another shape, or hold NaN or infinity
        MemoryError: a catalogue too large for this model and machine (before it starts)
        """
        self.seen_ = None  # a fit that fails leaves an unfitted model
        self._check_settings()
        if not isinstance(train, Interactions):
            raise ValueError(f"train is a {type(train).__name__}: build Interactions from it")
        if train.n_items == 0:
            raise ValueError("train has n_items=0: there is nothing to recommend")
        if item_vectors is not None:
            item_vectors = _checked_vectors(item_vectors, train.n_items)
        elif self.needs_item_vectors:
            raise ValueError(f"{self.name} needs item_vectors: call fit(train, item_vectors)")
        self._check_memory(train, item_vectors)
        self._fit(train, item_vectors)
        self.popularity_ = train.popularity()
        self.seen_ = train.matrix()
        return self

    def score(self, users):
        """Score every item for each user; a higher score is a better guess.

        They are rounded to float32, so that noise in the last digits of a sum breaks no tie.

        Parameters
        ----------
        users : int array (n,)

        Returns
        -------
        float32 array (n, n_items); seen items included; popularity where there is no history

        Raises
        ------
        sklearn.exceptions.NotFittedError: ``fit`` was not called, or failed
        ValueError: a user id is unknown (the message names it and the range)
        FloatingPointError: a score is NaN or infinite: the model diverged
        """
        users = self._known_users(users)
        scores = self._score(users)
        with np.errstate(over="ignore", invalid="ignore"):
            if issparse(scores):
                scores = scores.astype(np.float32).toarray()
            else:
                scores = np.array(scores, dtype=np.float32)
            finite = np.isfinite(scores.sum())  # faster than to ask each; a sum may overflow too
        if not self.knows_newcomers:
            scores[np.diff(self.seen_.indptr)[users] == 0] = self.popularity_
        if not (finite or np.isfinite(scores).all()):
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
        k : int; the length of the list, 1 to n_items

        Returns
        -------
        int array (n, k); the best first, ties by lower id; -1 where no unseen item is left

        Raises
        ------
        ValueError: k is out of range; and what ``score`` raises
        """
        users = self._known_users(users)
        n_items = self.seen_.shape[1]
        check_k(k, n_items)

        def unseen(rows):
            scores = self.score(users[rows])
            scores[self.seen_[users[rows]].nonzero()] = -np.inf
            return scores

        return top_k_by_rows(unseen, len(users), n_items, k)

    def save(self, folder):
        """Write the fitted model: what it learned as safetensors, its settings as JSON.

        The folder appears whole or not at all. A setting that is a function is not kept.

        Parameters
        ----------
        folder : str or pathlib.Path; a model that was saved there is replaced

        Raises
        ------
        sklearn.exceptions.NotFittedError: the model is not fitted
        ValueError: the folder holds something else than a saved model
        TypeError: a setting or a part is of a kind that cannot be written (the message names it)
        """
        self._known_users([])
        write_model(self, folder)

    @classmethod
    def load(cls, folder):
        """Read a model that ``save`` wrote; ``Recommender.load`` reads one of any kind.

        Parameters
        ----------
        folder : str or pathlib.Path

        Returns
        -------
        Recommender; Fitted: it scores and recommends as the one that was saved, and has its name

        Raises
        ------
        FileNotFoundError: a file is missing (the message names it)
        ValueError: the folder is damaged, or holds a model of another kind
        """
        return read_model(folder, cls)

    def _check_settings(self):
        """Refuse settings that are out of range, by ValueError; ``fit`` asks this first."""

    def _check_memory(self, train, item_vectors):
        """Refuse what cannot fit, by ``check_memory``; ``fit`` asks this before it learns."""

    def _fit(self, train, item_vectors):
        """Learn. ``item_vectors`` is None or a float64 array (n_items, d)."""
        raise NotImplementedError

    def _score(self, users):
        """Return scores (n, n_items) of known users, sparse or not; a history may be empty.

        Several threads may call it at once.
        """
        raise NotImplementedError

    def _settings(self):
        """Return the settings that ``save`` keeps, by name."""
        return self.get_params(deep=False)

    def _parts(self):
        """Return what ``save`` keeps, by name: arrays, sparse arrays, tables, models, plain values.

        Here it is every attribute whose name ends in ``_``.
        """
        return {key: value for key, value in vars(self).items() if key.endswith("_")}

    def _restore(self, parts):
        """Take what ``_parts`` returned; the settings are in place."""
        vars(self).update(parts)

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

    def __sklearn_is_fitted__(self):
        return self.seen_ is not None

    def __sklearn_clone__(self):
        twin = super().__sklearn_clone__()
        if "name" in vars(self):  # a name that was set, not one of the class
            twin.name = self.name
        return twin


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
