"""Recommend what is like the items that a user met, by their content alone."""

from __future__ import annotations

from sklearn.preprocessing import normalize

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.recency import check_decay, recency_weights


class ContentBased(Recommender):
    """Rank items by the cosine between their vector and the mean of the user's items.

    It needs nobody's behaviour but the user's own, so it also ranks items that nobody
    has met yet. Vectors of a language model share a large common direction: subtract
    their mean first, or all cosines are alike.

    Parameters
    ----------
    decay : float; the weight of each event relative to the next later one: 1 treats all alike, 0.5
        halves the weight with every step back in time. Above 0, at most 1. On the validation parts
        of MovieLens 100K with centred MiniLM vectors 0.8 was best.

    Source: Pazzani & Billsus 2007.
    """

    name = "content"
    needs_item_vectors = True

    def __init__(self, decay=1.0):
        self.decay = decay

    def _check_settings(self):
        check_decay(self.decay)

    def _fit(self, train, item_vectors):
        self.items_ = normalize(item_vectors)  # (n_items, d)
        self.profiles_ = normalize(recency_weights(train, self.decay) @ self.items_)  # (n_users, d)

    def _score(self, users):
        return self.profiles_[users] @ self.items_.T
