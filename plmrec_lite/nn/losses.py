"""The losses that language models and recommenders learn from.

Every loss takes raw scores (logits), never probabilities: a logarithm taken after the
exponential overflows, one taken together with it does not.
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
    """Return how surprised the softmax of the logits is by the targets, in nats.

    Parameters
    ----------
    logits : float tensor (..., C)
        Scores of C classes, which stand on the last axis.
    targets : int tensor (...) or float tensor (..., C)
        The index of the true class, or a probability of each class.
    label_smoothing : float in [0, 1], default 0
        The share of the target that is spread evenly over all classes.
    reduction : {"mean", "sum", "none"}
        ``"none"`` gives one loss an example.

    Returns
    -------
    float tensor () or (...)
        The loss, at least 0. A class of probability 0 adds nothing, even if its logit is -inf.

    Raises
    ------
    ValueError
        If shapes disagree, a target is no class, or a row of probabilities does not sum to one.

    Examples
    --------
    The true class has probability 0.7, so the loss is -log 0.7:

    >>> cross_entropy(torch.log(torch.tensor([[0.7, 0.2, 0.1]])), torch.tensor([0]))
    tensor(0.3567)

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
    """Return the cross-entropy of a yes-or-no question, in nats.

    Parameters
    ----------
    logits : float tensor (...)
        Scores of "yes".
    targets : float tensor (...)
        1 for yes, 0 for no, or a probability between.
    reduction : {"mean", "sum", "none"}
        ``"none"`` gives one loss an example.

    Returns
    -------
    float tensor () or (...)
        -y log s(z) - (1 - y) log s(-z), where s is the sigmoid.

    Raises
    ------
    ValueError
        If the shapes differ or a target is outside [0, 1].

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
    """Bayesian personalised ranking: the liked item should score above one not seen.

    Parameters
    ----------
    positive : float tensor (...)
        Score of an item that the user chose.
    negative : float tensor (...) or (..., n)
        Score of one item not chosen, or of n of them, over which the loss is averaged.
    reduction : {"mean", "sum", "none"}
        ``"none"`` gives one loss an example, in the shape of ``positive``.

    Returns
    -------
    float tensor () or (...)
        -log s(positive - negative), where s is the sigmoid: log 2 where the scores are equal.

    Raises
    ------
    ValueError
        If the shapes do not fit.

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

    The other queries' keys serve as negatives at no cost. It is the cross-entropy of the cosine
    similarities, divided by the temperature, with row i's true class in column i.

    Parameters
    ----------
    queries : float tensor (B, d)
        Vectors that search, such as users or sentences.
    keys : float tensor (M, d), M >= B
        Vectors to be found: key i belongs to query i; keys after the B-th are negatives only.
    temperature : float, default 0.05
        The smaller it is, the more the hardest negative counts.
    reduction : {"mean", "sum", "none"}
        ``"none"`` gives one loss a query.

    Returns
    -------
    float tensor () or (B,)
        The loss; log M for a query that is equally like all keys.

    Raises
    ------
    ValueError
        If the shapes do not fit or the temperature is not positive.

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

    A class that is drawn often would be pushed down often. Taking log q off its logit, where q is
    how many times the sampler is expected to draw it, makes up for that: the sum of exponentials
    over the sample is then, on average, the sum over all classes.

    Parameters
    ----------
    logits : float tensor (B, M)
        Scores of M candidates, the row's positive among them.
    targets : int tensor (B,)
        The column of each row's positive.
    log_q : float tensor (M,) or (B, M)
        Log of the expected number of draws of each candidate, in one of two ways.
        *Negatives beside the positive*: 0 for the positive, which is there for sure, and
        log(n q_j) for each of n negatives drawn with probabilities q; a negative that equals the
        row's positive needs the logit -inf, or it counts twice. In-batch negatives are n = B - 1
        such draws.
        *In-batch, the short way*: log q_j for every column, with q_j the share of class j in the
        data, and nothing set to -inf; right when the batch is large.
    reduction : {"mean", "sum", "none"}
        ``"none"`` gives one loss a row.

    Returns
    -------
    float tensor () or (B,)
        The loss.

    Raises
    ------
    ValueError
        If the shapes do not fit, a target is no column, or log_q is not finite.

    Examples
    --------
    In a batch of 2, both items equally popular:

    >>> scores = torch.zeros(2, 2)  # users @ items.T
    >>> sampled_softmax(scores, torch.arange(2), torch.log(torch.tensor([0.5, 0.5])))
    tensor(0.6931)

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
    """Return the mean, the sum, or the losses as they are."""
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"reduction={reduction!r}: use 'mean', 'sum' or 'none'")


def _check_classes(targets, logits):
    """Refuse class indices that do not fit the logits."""
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
    """Refuse rows that are no probabilities over the classes of the logits."""
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
