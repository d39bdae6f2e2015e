"""The parts of a batch that several processes, or several passes, share."""

from __future__ import annotations

import torch


def cut(batch, n_parts):
    """Cut a batch by rows into parts of equal size, without those that would have no row.

    Parameters
    ----------
    batch : dict; see ``train``
    n_parts : int; part i has rows i, i + n_parts, i + 2 n_parts and so on

    Returns
    -------
    list of dict

    Raises
    ------
    ValueError: tensors without rows, or of unequally many

    Examples
    --------
    >>> [part["x"].tolist() for part in cut({"x": torch.arange(3), "n": 3}, 2)]
    [[0, 2], [1]]
    """
    rows = {key: len(v) for key, v in batch.items() if isinstance(v, torch.Tensor) and v.ndim}
    if not rows or len(set(rows.values())) > 1 or not min(rows.values()):
        raise ValueError(
            f"a batch with rows {rows}: give tensors of equally many rows, at least one, and put "
            'what all rows share under "shared"'
        )
    n_rows = min(rows.values())
    return [
        {key: value[i::n_parts] if key in rows else value for key, value in batch.items()}
        for i in range(min(n_parts, n_rows))
    ]
