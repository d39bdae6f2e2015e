"""Positions: what gives attention the order of its tokens."""

from __future__ import annotations

import torch


def sinusoidal_positions(length, d_model, device=None):
    """Write each position as the hands of d_model / 2 clocks, from a fast one to a very slow one.

    Clock i turns by 10000^(-2i / d_model) radians a position; its sine stands in column 2i, its
    cosine in column 2i + 1. The product of two rows depends only on how far apart they are.

    Parameters
    ----------
    length : int; T
    d_model : int, even; C
    device : torch.device, str or None

    Returns
    -------
    float tensor (T, C)

    Raises
    ------
    ValueError: length < 1, or d_model odd or below 2

    Source: Vaswani et al. 2017, section 3.5.
    """
    if length < 1:
        raise ValueError(f"length={length}: give at least one position")
    if d_model < 2 or d_model % 2:
        raise ValueError(f"d_model={d_model}: a sine and a cosine each need a column, use 2, 4, …")
    exponent = torch.arange(0, d_model, 2, dtype=torch.float64, device="cpu") / d_model  # (C / 2,)
    places = torch.arange(length, dtype=torch.float64, device="cpu")  # (T,)
    angle = places[:, None] * 10000.0**-exponent  # (T, C / 2)
    hands = torch.stack([angle.sin(), angle.cos()], dim=-1)  # (T, C / 2, 2)
    return hands.flatten(1).to(device, torch.get_default_dtype())
