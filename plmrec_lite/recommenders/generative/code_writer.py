"""A recommender that writes the code of the next item, digit by digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import log_softmax

from plmrec_lite.checks import check_number
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.sequential.model import NETWORK, TRAINING, SequentialTransformer
from plmrec_lite.recommenders.sequential.network import NetworkSettings
from plmrec_lite.training import Training

USERS_AT_ONCE = 64


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
    network : NetworkSettings; ``length`` counts events, not digits
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
        with_history = np.flatnonzero(self.ends_[users + 1] > self.ends_[users])
        for start in range(0, len(with_history), USERS_AT_ONCE):
            rows = with_history[start : start + USERS_AT_ONCE]
            scores[rows] = self._written(users[rows])
        return scores

    def _written(self, users):
        """Return the scores (n, n_items) of users who have a history."""
        read = [self._digits(user) for user in users]
        tree = children_of(self.tokens_)
        beams = [(row, (), 0.0) for row in range(len(users))]  # whose, its digits, in nats
        for level, (low, high) in enumerate(zip(self.offsets_, self.offsets_[1:], strict=False)):
            histories = [np.append(read[row], digits).astype(np.int64) for row, digits, _ in beams]
            said = log_softmax(self.model_.score_histories(histories)[:, low:high], axis=1)
            steps = [[] for _ in users]
            for (row, digits, before), log_probs in zip(beams, said, strict=True):
                steps[row] += [
                    (before + log_probs[token - low], (*digits, token))
                    for token in tree[level][digits]
                ]
            beams = [
                (row, digits, log_prob)
                for row, found in enumerate(steps)
                for log_prob, digits in sorted(found, key=lambda f: (-f[0], f[1]))[: self.n_beams]
            ]
        item_of = {tuple(code): item for item, code in enumerate(self.tokens_.tolist())}
        scores = np.full((len(users), len(self.tokens_)), np.nan)
        for row, digits, log_prob in beams:
            scores[row, item_of[digits]] = log_prob
        below = np.nanmin(scores, axis=1, keepdims=True) - 1
        return np.where(np.isnan(scores), below, scores)

    def _digits(self, user):
        """Return the tokens of a user's last events, the oldest first."""
        events = self.events_[self.ends_[user] : self.ends_[user + 1]]
        return self.tokens_[events[-self.network.length :]].ravel()


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
