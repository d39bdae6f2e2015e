"""Recommenders that read a history in order: a language model whose words are items."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.exceptions import NotFittedError

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.recommenders.sequential.items import ITEMS, ItemEmbedding
from plmrec_lite.recommenders.sequential.losses import LOSSES
from plmrec_lite.recommenders.sequential.network import NetworkSettings, SequenceNetwork
from plmrec_lite.recommenders.sequential.training import (
    OBJECTIVES,
    SequenceObjective,
    WindowBatches,
)
from plmrec_lite.recommenders.sequential.windows import MASK, padded
from plmrec_lite.recommenders.trained import (
    TrainedRecommender,
    weights_as_parts,
    weights_from_parts,
)
from plmrec_lite.runtime import own_seed
from plmrec_lite.training import Training

READ_AT_ONCE = 128  # histories
NETWORK = NetworkSettings()
TRAINING = Training(n_epochs=24, batch_size=32, learning_rate=3e-3)


class SequentialTransformer(TrainedRecommender):
    r"""Predict the next item from the items before it, as a language model predicts words.

    With ``objective="next"`` every event is predicted from those before it, in one pass
    (GPT on items, SASRec). With ``"masked"`` some events are masked and predicted from both
    sides; to recommend, a masked event is put at the end (BERT on items, BERT4Rec).
    With :math:`h` for the network's output at the end of the history, and :math:`e_i` for
    an item's vector, which is also what the network reads, the score is
    :math:`h e_i^\top + \tau \log(1 + n_i)`: the logit, adjusted by the item's :math:`n_i` events.

    The defaults were chosen on the validation part of leave-one-out on MovieLens 100K.

    Parameters
    ----------
    objective : {"next", "masked"}; what is predicted
    items : {"id", "text", "both", "initialised"}; what is known of an item, see `ItemEmbedding`;
        all but ``"id"`` need item vectors
    loss : {"softmax", "sampled", "bce", "gbce"}; over all items, or over ``n_negatives`` of them a
        batch, see ``sequential.losses``
    popularity : float; :math:`\tau`: how much an item's popularity adds to its score; training
        ignores it
    network : NetworkSettings; the size of the network
    training : Training; how it is trained; in an epoch every user gives one window of
        ``network.length`` events. Its seed is that of the initial weights too.
    n_negatives : int; items drawn a batch, for the losses that sample
    watch : callable or None; called as ``watch(step, model)`` before training and after each epoch,
        and may return numbers for ``history_``; ``model.score_histories`` works there
    folder, resume : as in ``train``

    Attributes
    ----------
    network_ : SequenceNetwork; what was trained, on the CPU
    history_ : pandas.DataFrame; of ``train``: a row a step, with ``loss`` in nats; empty if no user
        has two events
    item_vectors_ : float64 array (n_items, C)
    user_vectors_ : float64 array (n_users, C); the network's output at the end of each history

    Raises
    ------
    ValueError: by ``fit``: a setting is out of range, or item vectors are needed and missing

    Source: Kang & McAuley 2018; Sun et al. 2019; Menon et al. 2021 (popularity, there to be
    taken off).
    """

    name = "sequential"
    network_ = None
    needs_item_vectors = property(lambda self: self.items != "id")

    def __init__(
        self,
        objective="next",
        items="id",
        loss="softmax",
        popularity=0.3,
        network=NETWORK,
        training=TRAINING,
        n_negatives=256,
        watch=None,
        folder=None,
        resume=False,
    ):
        self.objective = objective
        self.items = items
        self.loss = loss
        self.popularity = popularity
        self.network = network
        self.n_negatives = n_negatives
        super().__init__(training, watch, folder, resume)

    def _check_settings(self):
        self.network_ = None  # a fit that fails leaves an unfitted model
        super()._check_settings()
        for setting, known in (("objective", OBJECTIVES), ("items", ITEMS), ("loss", LOSSES)):
            check_choice(setting, getattr(self, setting), known)
        if not isinstance(self.network, NetworkSettings):
            raise ValueError(f"network={self.network!r}: give NetworkSettings(...)")
        check_number("popularity", self.popularity)
        check_number("n_negatives", self.n_negatives, least=1, whole=True)

    def _fit(self, train_log, item_vectors):
        self.network_ = self._network(train_log.n_items, item_vectors)
        self.bonus_ = self.popularity * np.log1p(train_log.popularity())  # (n_items,)
        histories = train_log.histories()
        batches = WindowBatches(
            histories,
            train_log.n_items,
            self.objective,
            self.network.length,
            self.training.batch_size,
            self.n_negatives,
            self.training.seed,
        )
        objective = SequenceObjective(self.network_, self.loss)
        self._train(objective, batches, "training on sequences")
        self.network_.cpu()
        self.user_vectors_ = self._read(histories)  # (n_users, C)
        self.item_vectors_ = self._item_vectors()  # (n_items, C)

    def _network(self, n_items, item_vectors):
        """Return an untrained network; its weights depend on the seed alone."""
        with own_seed(self.training.seed):
            embedding = ItemEmbedding(n_items, self.network.d_model, self.items, item_vectors)
            return SequenceNetwork(embedding, self.network, causal=self.objective == "next")

    def _score(self, users):
        return self.user_vectors_[users] @ self.item_vectors_.T + self.bonus_

    @torch.inference_mode()
    def _read(self, histories):
        """Return the network's output at the end of each history: float64 (n, C)."""
        self.network_.eval()
        where = next(self.network_.parameters()).device
        vectors = np.zeros((len(histories), self.network.d_model))
        ends = [self._ending(history) for history in histories]
        for start in range(0, len(ends), READ_AT_ONCE):
            batch = ends[start : start + READ_AT_ONCE]
            hidden, _ = self.network_(padded(batch).to(where))  # (B, T, C)
            last = torch.tensor([max(len(end), 1) - 1 for end in batch], device=where)
            rows = torch.arange(len(batch), device=where)
            vectors[start : start + len(batch)] = hidden[rows, last].cpu().numpy()
        return vectors

    def _ending(self, history):
        """Return the last events of a history, with a masked one at the end if need be."""
        length = self.network.length
        if self.objective == "next":
            return history[-length:]
        return np.append(history[max(len(history) - length + 1, 0) :], MASK)

    @torch.inference_mode()
    def _item_vectors(self):
        """Return all items' vectors: float64 (n_items, C)."""
        return self.network_.embedding().cpu().numpy().astype(np.float64)

    def score_histories(self, histories):
        """Score every item as the next one after each of some histories, known users' or not.

        Parameters
        ----------
        histories : list of n int arrays; item ids, the oldest first; 1 event or more. The last
            ``network.length`` are read.

        Returns
        -------
        float64 array (n, n_items); higher is better; an item of the history itself may score high

        Raises
        ------
        sklearn.exceptions.NotFittedError: the model is not fitted
        ValueError: a history is empty or holds an unknown item (the message names it)
        """
        return self._scored(self._read(self._checked_histories(histories)))

    def _scored(self, read):
        """Return the scores (n, n_items) after what was read of histories, (n, C)."""
        return read @ self._item_vectors().T + self.bonus_

    def _checked_histories(self, histories):
        """Return histories as arrays, or refuse them."""
        if self.network_ is None:
            raise NotFittedError(f"{self.name} is not fitted: call fit(train) first")
        histories, n_items = [np.asarray(history) for history in histories], len(self.bonus_)
        for number, history in enumerate(histories):
            if history.ndim != 1 or not history.size or history.dtype.kind not in "iu":
                raise ValueError(
                    f"history {number} is {history.dtype} of shape {history.shape}: give one item "
                    "id or more"
                )
            if (bad := history[(history < 0) | (history >= n_items)]).size:
                raise ValueError(
                    f"history {number} holds the unknown item {bad[0]}: items are 0 to "
                    f"{n_items - 1}"
                )
        return histories

    def _parts(self):
        return weights_as_parts(super()._parts(), "network_")

    def _restore(self, parts):
        weights = weights_from_parts(parts, "network_")
        super()._restore(parts)
        n_items = len(self.item_vectors_)
        vectors = weights.get("embedding.vectors", np.zeros((n_items, 1)))
        self.network_ = self._network(n_items, vectors).eval()
        self.network_.load_state_dict(weights)
