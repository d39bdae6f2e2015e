"""Neighbours of items, with a user's old events faded."""

from __future__ import annotations

from plmrec_lite.recommenders.neighbours import ItemKNN
from plmrec_lite.recommenders.recency import check_decay, recency_weights


class FadedItemKNN(ItemKNN):
    """Recommend what is similar to the user's items, above all to the latest.

    Parameters
    ----------
    n_neighbours, shrinkage : as ``ItemKNN``
    decay : float; what an event weighs in the user's row when scores are made, relative to the
        user's next event; 1, the plain model, treats all alike. Similarities are learned from plain
        rows.

    Raises
    ------
    ValueError: by ``fit``, if ``decay`` is below 1 and the log has no times

    Source: Ding & Li 2005, with steps in place of days.
    """

    name = "item-kNN, faded"

    def __init__(self, n_neighbours=800, shrinkage=0.0, decay=0.9):
        super().__init__(n_neighbours, shrinkage)
        self.decay = decay

    def _check_settings(self):
        super()._check_settings()
        check_decay(self.decay)

    def _fit(self, train, item_vectors):
        super()._fit(train, item_vectors)
        self.X_ = recency_weights(train, self.decay)  # (n_users, n_items)
