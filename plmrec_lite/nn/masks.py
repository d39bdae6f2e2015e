"""Masks: who may attend to whom.

They follow torch: in a boolean mask True means "may attend"; a float mask is added to the
scores, so 0 allows and -inf forbids.
"""

from __future__ import annotations

import torch


def causal_mask(length, device=None):
    """Return the mask that hides the future: position t may attend to 0..t.

    Parameters
    ----------
    length : int
        Number of positions, T.
    device : torch.device, str or None
        Where the mask should live.

    Returns
    -------
    bool tensor (T, T)
        True where row t may attend to the column.

    Examples
    --------
    >>> causal_mask(2)
    tensor([[ True, False],
            [ True,  True]])

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def additive_mask(mask, shape, dtype):
    """Return a mask as numbers to add to the scores: 0 where allowed, -inf where not.

    Parameters
    ----------
    mask : bool or float tensor
        A float mask comes back as it is, in the dtype asked for.
    shape : tuple of int
        The shape of the scores, to which the mask must broadcast.
    dtype : torch.dtype
        The dtype of the scores.

    Returns
    -------
    float tensor
        In the shape of ``mask``.

    Raises
    ------
    ValueError
        If the mask holds integers (a tokenizer's 0 and 1, say) or its shape does not fit.

    Source: Vaswani et al. 2017, section 3.2.3.
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
