"""A recommender that writes the code of the next item, digit by digit."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from scipy.special import log_softmax

from plmrec_lite.checks import check_number
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.generative.branches import read_branches
from plmrec_lite.recommenders.sequential.model import NETWORK, TRAINING, SequentialTransformer
from plmrec_lite.recommenders.sequential.network import NetworkSettings
from plmrec_lite.training import Training


class CodeWriter(Recommender):
    """Write the next item's code after the codes of a history, by beam search.

    Each event becomes the digits of its item's code; a digit of each level is a token of its own.
    A `SequentialTransformer` learns to predict the next token. A list is written digit by digit:
    of the codes that exist, the ``n_beams`` likeliest beginnings stay at each digit. An item that
    is reached scores its code's log-probability in nats, each digit among all of its level; the
    others share a score below.

    Parameters
    ----------
    codes : int array (n_items, n_levels); no two rows equal, see `ItemCodes.unique`
    n_beams : int; with n_items or more, every item is reached
    network : NetworkSettings; ``length`` counts events, not digits: training reads as many, a list
        one event less, with the digits of the next
    training : Training

    Attributes
    ----------
    model_ : SequentialTransformer; of the digits

    Raises
    ------
    ValueError: by ``fit``: the codes do not fit the log, or two are equal

    Source: Rajput et al. 2023, with residual k-means in place of a trained quantizer and a decoder
    alone.
    """

    name = "codes"

    def __init__(self, codes, n_beams=20, network=NETWORK, training=TRAINING):
        self.codes = codes
        self.n_beams = n_beams
        self.network = network
        self.training = training

    def _check_settings(self):
        check_number("n_beams", self.n_beams, least=1, whole=True)
        if not isinstance(self.network, NetworkSettings):
            raise ValueError(f"network={self.network!r}: give NetworkSettings(...)")
        if not isinstance(self.training, Training):
            raise ValueError(f"training={self.training!r}: give Training(...)")

    def _fit(self, train, item_vectors):
        codes = _checked_codes(self.codes, train.n_items)
        sizes = codes.max(axis=0) + 1  # (n_levels,)
        self.offsets_ = np.concatenate([[0], np.cumsum(sizes)])
        self.tokens_ = codes + self.offsets_[:-1]  # (n_items, n_levels)
        histories = train.histories()
        lengths = np.array([len(history) for history in histories], dtype=np.int64)
        self.ends_ = np.concatenate([[0], np.cumsum(lengths)])
        self.events_ = np.concatenate([np.zeros(0, dtype=np.int64), *histories]).astype(np.int64)
        n_levels = codes.shape[1]
        digits = self.tokens_[self.events_].ravel()  # in the order of events, then of levels
        users = np.repeat(np.arange(train.n_users), lengths * n_levels)
        log = Interactions(
            users, digits, None, np.arange(len(digits)), train.n_users, int(self.offsets_[-1])
        )
        network = replace(self.network, length=self.network.length * n_levels)
        self.model_ = SequentialTransformer(
            popularity=0.0, network=network, training=self.training
        ).fit(log)

    def _score(self, users):
        scores = np.zeros((len(users), len(self.tokens_)))
        tree = children_of(self.tokens_)
        item_of = {tuple(code): item for item, code in enumerate(self.tokens_.tolist())}
        for row, user in enumerate(users.tolist()):
            if self.ends_[user + 1] > self.ends_[user]:
                scores[row] = self._written(self._digits(user), tree, item_of)
        return scores

    def _written(self, read, tree, item_of):
        """Return the scores (n_items,) after some digits."""
        beams = [((), 0.0)]  # digits, and their log-probability
        for nexts, (low, high) in zip(tree, pairwise(self.offsets_), strict=True):
            said = log_softmax(self._said(read, [digits for digits, _ in beams])[:, low:high], 1)
            steps = [
                ((*digits, token), before + log_probs[token - low])
                for (digits, before), log_probs in zip(beams, said, strict=True)
                for token in nexts[digits]
            ]
            beams = sorted(steps, key=lambda step: (-step[1], step[0]))[: self.n_beams]
        scores = np.full(len(self.tokens_), beams[-1][1] - 1)
        for digits, log_prob in beams:
            scores[item_of[digits]] = log_prob
        return scores

    def _said(self, read, beginnings):
        """Return the logits (n, n_tokens) of the next digit after each beginning."""
        if not beginnings[0]:
            return self.model_.score_histories([read])
        device = next(self.model_.network_.parameters()).device
        history, branches = (torch.tensor(x, device=device) for x in (read, np.array(beginnings)))
        hidden = read_branches(self.model_.network_, history, branches)
        return hidden.cpu().numpy() @ self.model_.item_vectors_.T

    def _digits(self, user):
        """Return the tokens of a user's last events, with room for the next code."""
        events = self.events_[self.ends_[user] : self.ends_[user + 1]]
        return self.tokens_[events[-self.network.length + 1 :]].ravel()


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
