"""What an attacker reads off a recommender: how well it scores the films of one person."""

from __future__ import annotations

import numpy as np
import torch
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.generative.code_writer import CodeWriter
from plmrec_lite.recommenders.matrix_factorization import MatrixFactorization, solve_rows
from plmrec_lite.recommenders.sequential.model import SequentialTransformer
from plmrec_lite.recommenders.sequential.windows import padded
from plmrec_lite.runtime import check_seed

READ_AT_ONCE = 64  # histories


def some_events(histories, n, seed=0):
    """Draw what an attacker knows of each person: some of the films, in their order.

    Parameters
    ----------
    histories : list of int arrays
    n : int; films; whoever has fewer is known whole
    seed : int

    Returns
    -------
    list of int arrays
    """
    check_seed(seed)
    check_number("n", n, least=1, whole=True)
    rng = np.random.default_rng(seed)
    return [history[np.sort(rng.permutation(len(history))[:n])] for history in histories]


def traces_of(model, histories):
    """Send each history to a recommender, and average the scores that its own films get back.

    Nobody needs to know the weights: a service that ranks films for any history will do.

    Parameters
    ----------
    model : EASE, MatrixFactorization or SequentialTransformer (``objective="next"``); fitted
    histories : list of n int arrays; item ids, the oldest first, two or more each

    Returns
    -------
    float array (n,); the mean score of the films of a history given the whole of it; of a
        sequence model the mean log-probability of each film given those before it. A member's is
        higher.

    Raises
    ------
    TypeError: another kind of model
    ValueError: a history of fewer than two films
    """
    for number, history in enumerate(histories):
        if len(history) < 2:
            raise ValueError(f"history {number} has {len(history)} films: leave it out")
    if isinstance(model, CodeWriter):
        raise TypeError("model is a CodeWriter, which has no vector of an item: give another model")
    if isinstance(model, SequentialTransformer):
        return _log_probability(model, histories)
    if isinstance(model, EASE):
        X = _matrix(histories, len(model.B_))
        scores = X @ model.B_
    elif isinstance(model, MatrixFactorization):
        X = _matrix(histories, len(model.Q_))
        scores = solve_rows(X, model.Q_, model.alpha, model.regularization) @ model.Q_.T
    else:
        raise TypeError(
            f"model is a {type(model).__name__}: give EASE, MatrixFactorization or "
            "SequentialTransformer"
        )
    return np.array([row[history].mean() for row, history in zip(scores, histories, strict=True)])


def _matrix(histories, n_items):
    rows = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    ones = np.ones(len(rows))
    return csr_array((ones, (rows, np.concatenate(histories))), shape=(len(histories), n_items))


@torch.inference_mode()
def _log_probability(model, histories):
    network, length = model.network_.eval(), model.network.length
    found = []
    for start in range(0, len(histories), READ_AT_ONCE):
        ids = padded([h[-length:] for h in histories[start : start + READ_AT_ONCE]])  # (B, T)
        hidden, items = network(ids[:, :-1])
        logits = hidden @ items.T  # (B, T - 1, n_items)
        targets = ids[:, 1:]
        there = targets >= 0
        right = logits.gather(2, targets.clamp(min=0).unsqueeze(2)).squeeze(2)
        log_p = torch.where(there, right - logits.logsumexp(2), 0.0)
        found.append((log_p.sum(1) / there.sum(1)).double().numpy())
    return np.concatenate(found)
