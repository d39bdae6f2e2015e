"""Losses of a sequence model: the full softmax, and three that sample negatives."""

from __future__ import annotations

import math

import torch

from plmrec_lite.nn.losses import log_sigmoid, sampled_softmax

LOSSES = ("softmax", "sampled", "bce", "gbce")
CALIBRATION = 0.75  # t of gBCE, as its paper recommends


def softmax_loss(hidden, items, targets):
    """Cross-entropy over all items: the right one against all others.

    Parameters
    ----------
    hidden : float tensor (P, C); the network's output at P places
    items : float tensor (n_items, C); all items' vectors
    targets : int tensor (P,); the right item of each place

    Returns
    -------
    float tensor (); the mean loss of a place, in nats

    Source: Klenitskiy & Vasilev 2023.
    """
    return torch.nn.functional.cross_entropy(hidden @ items.T, targets)


def sampled_softmax_loss(hidden, items, targets, negatives):
    """Cross-entropy over the right item and a few others, corrected for the sampling.

    Parameters
    ----------
    hidden, items, targets : as in `softmax_loss`
    negatives : int tensor (n,); items drawn evenly from all, the same for every place

    Returns
    -------
    float tensor (); the mean loss of a place; on average close to that of `softmax_loss`

    Source: Bengio & Senécal 2008.
    """
    logits = _few_logits(hidden, items, targets, negatives)  # (P, 1 + n)
    log_q = torch.full_like(logits[0], math.log(len(negatives) / len(items)))
    log_q[0] = 0.0  # the right item is there for sure
    return sampled_softmax(logits, torch.zeros_like(targets), log_q)


def gbce_loss(hidden, items, targets, negatives, calibration=CALIBRATION):
    r"""Binary questions, "is it this one?", about the right item and a few others.

    Since few of the many wrong items are asked about, plain binary cross-entropy becomes far
    too sure of a "yes". The answer "yes" is therefore taken to the power :math:`\beta`, with
    :math:`\beta = \alpha (t (1 - 1/\alpha) + 1/\alpha)` where :math:`\alpha` is the share of
    wrong items that are asked about.

    :math:`\log n_\mathrm{items}` is subtracted from every logit first, so that an untrained
    network answers "yes" once in the catalogue. Without it, "no" is most of what the first epochs
    learn.

    Parameters
    ----------
    hidden, items, targets, negatives : as in `sampled_softmax_loss`
    calibration : float in [0, 1]; :math:`t`: 0 gives plain binary cross-entropy, 1 takes the whole
        sampling out

    Returns
    -------
    float tensor (); the mean loss of a question

    Source: Petrov & Macdonald 2023; the first answer: Lin et al. 2017, section 3.3.
    """
    alpha = min(len(negatives) / max(len(items) - 1, 1), 1.0)
    beta = alpha * (calibration * (1 - 1 / alpha) + 1 / alpha)
    logits = _few_logits(hidden, items, targets, negatives) - math.log(len(items))  # (P, 1 + n)
    questions = torch.cat([beta * log_sigmoid(logits[:, :1]), log_sigmoid(-logits[:, 1:])], dim=1)
    return -questions.mean()


def _few_logits(hidden, items, targets, negatives):
    """Logits of the right item, in column 0, and of the negatives: (P, 1 + n).

    A negative that is the right item gets -inf: it is no negative.
    """
    right = (hidden * items[targets]).sum(1, keepdim=True)  # (P, 1)
    wrong = hidden @ items[negatives].T  # (P, n)
    wrong = wrong.masked_fill(targets[:, None] == negatives, -torch.inf)
    return torch.cat([right, wrong], dim=1)
