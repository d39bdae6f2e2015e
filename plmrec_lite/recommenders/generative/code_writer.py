"""A recommender that writes the code of the next item, digit by digit."""

from __future__ import annotations

import numpy as np
import torch

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.generative.code_network import (
    CodeEmbedding,
    CodeObjective,
    DigitWriter,
)
from plmrec_lite.recommenders.generative.code_trie import CodeTrie
from plmrec_lite.recommenders.generative.codes import ItemCodes
from plmrec_lite.recommenders.sequential.model import NETWORK, TRAINING, SequentialTransformer
from plmrec_lite.recommenders.sequential.network import SequenceNetwork
from plmrec_lite.recommenders.sequential.training import WindowBatches
from plmrec_lite.recommenders.trained import (
    TrainedRecommender,
    weights_as_parts,
    weights_from_parts,
)
from plmrec_lite.runtime import own_seed

MOST_DIGIT = 2**20


class CodeWriter(SequentialTransformer):
    """Read items by their codes, and write the next item's code by beam search.

    The network is that of `SequentialTransformer`, with the sum of its digits' vectors for an item.
    The code is written digit by digit: of the codes that exist, the ``n_beams`` likeliest
    beginnings stay at each digit. An item that is reached scores its code's log-probability in
    nats, each digit among all of its level; the others share a score below.

    Parameters
    ----------
    codes : int array (n_items, n_levels); no two rows equal, see `ItemCodes.unique`
    n_beams : int; with n_items or more, every item is reached
    network : NetworkSettings
    training : Training
    watch, folder, resume : as in `SequentialTransformer`

    Attributes
    ----------
    network_ : SequenceNetwork; over a `CodeEmbedding`
    writer_ : DigitWriter
    tokens_ : int array (n_items, n_levels); a digit of each level is a token of its own
    offsets_ : int array (n_levels + 1,); the first token of each level, and the number of all
    user_vectors_, history_ : as in `SequentialTransformer`

    Raises
    ------
    ValueError: by ``fit``: the codes do not fit the log, or two are equal

    Source: after Rajput et al. 2023 and Lee et al. 2022, with residual k-means in place of a
    trained quantizer.
    """

    name = "codes"
    objective, items, loss, popularity, n_negatives = "next", "id", "softmax", 0.0, 1

    def __init__(
        self,
        codes,
        n_beams=50,
        network=NETWORK,
        training=TRAINING,
        watch=None,
        folder=None,
        resume=False,
    ):
        self.codes = codes
        self.n_beams = n_beams
        self.network = network
        TrainedRecommender.__init__(self, training, watch, folder, resume)

    def _check_settings(self):
        check_number("n_beams", self.n_beams, least=1, whole=True)
        super()._check_settings()

    def _fit(self, train_log, item_vectors):
        codes = _checked_codes(self.codes, train_log.n_items)
        self.offsets_ = np.concatenate([[0], np.cumsum(codes.max(axis=0) + 1)])
        self.tokens_ = codes + self.offsets_[:-1]
        self.bonus_ = np.zeros(len(codes))  # no popularity is added
        self._build()
        histories = train_log.histories()
        batches = WindowBatches(
            histories,
            train_log.n_items,
            length=self.network.length,
            batch_size=self.training.batch_size,
            seed=self.training.seed,
        )
        objective = self._objective()
        self._train(objective, batches, "training on codes")
        objective.cpu()
        self.user_vectors_ = self._read(histories)  # (n_users, C)

    def _build(self):
        """Set the trie, and an untrained network and writer that depend on the seed alone."""
        settings = self.network
        with own_seed(self.training.seed):
            embedding = CodeEmbedding(self.tokens_, settings.d_model)
            self.network_ = SequenceNetwork(embedding, settings)
            self.writer_ = DigitWriter(self.tokens_.shape[1], settings.d_model, settings.dropout)
        self._trie = CodeTrie(self.tokens_)

    def _objective(self):
        return CodeObjective(self.network_, self.writer_, self.offsets_)

    def _score(self, users):
        return self._scored(self.user_vectors_[users])

    def _scored(self, read):
        where = next(self.network_.parameters()).device
        return self._written(torch.as_tensor(read, dtype=torch.float32, device=where))

    @torch.inference_mode()
    def _written(self, contexts):
        """Return the scores (n, n_items) after what was read of n histories."""
        check_number("n_beams", self.n_beams, least=1, whole=True)  # it may be set after fit
        self.writer_.eval()
        scores = np.empty((len(contexts), len(self.tokens_)))
        for row, context in enumerate(contexts):
            items, log_probs = self._beams(context)
            scores[row] = log_probs[-1] - 1
            scores[row, items] = log_probs
        return scores

    def _beams(self, context):
        """Return items and their codes' log-probabilities after one history, the likeliest first.

        ``context`` is what was read of it, (C,).
        """
        nodes, log_probs = np.zeros(1, dtype=np.int64), np.zeros(1)  # the root
        beginnings = np.zeros((1, 0), dtype=np.int64)  # (number of beams, level)
        for level, low in enumerate(self.offsets_[:-1]):
            parents, children = self._trie.children(level, nodes)
            tokens = self._trie.tokens[level][children]
            logits = self._logits(context, beginnings, level).double()
            steps = logits.log_softmax(-1).cpu().numpy()[parents, tokens - low]
            steps = log_probs[parents] + steps
            kept = np.lexsort((children, -steps))[: self.n_beams]  # ties: the lower code
            nodes, log_probs = children[kept], steps[kept]
            beginnings = np.column_stack([beginnings[parents[kept]], tokens[kept]])
        return self._trie.items[nodes], log_probs

    def _logits(self, context, beginnings, level):
        """Return those of a level's digits after each beginning: (n_beginnings, n_digits)."""
        digits_of = self.network_.embedding.digits
        low, high = self.offsets_[level : level + 2]
        said = digits_of[torch.as_tensor(beginnings, device=context.device)].sum(1)
        return self.writer_(context, said, level) @ digits_of[low:high].T

    def _parts(self):
        return weights_as_parts(super()._parts(), "writer_")

    def _restore(self, parts):
        written, read = (weights_from_parts(parts, name) for name in ("writer_", "network_"))
        TrainedRecommender._restore(self, parts)
        self._build()
        self.writer_.load_state_dict(written)
        self.network_.load_state_dict(read)
        self.writer_.eval()
        self.network_.eval()


def _checked_codes(codes, n_items):
    """Return codes as an int64 array (n_items, n_levels), or refuse them."""
    if isinstance(codes, ItemCodes):
        raise ValueError("codes is ItemCodes, in which items may share a code: give codes.unique()")
    try:
        codes = np.asarray(codes)
    except ValueError as error:
        raise ValueError("the rows of codes differ in length: give all items n_levels") from error
    if codes.ndim != 2 or codes.dtype.kind not in "iu" or not codes.size or codes.min() < 0:
        raise ValueError(
            f"codes is {codes.dtype} of shape {codes.shape}: give one row of integers, 0 or "
            "larger, an item"
        )
    if (largest := int(codes.max())) > MOST_DIGIT:
        raise ValueError(
            f"codes holds the digit {largest}, and each level has a vector for each digit up to "
            f"its largest: number them from 0, up to {MOST_DIGIT}"
        )
    if len(codes) != n_items:
        raise ValueError(f"codes has {len(codes)} rows, and the log {n_items} items: give each one")
    _, first, turn, counts = np.unique(
        codes, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    if (counts > 1).any():
        shared = np.flatnonzero(counts > 1)[0]
        same = np.flatnonzero(np.ravel(turn) == shared)[:2]
        raise ValueError(
            f"items {same[0]} and {same[1]} share the code {tuple(codes[first[shared]].tolist())}: "
            "add a digit by ItemCodes.unique()"
        )
    return codes.astype(np.int64)
