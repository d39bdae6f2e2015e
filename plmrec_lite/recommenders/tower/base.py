"""What all towers share: one training of item vectors on behaviour, and what is served of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.recommenders.tower.losses import LOSSES
from plmrec_lite.recommenders.tower.training import (
    LEAST_ITEMS,
    TowerBatches,
    TowerObjective,
    centre_and_scale,
)
from plmrec_lite.recommenders.trained import (
    TrainedRecommender,
    weights_as_parts,
    weights_from_parts,
)

N_LOOKS = 6  # of ``watch``, after the one before training


class Tower(TrainedRecommender):
    """Train the module ``upper_`` so that its item vectors predict who will like an item.

    A tower of one kind or another sets ``upper_`` and calls ``_learn``. So the losses, the
    batches, the schedule and the ridge regression that turns vectors into tastes are the same
    for all of them, and what differs is what is trained.

    Parameters
    ----------
    training, watch, folder, resume : as in ``TextTower``
    """

    def _check_settings(self):
        super()._check_settings()
        check_choice("loss", self.loss, LOSSES)
        check_number("regularization", self.regularization, above=0)
        if self.training.batch_size < LEAST_ITEMS:
            raise ValueError(
                f"batch_size={self.training.batch_size}: use {LEAST_ITEMS} or more, or a batch "
                "teaches nothing"
            )

    def _learn(self, train_log, lower, device):
        """Train ``upper_`` on the cached states of all items, and fit the users' tastes."""
        met = train_log.matrix()
        popularity = train_log.popularity()
        warm = popularity > 0
        self.history_ = pd.DataFrame({"step": [], "loss": []})
        if warm.sum() >= LEAST_ITEMS:
            settings = self.training
            frozen = self.upper_.all_vectors(lower)[warm]  # (n_warm, d)
            activity = met[:, warm].sum(axis=1) / len(frozen)  # (n_users,)
            batches = TowerBatches(lower, met, self.loss, settings.batch_size, seed=settings.seed)
            n_steps = settings.n_steps
            if n_steps is None:
                n_steps = int(settings.n_epochs * len(batches))
            self._train(
                TowerObjective(
                    self.upper_, frozen, self.loss, self.regularization, activity, settings.seed
                ),
                batches,
                "training the tower",
                lambda: self._serve(lower, warm),
                watch_every=max(1, n_steps // N_LOOKS),
                device=device,
            )
        self._serve(lower, warm if warm.any() else slice(None))
        ridge = ItemRidge(self.regularization).fit(train_log, self.item_vectors_)
        self.user_vectors_ = ridge.W_.T.astype(np.float32)  # (n_users, d)

    def _serve(self, lower, warm):
        """Compute the items' vectors, centred and scaled over the warm ones."""
        vectors = self.upper_.all_vectors(lower)  # (n_items, d)
        self.centre_, self.scale_ = centre_and_scale(vectors[warm])
        self.item_vectors_ = (vectors - self.centre_) / self.scale_

    def _score(self, users):
        return self.user_vectors_[users] @ self.item_vectors_.T

    def _parts(self):
        return weights_as_parts(super()._parts(), "upper_")

    def _restore(self, parts):
        self.upper_.load_state_dict(weights_from_parts(parts, "upper_"))
        super()._restore(parts)
