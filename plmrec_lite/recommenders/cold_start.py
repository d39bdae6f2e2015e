"""What to show somebody of whom little is known: people like them, their words, their clicks."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import normalize

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.vectors import standardize


class NewcomerRecommender(Recommender):
    """A model that knows something else of a user than events, so nobody gets a blank answer.

    The contract gives a user without a history the popular items. Here the model's own scores
    stand instead.
    """

    def score(self, users):
        """Score every item for each user, newcomers too; see ``Recommender.score``.

        Parameters
        ----------
        users : int array (n,)
            User ids, in any order.

        Returns
        -------
        float32 array (n, n_items)
            Finite scores, seen items included.
        """
        scores = super().score(users)
        users = self._known_users(users)
        new = np.diff(self.seen_.indptr)[users] == 0
        if new.any():
            scores[new] = self._score(users[new])
        return scores


class Demographics(NewcomerRecommender):
    r"""Rank items by how often people like this user meet them.

    A ridge regression from what is known of a person to what they met: the score of item i is
    its mean over all users with events, plus what the user's features add or take away.

    Parameters
    ----------
    user_features : float array (n_users, f)
        One row a user, such as ones and zeros for age groups, sex and occupations.
    regularization : float
        :math:`\lambda`, in units of users; above 0. A group far smaller than this gets the
        popular items.

    Raises
    ------
    ValueError
        If ``regularization`` is not above 0, or there is not one row a user.

    Source: Pazzani 1999.
    """

    name = "demographics"

    def __init__(self, user_features, regularization=10.0):
        if not regularization > 0:
            raise ValueError(f"regularization={regularization}: give a number above 0")
        self.user_features = np.asarray(user_features, dtype=np.float64)
        self.regularization = regularization

    def _fit(self, train, item_vectors):
        features = _one_row_a_user("user_features", self.user_features, train.n_users)
        active = np.bincount(train.users, minlength=train.n_users) > 0
        if not active.any():
            active[:] = True  # nobody met anything: every mean is 0
        F, X = features[active], train.matrix().toarray()[active]
        self.features_ = features - F.mean(axis=0)  # (n_users, f)
        F = self.features_[active]
        self.mean_ = X.mean(axis=0, dtype=np.float64)  # (n_items,)
        gram = F.T @ F + self.regularization * np.eye(F.shape[1])
        self.W_ = np.linalg.solve(gram, F.T @ (X - self.mean_))  # (f, n_items)

    def _score(self, users):
        return self.mean_ + self.features_[users] @ self.W_


class ColdStartPolicy(NewcomerRecommender):
    r"""Begin with what is known of a person, add their words, and hand over to their clicks.

    With n events the clicks weigh :math:`c = n / (n + \text{patience})`. Each part is
    standardised per user, and the score is
    :math:`(1 - c)\,[\text{before} + \text{word\_weight} \cdot \text{words}]
    + c \cdot \text{after}`.

    Parameters
    ----------
    before : Recommender
        For those without clicks, such as ``Demographics``; ``fit`` fits it.
    after : Recommender
        For those with many, such as ``EASE``; ``fit`` fits it.
    said : float array (n_users, d) or None
        What each user said, encoded as the item vectors are; a row of zeros for who said
        nothing.
    word_weight : float
        How much words weigh beside ``before``; 0 or more.
    patience : float
        After how many clicks these weigh as much as the rest; above 0.

    Raises
    ------
    ValueError
        If a setting is out of range, if there is not one row a user, or if ``fit`` gets no
        item vectors though there are words.

    Source: Burke 2002 ("switching" and "weighted").
    """

    name = "policy"

    def __init__(self, before, after, said=None, word_weight=0.0, patience=5.0):
        if not word_weight >= 0:
            raise ValueError(f"word_weight={word_weight}: give 0 or more")
        if not patience > 0:
            raise ValueError(f"patience={patience}: give a number above 0")
        self.before = before
        self.after = after
        self.said = None if said is None else np.asarray(said, dtype=np.float64)
        self.word_weight = word_weight
        self.patience = patience

    def _fit(self, train, item_vectors):
        self.before.fit(train, item_vectors)
        self.after.fit(train, item_vectors)
        self.n_events_ = np.bincount(train.users, minlength=train.n_users)
        self.words_ = None
        if self.said is not None:
            if item_vectors is None:
                raise ValueError(f"{self.name} has words, so it needs item_vectors in fit")
            said = _one_row_a_user("said", self.said, train.n_users)
            self.words_, self.items_ = normalize(said), normalize(item_vectors)

    def _score(self, users):
        clicks = (self.n_events_ / (self.n_events_ + self.patience))[users, None]  # (n, 1)
        known = standardize(self.before.score(users))
        if self.words_ is not None:
            known += self.word_weight * standardize(self.words_[users] @ self.items_.T)
        return (1 - clicks) * known + clicks * standardize(self.after.score(users))


def _one_row_a_user(name, rows, n_users):
    """Return a table with one row a user, refusing other shapes."""
    if rows.ndim != 2 or len(rows) != n_users:
        raise ValueError(f"{name} of shape {rows.shape} for {n_users} users: give one row a user")
    return rows
