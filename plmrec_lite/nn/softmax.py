"""Scores to probabilities, and to their logarithms, without overflow."""

from __future__ import annotations

import torch


def softmax(logits, dim=-1):
    """Turn scores into probabilities: exp(z) / sum exp(z), the largest score subtracted first.

    The subtraction keeps exp() from overflowing, and falls out of the fraction.

    Parameters
    ----------
    logits : float tensor (..., C); -inf gets probability 0
    dim : int; the axis along which the probabilities sum to one

    Returns
    -------
    float tensor (..., C); NaN along an axis whose every score is -inf, as in torch

    Source: Bridle 1990.
    """
    # detach: the shift has no effect on the result, so it needs no gradient
    exp = torch.exp(logits - logits.detach().amax(dim, keepdim=True))
    return exp / exp.sum(dim, keepdim=True)


def log_softmax(logits, dim=-1):
    """Logarithm of the softmax, z - log sum exp(z), exact where the softmax rounds to zero.

    Parameters
    ----------
    logits : float tensor (..., C)
    dim : int; the axis along which the probabilities sum to one

    Returns
    -------
    float tensor (..., C), at most 0
    """
    shifted = logits - logits.detach().amax(dim, keepdim=True)
    return shifted - torch.log(torch.exp(shifted).sum(dim, keepdim=True))


def log_sigmoid(logits):
    """-log(1 + exp(-z)): log-probabilities of "yes"; those of "no" are ``log_sigmoid(-logits)``.

    Parameters
    ----------
    logits : float tensor (...)

    Returns
    -------
    float tensor (...), at most 0
    """
    return -torch.logaddexp(-logits, torch.zeros_like(logits))
