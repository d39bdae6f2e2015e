"""Masks: who may attend to whom, by torch's convention.

In a boolean mask True means "may attend"; a float mask is added to the scores.
"""

from __future__ import annotations

import torch


def causal_mask(length, device=None):
    """Hide the future: position t may attend to 0..t.

    Parameters
    ----------
    length : int; T
    device : torch.device, str or None

    Returns
    -------
    bool tensor (T, T)

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def additive_mask(mask, shape, dtype):
    """Write a mask as numbers to add to the scores: 0 where allowed, -inf where not.

    Parameters
    ----------
    mask : bool or float tensor; a float mask is only cast
    shape : tuple of int; of the scores, to which the mask must broadcast
    dtype : torch.dtype; of the scores

    Returns
    -------
    float tensor; in the shape of ``mask``

    Raises
    ------
    ValueError: a mask of integers (a tokenizer's 0 and 1, say), or of a shape that does not fit
    """
    if mask.dtype != torch.bool and not mask.is_floating_point():
        raise ValueError(
            f"the mask is {mask.dtype}: use mask.bool() (True = may attend) or a float mask"
        )
    pairs = zip(reversed(mask.shape), reversed(shape), strict=False)
    if mask.ndim > len(shape) or any(m not in (1, s) for m, s in pairs):
        raise ValueError(
            f"a mask of shape {tuple(mask.shape)} does not fit scores of shape {tuple(shape)}; "
            "a padding mask (B, T) goes in as mask[:, None, None, :]"
        )
    if mask.dtype == torch.bool:
        return torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, -torch.inf)
    return mask.to(dtype)
