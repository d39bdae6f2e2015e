"""Attention rollout: which tokens the output looks at, through all layers."""

from __future__ import annotations

import torch


def rollout(layers):
    r"""Multiply the attention of all layers, with half of each kept for the residual path.

    .. math:: \tilde A = \tilde A_L \cdots \tilde A_1, \qquad \tilde A_l = (A_l + I) / 2

    Parameters
    ----------
    layers : sequence of L float tensors (T, T); attention of each layer, the mean of its heads, the
        lowest first; rows sum to 1

    Returns
    -------
    float tensor (T, T); row t says where the output at t comes from; rows sum to 1

    Raises
    ------
    ValueError: no layers, or a table that is not square

    Examples
    --------
    >>> rollout([torch.tensor([[0.0, 1.0], [0.0, 1.0]])]).tolist()
    [[0.5, 0.5], [0.0, 1.0]]

    Source: Abnar & Zuidema 2020, section 3.
    """
    layers = list(layers)
    if not layers or any(A.dim() != 2 or A.size(0) != A.size(1) for A in layers):
        shapes = [tuple(A.shape) for A in layers]
        raise ValueError(f"attention of shapes {shapes}: give one table (T, T) a layer")
    product = torch.eye(len(layers[0]), dtype=layers[0].dtype, device=layers[0].device)
    for A in layers:
        product = (A + torch.eye(len(A), dtype=A.dtype, device=A.device)) / 2 @ product
    return product
