"""LightGCN: factors of users and items that are averaged along the edges between them."""

from __future__ import annotations

import torch

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.recommenders.graph.propagation import Propagation, normalized_adjacency
from plmrec_lite.recommenders.graph.training import LOSSES, EventBatches, GraphObjective
from plmrec_lite.recommenders.trained import TrainedRecommender
from plmrec_lite.training import Training

TRAINING = Training(n_epochs=40, batch_size=4096, learning_rate=0.03, warmup=0.0, weight_decay=0.0)


class LightGCN(TrainedRecommender):
    r"""Give each user and item a vector, and average it over its neighbourhood in the graph.

    A score is the product of a user's and an item's vector after ``Propagation``: a user's vector
    holds a share of the vectors of the items met, of the other users who met them, and so on.
    Without layers this is a matrix factorisation trained by the same loss.

    The defaults are those of the paper but for the schedule.

    Parameters
    ----------
    n_factors : int
        The length d of each vector.
    n_layers : int
        Steps along the edges; 0 for none.
    loss : {"bpr", "softmax"}
        "bpr" compares each event's item with one that its user has not met; "softmax" with all
        items of the catalogue at once, which takes n_items numbers for each user of a batch.
    regularization : float
        Weight of the squared lengths of an event's vectors before propagation; 0 or more.
    training : Training
        The examples of a batch are events.
    watch : callable or None
        As in ``TextTower``: ``watch(step, model)`` once an epoch.
    folder, resume
        Where a checkpoint is kept, and whether to go on from it, see ``train``.

    Attributes
    ----------
    user_vectors_ : float32 array (n_users, d)
    item_vectors_ : float32 array (n_items, d): a score is the product of the two
    history_ : pandas.DataFrame of ``train``: a row a step; empty if nobody met anything

    Source: He et al. 2020. The softmax in place of BPR: Rendle et al. 2009 has the one,
    Covington et al. 2016 the other.
    """

    name = "LightGCN"

    def __init__(
        self,
        n_factors=64,
        n_layers=3,
        loss="bpr",
        regularization=1e-4,
        training=TRAINING,
        watch=None,
        folder=None,
        resume=False,
    ):
        self.n_factors = n_factors
        self.n_layers = n_layers
        self.loss = loss
        self.regularization = regularization
        super().__init__(training, watch, folder, resume)

    def _check_settings(self):
        super()._check_settings()
        check_number("n_factors", self.n_factors, least=1, whole=True)
        check_number("n_layers", self.n_layers, least=0, whole=True)
        check_choice("loss", self.loss, LOSSES)
        check_number("regularization", self.regularization, least=0)

    def _fit(self, train_log, item_vectors):
        settings, X = self.training, train_log.matrix()
        n_nodes = train_log.n_users + train_log.n_items
        draws = torch.Generator().manual_seed(settings.seed)
        objective = GraphObjective(
            0.1 * torch.randn(n_nodes, self.n_factors, generator=draws),
            Propagation(normalized_adjacency(X), self.n_layers),
            train_log.n_users,
            self.loss,
            self.regularization,
        )
        batches = EventBatches(X, settings.batch_size, settings.seed, draw=self.loss == "bpr")
        self._train(objective, batches, "training LightGCN", lambda: self._serve(objective))
        self._serve(objective)

    def _serve(self, objective):
        """Propagate once, so that a score is one product."""
        with torch.no_grad():
            P, Q = objective.propagated()
        self.user_vectors_, self.item_vectors_ = P.cpu().numpy(), Q.cpu().numpy()

    def _score(self, users):
        return self.user_vectors_[users] @ self.item_vectors_.T
