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
from plmrec_lite.recommenders.sequential.model import NETWORK, TRAINING, SequentialTransformer
from plmrec_lite.recommenders.sequential.network import SequenceNetwork
from plmrec_lite.recommenders.sequential.training import WindowBatches
from plmrec_lite.recommenders.trained import (
    TrainedRecommender,
    weights_as_parts,
    weights_from_parts,
)
from plmrec_lite.runtime import own_seed


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
    bonus_ = 0.0  # no popularity is added

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
        self._children = children_of(self.tokens_)
        self._item_of = {tuple(code): item for item, code in enumerate(self.tokens_.tolist())}

    def _objective(self):
        return CodeObjective(self.network_, self.writer_, self.offsets_)

    def _score(self, users):
        return self._written(self._contexts(self.user_vectors_[users]))

    def _contexts(self, read):
        """Return what was read as tensors (n, C), where the writer is."""
        where = next(self.network_.parameters()).device
        return torch.as_tensor(read, dtype=torch.float32, device=where)

    def score_histories(self, histories):
        """Score every item as the next one after each of some histories, known users' or not.

        Parameters
        ----------
        histories : as in `SequentialTransformer`

        Returns
        -------
        float64 array (n, n_items); in nats; items that no beam reached share a score below

        Raises
        ------
        sklearn.exceptions.NotFittedError, ValueError: as in `SequentialTransformer`
        """
        super().score_histories(histories)  # refuses what is no history
        read = self._read([np.asarray(history) for history in histories])
        return self._written(self._contexts(read))

    @torch.inference_mode()
    def _written(self, contexts):
        """Return the scores (n, n_items) after what was read of n histories."""
        self.writer_.eval()
        scores = np.empty((len(contexts), len(self.tokens_)))
        for row, context in enumerate(contexts):
            beams = self._beams(context)
            scores[row] = beams[-1][1] - 1
            for digits, log_prob in beams:
                scores[row, self._item_of[digits]] = log_prob
        return scores

    def _beams(self, context):
        """List codes and their log-probabilities after one history, the likeliest first."""
        beams = [((), 0.0)]
        for level, (low, nexts) in enumerate(
            zip(self.offsets_[:-1].tolist(), self._children, strict=True)
        ):
            logits = self._logits(context, [digits for digits, _ in beams], level)
            log_probs = logits.double().log_softmax(-1).cpu().numpy()
            steps = [
                ((*digits, token), before + log_probs[row, token - low])
                for row, (digits, before) in enumerate(beams)
                for token in nexts[digits]
            ]
            beams = sorted(steps, key=lambda step: (-step[1], step[0]))[: self.n_beams]
        return beams

    def _logits(self, context, beginnings, level):
        """Return those of a level's digits after each beginning: (n_beginnings, n_digits)."""
        digits_of = self.network_.embedding.digits
        low, high = self.offsets_[level : level + 2]
        said = torch.tensor(beginnings, device=context.device).long()
        said = digits_of[said].sum(1)  # (n_beginnings, C)
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


def children_of(tokens):
    """List, of each level and each beginning that exists, the tokens that may come next.

    Parameters
    ----------
    tokens : int array (n_items, n_levels)

    Returns
    -------
    list of n_levels dicts from tuples of int to sorted lists of int
    """
    levels = []
    for level in range(tokens.shape[1]):
        nexts = {}
        for code in np.unique(tokens[:, : level + 1], axis=0).tolist():
            nexts.setdefault(tuple(code[:-1]), []).append(code[-1])
        levels.append(nexts)
    return levels


def _checked_codes(codes, n_items):
    """Return codes as an int64 array (n_items, n_levels), or refuse them."""
    codes = np.asarray(codes)
    if codes.ndim != 2 or codes.dtype.kind not in "iu" or not codes.size or codes.min() < 0:
        raise ValueError(
            f"codes is {codes.dtype} of shape {codes.shape}: give one row of integers, 0 or "
            "larger, an item"
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
