"""DropoutNet: a network that is trained to do without the events of an item."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.dropout.training import DropoutObjective, ItemBatches, alike
from plmrec_lite.recommenders.matrix_factorization import MatrixFactorization
from plmrec_lite.recommenders.trained import (
    TrainedRecommender,
    weights_as_parts,
    weights_from_parts,
)
from plmrec_lite.runtime import own_seed
from plmrec_lite.training import Training

TRAINING = Training(n_epochs=20, batch_size=128, learning_rate=3e-3)


class DropoutNet(TrainedRecommender):
    r"""Rebuild the scores of a matrix factorisation from its vectors and from content.

    A factorisation of the events gives each user and item a vector. One network turns the user's
    vector, another the item's vector beside its content, into outputs whose product is to be the
    product of the two vectors. In training the item's vector is replaced by zeros in a share of
    the items, so that there content has to do; an item without events has zeros from the start,
    and the network has learned what to make of them.

    Parameters
    ----------
    dropout : float
        The share of a batch's items that lose their vector; 0 or more, below 1.
    n_factors : int
        The length of the factorisation's vectors, of ``MatrixFactorization``.
    d_hidden, d_model : int
        Columns of the hidden layer and of the output of both networks.
    training : Training
        How the networks are trained; the examples of a batch are items with events. Its seed is
        the factorisation's too.
    watch : callable or None
        As in ``TextTower``: ``watch(step, model)`` once an epoch.
    folder, resume
        Where a checkpoint is kept, and whether to go on from it, see ``train``.

    Attributes
    ----------
    item_vectors_ : float32 array (n_items, d_model)
    user_vectors_ : float32 array (n_users, d_model): a score is the product of the two
    history_ : pandas.DataFrame of ``train``: a row a step; empty if no item has events

    Source: Volkovs et al. 2017. Users here have no content, so that only items lose their vectors;
    all pairs of the batch's items and the users are compared, where the authors sample; and there
    is no batch normalisation.
    """

    name = "DropoutNet"
    needs_item_vectors = True

    def __init__(
        self,
        dropout=0.5,
        n_factors=32,
        d_hidden=128,
        d_model=32,
        training=TRAINING,
        watch=None,
        folder=None,
        resume=False,
    ):
        self.dropout = dropout
        self.n_factors = n_factors
        self.d_hidden = d_hidden
        self.d_model = d_model
        super().__init__(training, watch, folder, resume)

    def _check_settings(self):
        super()._check_settings()
        check_number("dropout", self.dropout, least=0, below=1)
        for name in ("n_factors", "d_hidden", "d_model"):
            check_number(name, getattr(self, name), least=1, whole=True)

    def _fit(self, train_log, item_vectors):
        latent = MatrixFactorization(self.n_factors, seed=self.training.seed).fit(train_log)
        warm = train_log.popularity() > 0
        active = np.bincount(train_log.users, minlength=train_log.n_users) > 0
        self.network_ = self._network(item_vectors.shape[1])
        objective = DropoutObjective(
            self.network_,
            users=latent.P_[active],
            items=latent.Q_,
            content=alike(item_vectors, warm, self.n_factors),
            warm=warm,
        )
        batches = ItemBatches(
            np.flatnonzero(warm), self.dropout, self.training.batch_size, self.training.seed
        )

        def serve():
            self._serve(objective, active)

        self._train(objective, batches, "training DropoutNet", serve)
        serve()

    def _network(self, d_content):
        """The two networks, their first weights drawn from the training's seed."""
        with own_seed(self.training.seed):
            return nn.ModuleDict(
                {
                    name: nn.Sequential(
                        nn.Linear(width, self.d_hidden),
                        nn.Tanh(),
                        nn.Linear(self.d_hidden, self.d_model),
                    )
                    for name, width in (
                        ("user", self.n_factors),
                        ("item", self.n_factors + d_content),
                    )
                }
            )

    def _serve(self, objective, active):
        """Compute all vectors, with nothing dropped that is there."""
        with torch.no_grad():
            self.item_vectors_ = objective.item_outputs().cpu().numpy()
            self.user_vectors_ = np.zeros((len(active), self.d_model), dtype=np.float32)
            self.user_vectors_[active] = objective.user_outputs().cpu().numpy()

    def _score(self, users):
        return self.user_vectors_[users] @ self.item_vectors_.T

    def _parts(self):
        return weights_as_parts(super()._parts(), "network_")

    def _restore(self, parts):
        weights = weights_from_parts(parts, "network_")
        self.network_ = self._network(weights["item.0.weight"].shape[1] - self.n_factors)
        self.network_.load_state_dict(weights)
        super()._restore(parts)
