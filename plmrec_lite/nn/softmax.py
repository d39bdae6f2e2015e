"""Scores to probabilities, and to their logarithms, without overflow."""

from __future__ import annotations

import torch


def softmax(logits, dim=-1):
    """Turn scores into probabilities that sum to one.

    The largest score is taken off first. That changes nothing in the result, since the factor
    falls out of the fraction, and keeps exp() from overflowing.

    Parameters
    ----------
    logits : float tensor (..., C)
        Scores; -inf means "impossible" and gets probability 0.
    dim : int, default -1
        The axis along which the probabilities sum to one.

    Returns
    -------
    float tensor (..., C)
        Probabilities; NaN along an axis whose every score is -inf, as in torch.

    Examples
    --------
    >>> softmax(torch.tensor([0.0, 0.0, -torch.inf]))
    tensor([0.5000, 0.5000, 0.0000])

    Source: Bridle 1990.
    """
    # detach: the shift has no effect on the result, so it needs no gradient
    exp = torch.exp(logits - logits.detach().amax(dim, keepdim=True))
    return exp / exp.sum(dim, keepdim=True)


def log_softmax(logits, dim=-1):
    """Return the logarithm of the softmax, exact where the softmax itself rounds to zero.

    Parameters
    ----------
    logits : float tensor (..., C)
        Scores.
    dim : int, default -1
        The axis along which the probabilities sum to one.

    Returns
    -------
    float tensor (..., C)
        Log-probabilities, at most 0.

    Examples
    --------
    >>> log_softmax(torch.tensor([0.0, -10000.0]))
    tensor([     0., -10000.])

    Source: log softmax(z) = z - log sum exp(z).
    """
    shifted = logits - logits.detach().amax(dim, keepdim=True)
    return shifted - torch.log(torch.exp(shifted).sum(dim, keepdim=True))


def log_sigmoid(logits):
    """Return the logarithm of the sigmoid, log(1 / (1 + exp(-z))).

    Parameters
    ----------
    logits : float tensor (...)
        Scores.

    Returns
    -------
    float tensor (...)
        Log-probabilities of "yes", at most 0; those of "no" are ``log_sigmoid(-logits)``.

    Source: softmax over the two scores z and 0.
    """
    return -torch.logaddexp(-logits, torch.zeros_like(logits))
