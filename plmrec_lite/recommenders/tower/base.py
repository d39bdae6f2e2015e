"""What all towers share: one training of item vectors on behaviour, and what is served of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.recommenders.saving import taken
from plmrec_lite.recommenders.tower.losses import LOSSES
from plmrec_lite.recommenders.tower.training import (
    LEAST_ITEMS,
    TowerBatches,
    TowerObjective,
    centre_and_scale,
)
from plmrec_lite.training import Training, train

N_LOOKS = 6  # of ``watch``, after the one before training


class Tower(Recommender):
    """Train the module ``upper_`` so that its item vectors predict who will like an item.

    A tower of one kind or another sets ``upper_`` and calls ``_learn``. So the losses, the
    batches, the schedule and the ridge regression that turns vectors into tastes are the same
    for all of them, and what differs is what is trained.
    """

    def _check_settings(self):
        if self.loss not in LOSSES:
            raise ValueError(f"loss={self.loss!r}: use one of {', '.join(map(repr, LOSSES))}")
        check_number("regularization", self.regularization, above=0)
        if not isinstance(self.training, Training):
            raise ValueError(f"training={self.training!r}: give Training(...)")
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

            def watch(step, _):
                self._serve(lower, warm)
                return self.watch(step, self)

            self.history_ = train(
                TowerObjective(
                    self.upper_, frozen, self.loss, self.regularization, activity, settings.seed
                ),
                batches,
                settings,
                watch=self.watch and watch,
                watch_every=max(1, n_steps // N_LOOKS),
                folder=self.folder,
                resume=self.resume,
                device=device,
                title="training the tower",
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
        parts = super()._parts()
        weights = parts.pop("upper_").state_dict()
        return parts | {f"upper.{name}": weight.cpu().numpy() for name, weight in weights.items()}

    def _restore(self, parts):
        weights = {k: torch.from_numpy(v) for k, v in taken("upper.", parts).items()}
        self.upper_.load_state_dict(weights)
        super()._restore(parts)
