"""What to show somebody of whom little is known: people like them, their words, their clicks."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import normalize

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.vectors import standardize


class Demographics(Recommender):
    r"""Rank items by how often people like this user meet them.

    A ridge regression from what is known of a person to what they met: the score of item i is
    its mean over all users with events, plus what the user's features add or take away.

    Parameters
    ----------
    user_features : float array (n_users, f); one row a user, such as ones and zeros for age groups,
        sex and occupations; finite
    regularization : float; :math:`\lambda`, in units of users; above 0. A group far smaller than
        this gets the popular items.

    Source: Pazzani 1999.
    """

    name = "demographics"
    knows_newcomers = True

    def __init__(self, user_features, regularization=10.0):
        self.user_features = user_features
        self.regularization = regularization

    def _check_settings(self):
        check_number("regularization", self.regularization, above=0)

    def _fit(self, train, item_vectors):
        features = _one_row_a_user("user_features", self.user_features, train.n_users)
        active = np.bincount(train.users, minlength=train.n_users) > 0
        if not active.any():
            active[:] = True  # nobody met anything: every mean is 0
        X = train.matrix().astype(np.float64)[active]  # (n_active, n_items)
        self.features_ = features - features[active].mean(axis=0)  # (n_users, f)
        F = self.features_[active]
        self.mean_ = X.mean(axis=0)  # (n_items,)
        gram = F.T @ F + self.regularization * np.eye(F.shape[1])
        # F is centred, so F'(X - mean) is F'X: X stays sparse.
        self.W_ = np.linalg.solve(gram, (X.T @ F).T)  # (f, n_items)

    def _score(self, users):
        return self.mean_ + self.features_[users] @ self.W_


class ColdStartPolicy(Recommender):
    r"""Begin with what is known of a person, add their words, and hand over to their clicks.

    With n events the clicks weigh :math:`c = n / (n + \text{patience})`. Each part is
    standardised per user, and the score is
    :math:`(1 - c)\,[\text{before} + \text{word\_weight} \cdot \text{words}]
    + c \cdot \text{after}`.

    Parameters
    ----------
    before : Recommender; for those without clicks, such as ``Demographics``; ``fit`` fits it
    after : Recommender; for those with many, such as ``EASE``; ``fit`` fits it
    said : float array (n_users, d) or None; what each user said, encoded as the item vectors are,
        which are needed then; a row of zeros for who said nothing
    word_weight : float; how much words weigh beside ``before``; 0 or more
    patience : float; After how many clicks these weigh as much as the rest; above 0

    Source: Burke 2002 ("switching" and "weighted").
    """

    name = "policy"
    knows_newcomers = True

    def __init__(self, before, after, said=None, word_weight=0.0, patience=5.0):
        self.before = before
        self.after = after
        self.said = said
        self.word_weight = word_weight
        self.patience = patience

    @property
    def needs_item_vectors(self):
        """Whether there are words to compare with, or one of the models needs item vectors."""
        parts = (self.before, self.after)
        return self.said is not None or any(model.needs_item_vectors for model in parts)

    def _check_settings(self):
        check_number("word_weight", self.word_weight, least=0)
        check_number("patience", self.patience, above=0)

    def _check_memory(self, train, item_vectors):
        for model in (self.before, self.after):
            model._check_memory(train, item_vectors)

    def _fit(self, train, item_vectors):
        self.words_ = self.items_ = None
        if self.said is not None:
            said = _one_row_a_user("said", self.said, train.n_users)
            if said.shape[1] != item_vectors.shape[1]:
                raise ValueError(
                    f"said has {said.shape[1]} columns and item_vectors {item_vectors.shape[1]}: "
                    "encode both alike"
                )
            self.words_, self.items_ = normalize(said), normalize(item_vectors)
        self.before.fit(train, item_vectors)
        self.after.fit(train, item_vectors)
        self.n_events_ = np.bincount(train.users, minlength=train.n_users)

    def _score(self, users):
        self._check_settings()  # they may have changed since fit
        clicks = (self.n_events_ / (self.n_events_ + self.patience))[users, None]  # (n, 1)
        known = standardize(self.before.score(users))
        if self.words_ is not None:
            known += self.word_weight * standardize(self.words_[users] @ self.items_.T)
        return (1 - clicks) * known + clicks * standardize(self.after.score(users))


def _one_row_a_user(name, rows, n_users):
    """Return a table with one row a user as float64, refusing other shapes, NaN and infinity."""
    rows = np.asarray(rows, dtype=np.float64)
    if rows.ndim != 2 or len(rows) != n_users:
        raise ValueError(f"{name} of shape {rows.shape} for {n_users} users: give one row a user")
    if (bad := np.flatnonzero(~np.isfinite(rows).all(axis=1))).size:
        raise ValueError(
            f"{name}: {bad.size} rows hold NaN or infinity, the first is user {bad[0]}: fill "
            "them, with zeros for a user of whom nothing is known"
        )
    return rows
