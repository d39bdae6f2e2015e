"""The losses that language models and recommenders learn from.

They take raw scores (logits), never probabilities: the exponential alone would overflow.
"""

from __future__ import annotations

import torch

from plmrec_lite.nn.softmax import log_sigmoid, log_softmax, softmax

__all__ = [
    "binary_cross_entropy",
    "bpr",
    "cross_entropy",
    "info_nce",
    "log_sigmoid",
    "log_softmax",
    "sampled_softmax",
    "softmax",
]


def cross_entropy(logits, targets, label_smoothing=0.0, reduction="mean"):
    """Negative log-likelihood of the targets under the softmax of the logits, in nats.

    Parameters
    ----------
    logits : float tensor (..., C)
    targets : int tensor (...) of class indices, or float tensor (..., C) of probabilities
    label_smoothing : float in [0, 1]; the share of the target spread evenly over all classes
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float tensor (), or (...) for "none"; a class of probability 0 adds nothing, even at logit -inf

    Raises
    ------
    ValueError: shapes disagree, a target is no class, a row of probabilities does not sum to 1

    Source: Szegedy et al. 2016, section 7 (label smoothing).
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing={label_smoothing}: use a share between 0 and 1")
    log_p = log_softmax(logits)
    if targets.is_floating_point():
        _check_probabilities(targets, logits)
        loss = -(targets * log_p.masked_fill(targets == 0, 0.0)).sum(-1)
    else:
        _check_classes(targets, logits)
        loss = -log_p.gather(-1, targets.long().unsqueeze(-1)).squeeze(-1)
    if label_smoothing:
        loss = (1 - label_smoothing) * loss - label_smoothing * log_p.mean(-1)
    return _reduce(loss, reduction)


def binary_cross_entropy(logits, targets, reduction="mean"):
    """-y log s(z) - (1 - y) log s(-z), in nats, where s is the sigmoid.

    Parameters
    ----------
    logits : float tensor (...); scores z of "yes"
    targets : float tensor (...), in [0, 1]; y
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float tensor (), or (...) for "none"

    Raises
    ------
    ValueError: the shapes differ, or a target is outside [0, 1]

    Source: cross_entropy over the two scores z and 0.
    """
    if logits.shape != targets.shape:
        raise ValueError(
            f"logits {tuple(logits.shape)} and targets {tuple(targets.shape)}: give them one shape"
        )
    outside = (targets < 0) | (targets > 1)
    if outside.any():
        raise ValueError(f"target {targets[outside][0].item()} is outside [0, 1]")
    loss = -targets * log_sigmoid(logits) - (1 - targets) * log_sigmoid(-logits)
    return _reduce(loss, reduction)


def bpr(positive, negative, reduction="mean"):
    """Bayesian personalised ranking: -log s(positive - negative), where s is the sigmoid.

    Parameters
    ----------
    positive : float tensor (...); scores of items that the user chose
    negative : float tensor (...) or (..., n); of one other item, or of n, over which is averaged
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float tensor (), or (...) for "none"; log 2 where the scores are equal

    Raises
    ------
    ValueError: the shapes do not fit

    Source: Rendle et al. 2009, section 4.1.
    """
    if negative.shape == positive.shape:
        loss = -log_sigmoid(positive - negative)
    elif negative.shape[:-1] == positive.shape:
        loss = -log_sigmoid(positive.unsqueeze(-1) - negative).mean(-1)
    else:
        raise ValueError(
            f"positive {tuple(positive.shape)} and negative {tuple(negative.shape)}: "
            "negative needs the shape of positive, with or without a last axis of negatives"
        )
    return _reduce(loss, reduction)


def info_nce(queries, keys, temperature=0.05, reduction="mean"):
    """Contrastive loss: each query must find its own key among all keys of the batch.

    The cross-entropy of the cosine similarities, divided by the temperature, with row i's true
    class in column i; the other queries' keys are the negatives.

    Parameters
    ----------
    queries : float tensor (B, d); such as users or sentences
    keys : float tensor (M, d), M >= B; key i belongs to query i, those after the B-th to none
    temperature : float; the smaller, the more the hardest negative counts
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float tensor (), or (B,) for "none"; log M for a query that is equally like all keys

    Raises
    ------
    ValueError: the shapes do not fit, or the temperature is not positive

    Source: van den Oord et al. 2018, eq. 4.
    """
    if queries.ndim != 2 or keys.ndim != 2 or queries.size(1) != keys.size(1):
        raise ValueError(
            f"queries {tuple(queries.shape)} and keys {tuple(keys.shape)}: use (B, d) and (M, d)"
        )
    if len(keys) < len(queries):
        raise ValueError(
            f"{len(queries)} queries but {len(keys)} keys: give each query its own key"
        )
    if temperature <= 0:
        raise ValueError(f"temperature={temperature}: use a number above 0")
    queries = torch.nn.functional.normalize(queries, dim=-1)
    keys = torch.nn.functional.normalize(keys, dim=-1)
    cosine = queries @ keys.T  # (B, M)
    own = torch.arange(len(queries), device=queries.device)  # (B,)
    return cross_entropy(cosine / temperature, own, reduction=reduction)


def sampled_softmax(logits, targets, log_q, reduction="mean"):
    """Cross-entropy over a few sampled classes that stands in for the one over all classes.

    A class that is drawn often would be pushed down often. Subtracting log q from its logit
    corrects that: the sum of exponentials over the sample is then, on average, the sum over all.

    Parameters
    ----------
    logits : float tensor (B, M); scores of M candidates, the row's positive among them
    targets : int tensor (B,); the column of each row's positive
    log_q : float tensor (M,) or (B, M); log of the expected number of draws of each candidate.
        Negatives beside the positive: 0 for the positive, log(n q_j) for each of n negatives
        drawn with probabilities q (n = B - 1 for the rest of a batch), and logit -inf for a
        negative that equals the positive, or it counts twice. In-batch, the short way: log q_j
        for every column, q_j the share of class j in the data; right when the batch is large.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    float tensor (), or (B,) for "none"

    Raises
    ------
    ValueError: the shapes do not fit, a target is no column, or log_q is not finite

    Source: Bengio and Senécal 2008; Yi et al. 2019, section 3 (in-batch).
    """
    if logits.ndim != 2 or log_q.shape not in (logits.shape, logits.shape[1:]):
        raise ValueError(
            f"logits {tuple(logits.shape)} and log_q {tuple(log_q.shape)}: "
            "use (B, M) with (M,) or (B, M)"
        )
    if not log_q.isfinite().all():
        raise ValueError("log_q is not finite: a class that is never drawn cannot be a candidate")
    return cross_entropy(logits - log_q, targets, reduction=reduction)


def _reduce(loss, reduction):
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"reduction={reduction!r}: use 'mean', 'sum' or 'none'")


def _check_classes(targets, logits):
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"targets {tuple(targets.shape)} and logits {tuple(logits.shape)}: "
            f"give one class for each of {tuple(logits.shape[:-1])}"
        )
    outside = (targets < 0) | (targets >= logits.size(-1))
    if outside.any():
        raise ValueError(
            f"target {targets[outside][0].item()} is outside 0..{logits.size(-1) - 1}, the classes "
            "of the logits; leave out examples to be ignored before calling"
        )


def _check_probabilities(targets, logits):
    if targets.shape != logits.shape:
        raise ValueError(
            f"targets {tuple(targets.shape)} and logits {tuple(logits.shape)}: probabilities need "
            "the shape of the logits, class indices an integer dtype"
        )
    total = targets.detach().sum(-1)
    if (targets < 0).any() or ((total - 1).abs() > 1e-2).any():
        raise ValueError(
            f"targets have rows that sum to {total.min().item():.3g}..{total.max().item():.3g} or "
            "negative values: each row needs probabilities that sum to 1"
        )
