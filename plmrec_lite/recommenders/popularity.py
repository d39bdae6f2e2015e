"""The most popular items, the same for everyone: what any other model must beat."""

from __future__ import annotations

import numpy as np

from plmrec_lite.recommenders.base import Recommender


class Popularity(Recommender):
    """Rank items by how many events they have in training.

    Examples
    --------
    >>> from plmrec_lite.data.interactions import Interactions
    >>> log = Interactions([0, 1, 1], [2, 2, 0], [5, 4, 3], [1, 2, 3], n_users=2, n_items=3)
    >>> Popularity().fit(log).recommend([0], k=2).tolist()
    [[0, 1]]

    Source: Cremonesi et al. 2010 ("TopPop").
    """

    name = "popularity"

    def _fit(self, train, item_vectors):
        self.counts_ = train.popularity()

    def _score(self, users):
        return np.broadcast_to(self.counts_, (len(users), len(self.counts_)))
