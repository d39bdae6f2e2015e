"""Embeddings: a row of numbers for each word or item."""

from __future__ import annotations

import torch
from torch.nn.functional import normalize


def one_hot(ids, n):
    """Write each id as a row of zeros with a single one: ``one_hot(ids, n) @ W`` picks rows of W.

    Parameters
    ----------
    ids : int tensor (...), 0 to n - 1
    n : int

    Returns
    -------
    float tensor (..., n)

    Raises
    ------
    ValueError: an id outside 0..n-1, or no integer

    Source: Bengio et al. 2003.
    """
    _check_ids(ids, n)
    return (ids.unsqueeze(-1) == torch.arange(n, device=ids.device)).to(torch.get_default_dtype())


def lookup(W, ids):
    """Take rows of an embedding matrix: what ``one_hot(ids, n) @ W`` gives, without the zeros.

    Parameters
    ----------
    W : float tensor (n, d)
    ids : int tensor (...), 0 to n - 1

    Returns
    -------
    float tensor (..., d)

    Raises
    ------
    ValueError: an id outside 0..n-1, or no integer
    """
    _check_ids(ids, len(W))
    rows = W.index_select(0, ids.flatten())  # W[ids], with a gradient that costs half as much
    return rows.view(*ids.shape, W.shape[1])


@torch.no_grad()
def nearest(vectors, query, k=10, exclude=()):
    """Find the rows with the highest cosine similarity to a query.

    Parameters
    ----------
    vectors : float tensor or array (n, d)
    query : float tensor or array (d,); a row, or a sum such as king - man + woman
    k : int
    exclude : iterable of int; rows to leave out, such as those that the query is made of

    Returns
    -------
    ids : int tensor (k,); the nearest first, of equal ones the smaller id first
    cosines : float tensor (k,), in [-1, 1]; 0 for a row of zeros

    Raises
    ------
    ValueError: shapes disagree, an excluded id is no row, or fewer than k rows are left

    Source: Mikolov, Yih and Zweig 2013.
    """
    vectors = torch.as_tensor(vectors)
    query = torch.as_tensor(query).to(vectors)  # same dtype and device
    if vectors.ndim != 2 or query.shape != vectors.shape[1:]:
        raise ValueError(
            f"vectors {tuple(vectors.shape)} and query {tuple(query.shape)}: use (n, d) and (d,)"
        )
    exclude = torch.as_tensor(sorted(set(exclude)), dtype=torch.long, device=vectors.device)
    _check_ids(exclude, len(vectors))
    left = len(vectors) - len(exclude)
    if not 1 <= k <= left:
        raise ValueError(f"k={k}: {left} rows are left to choose from, so use 1..{left}")
    cosines = normalize(vectors, dim=-1) @ normalize(query, dim=-1)
    ranking = cosines.index_fill(0, exclude, -torch.inf).sort(descending=True, stable=True)
    return ranking.indices[:k], cosines[ranking.indices[:k]]


def _check_ids(ids, n):
    if ids.is_floating_point() or ids.dtype == torch.bool:
        raise ValueError(f"ids are {ids.dtype}: use integers")
    outside = (ids < 0) | (ids >= n)
    if outside.any():
        raise ValueError(
            f"id {ids[outside][0].item()} is outside 0..{n - 1}, the {n} rows there are"
        )
