"""Recommenders that read a history in order: a language model whose words are items."""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.sequential.items import ITEMS, ItemEmbedding
from plmrec_lite.recommenders.sequential.losses import LOSSES
from plmrec_lite.recommenders.sequential.network import POSITIONS, SequenceNetwork
from plmrec_lite.recommenders.sequential.training import OBJECTIVES, train_network
from plmrec_lite.recommenders.sequential.windows import MASK, padded
from plmrec_lite.runtime import device, seed_everything

READ_AT_ONCE = 128  # histories


class SequentialTransformer(Recommender):
    r"""Predict the next item from the items before it, as a language model predicts words.

    With ``objective="next"`` every event is guessed from those before it, in one pass
    (GPT on items, SASRec). With ``"masked"`` some events are hidden and guessed from both
    sides; to recommend, a hidden event is put at the end (BERT on items, BERT4Rec).
    With :math:`h` for what the network has in mind at the end of the history, and :math:`e_i` for
    an item's vector, which is also what the network reads, the score is
    :math:`h e_i^\top + \tau \log(1 + n_i)`: the logit, adjusted by how often the item was met.

    The defaults were chosen on the validation part of leave-one-out on MovieLens 100K.

    Parameters
    ----------
    objective : {"next", "masked"}
        What is guessed.
    items : {"id", "text", "both", "initialised"}
        What is known of an item, see `ItemEmbedding`; all but ``"id"`` need item vectors.
    loss : {"softmax", "sampled", "bce", "gbce"}
        All items, or ``n_negatives`` of them a batch, see ``sequence_losses``.
    positions : {"recency", "learned"}
        How the network knows the order, see `SequenceNetwork`.
    d_model, n_heads, n_blocks : int
        Numbers an item, attention heads, transformer blocks.
    length : int
        How many events are read, 2 or more.
    dropout : float
        The share of numbers that is dropped in training, below 1.
    n_epochs : int
        Epochs; in each, every user gives one window of ``length`` events.
    batch_size : int
        Users a step.
    learning_rate : float
        The highest of Adam: reached after a tenth of the steps, 0 at the end.
    popularity : float
        :math:`\tau`: how much an item's popularity adds to its score; training ignores it.
    n_negatives : int
        Items drawn a batch, for the losses that sample.
    seed : int
        The seed of the first weights, windows and dropout.
    watch : callable or None
        Called as ``watch(epoch, model)`` after each epoch; ``model.score_histories`` works there.

    Attributes
    ----------
    network_ : SequenceNetwork
        What was trained, on the CPU.
    losses_ : float array (n_epochs,)
        The mean training loss of each epoch, in nats; empty if no history holds two events.

    Raises
    ------
    ValueError
        If a setting is out of range; in ``fit`` if item vectors are needed and missing.

    Source: Kang & McAuley 2018; Sun et al. 2019; Menon et al. 2021 (popularity, there to be
    taken off).
    """

    name = "sequential"

    def __init__(
        self,
        objective="next",
        items="id",
        loss="softmax",
        positions="recency",
        d_model=64,
        n_heads=2,
        n_blocks=1,
        length=50,
        dropout=0.3,
        n_epochs=24,
        batch_size=32,
        learning_rate=3e-3,
        popularity=0.3,
        n_negatives=256,
        seed=0,
        watch=None,
    ):
        for setting, value, known in (
            ("objective", objective, OBJECTIVES),
            ("items", items, ITEMS),
            ("loss", loss, LOSSES),
            ("positions", positions, POSITIONS),
        ):
            if value not in known:
                raise ValueError(f"{setting}={value!r}: use one of {', '.join(map(repr, known))}")
        for setting, value, least in (
            ("n_blocks", n_blocks, 1),
            ("length", length, 2),
            ("n_epochs", n_epochs, 0),
            ("batch_size", batch_size, 1),
            ("n_negatives", n_negatives, 1),
        ):
            if value < least:
                raise ValueError(f"{setting}={value}: give an integer, {least} or larger")
        if not learning_rate > 0:
            raise ValueError(f"learning_rate={learning_rate}: give a number above 0")
        if not np.isfinite(popularity):
            raise ValueError(f"popularity={popularity}: give a finite number, 0 for none")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout={dropout}: give a share, 0 or more and below 1")
        if n_heads < 1 or d_model % n_heads:
            raise ValueError(f"d_model={d_model} does not divide into n_heads={n_heads} heads")
        self.objective = objective
        self.items = items
        self.loss = loss
        self.positions = positions
        self.d_model = d_model
        self.n_heads = n_heads
        self.n_blocks = n_blocks
        self.length = length
        self.dropout = dropout
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.popularity = popularity
        self.n_negatives = n_negatives
        self.seed = seed
        self.watch = watch

    def _fit(self, train, item_vectors):
        rng = seed_everything(self.seed)
        self.network_ = SequenceNetwork(
            ItemEmbedding(train.n_items, self.d_model, self.items, item_vectors),
            self.d_model,
            self.n_heads,
            self.n_blocks,
            self.dropout,
            causal=self.objective == "next",
            positions=self.positions,
            length=self.length,
        ).to(device())
        self.bonus_ = self.popularity * np.log1p(train.popularity())  # (n_items,)
        histories = train.histories()
        self.losses_ = train_network(
            self.network_,
            [history for history in histories if len(history) > 1],
            rng,
            objective=self.objective,
            loss=self.loss,
            length=self.length,
            n_epochs=self.n_epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            n_negatives=self.n_negatives,
            watch=self.watch and (lambda epoch: self.watch(epoch, self)),
        )
        self.network_.cpu().eval()
        self.user_vectors_ = self._read(histories)  # (n_users, C)
        self.item_vectors_ = self._item_vectors()  # (n_items, C)

    def _parts(self):
        return {key: value for key, value in super()._parts().items() if key != "network_"}

    def _score(self, users):
        return self.user_vectors_[users] @ self.item_vectors_.T + self.bonus_

    @torch.inference_mode()
    def _read(self, histories):
        """Return what the network has in mind at the end of each history: float64 (n, C)."""
        self.network_.eval()
        where = next(self.network_.parameters()).device
        vectors = np.zeros((len(histories), self.d_model))
        ends = [self._ending(history) for history in histories]
        for start in range(0, len(ends), READ_AT_ONCE):
            batch = ends[start : start + READ_AT_ONCE]
            hidden, _ = self.network_(padded(batch).to(where))  # (B, T, C)
            last = torch.tensor([max(len(end), 1) - 1 for end in batch], device=where)
            rows = torch.arange(len(batch), device=where)
            vectors[start : start + len(batch)] = hidden[rows, last].cpu().numpy()
        return vectors

    def _ending(self, history):
        """Return the last events of a history, with a hidden one at the end if need be."""
        if self.objective == "next":
            return history[-self.length :]
        start = max(len(history) - self.length + 1, 0)
        return np.append(history[start:], MASK)

    @torch.inference_mode()
    def _item_vectors(self):
        """Return all items' vectors: float64 (n_items, C)."""
        return self.network_.embedding().cpu().numpy().astype(np.float64)

    def score_histories(self, histories):
        """Score every item as the next one after each of some histories, known users' or not.

        Parameters
        ----------
        histories : list of n int arrays
            Item ids, the oldest first; 1 event or more. The last ``length`` are read.

        Returns
        -------
        float64 array (n, n_items)
            Higher is better; an item of the history itself may score high.

        Raises
        ------
        ValueError
            If a history is empty or holds an unknown item (the message names it).

        Examples
        --------
        >>> from plmrec_lite.data import load_movielens
        >>> model = SequentialTransformer(n_epochs=1).fit(load_movielens().interactions)
        >>> model.score_histories([[49, 171]]).shape
        (1, 1682)
        """
        histories = [np.asarray(history) for history in histories]
        items = self._item_vectors()
        for number, history in enumerate(histories):
            if history.ndim != 1 or not history.size or history.dtype.kind not in "iu":
                raise ValueError(
                    f"history {number} is {history.dtype} of shape {history.shape}: give one item "
                    "id or more"
                )
            if (bad := history[(history < 0) | (history >= len(items))]).size:
                raise ValueError(
                    f"history {number} holds the unknown item {bad[0]}: items are 0 to "
                    f"{len(items) - 1}"
                )
        return self._read(histories) @ items.T + self.bonus_
