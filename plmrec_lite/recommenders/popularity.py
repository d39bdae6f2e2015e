"""The most popular items, the same for everyone: what any other model must beat."""

from __future__ import annotations

import numpy as np

from plmrec_lite.recommenders.base import Recommender


class Popularity(Recommender):
    """Rank items by how many events they have in training.

    Source: Cremonesi et al. 2010 ("TopPop").
    """

    name = "popularity"

    def _fit(self, train, item_vectors):
        self.counts_ = train.popularity()

    def _score(self, users):
        return np.broadcast_to(self.counts_, (len(users), len(self.counts_)))
