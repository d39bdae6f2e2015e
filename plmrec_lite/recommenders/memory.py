"""Refusing what cannot fit, before the machine has worked on it for an hour."""

from __future__ import annotations

import psutil


def check_memory(model, n_bytes, what, instead):
    """Refuse a model whose arrays would not fit into the memory that is free.

    Parameters
    ----------
    model : str; the model's name
    n_bytes : int; what it would hold at its peak
    what : str; what takes the memory, with its size
    instead : str; what to use in its place

    Raises
    ------
    MemoryError: that is more than is free (the message names both)
    """
    free = psutil.virtual_memory().available
    if n_bytes > free:
        raise MemoryError(
            f"{model} would take {n_bytes / 1e9:,.1f} GB for {what}, and {free / 1e9:,.1f} GB are "
            f"free: use {instead}"
        )
