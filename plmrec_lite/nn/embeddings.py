"""Embeddings: a row of numbers for each word or item."""

from __future__ import annotations

import torch
from torch.nn.functional import normalize


def one_hot(ids, n):
    """Write each id as a row of zeros with a single one.

    Parameters
    ----------
    ids : int tensor (...)
        Ids from 0 to n - 1.
    n : int
        How many ids there are.

    Returns
    -------
    float tensor (..., n)
        ``one_hot(ids, n) @ W`` picks rows of W, which is all that an embedding does.

    Raises
    ------
    ValueError
        If an id is outside 0..n-1 or no integer.

    Examples
    --------
    >>> one_hot(torch.tensor([2, 0]), 3)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])

    Source: Bengio et al. 2003.
    """
    _check_ids(ids, n)
    return (ids.unsqueeze(-1) == torch.arange(n, device=ids.device)).to(torch.get_default_dtype())


def lookup(W, ids):
    """Take the rows of an embedding matrix: what ``one_hot(ids, n) @ W`` gives, without the zeros.

    Parameters
    ----------
    W : float tensor (n, d)
        One row of d numbers for each id.
    ids : int tensor (...)
        Ids from 0 to n - 1.

    Returns
    -------
    float tensor (..., d)
        The rows.

    Raises
    ------
    ValueError
        If an id is outside 0..n-1 or no integer.

    Source: Bengio et al. 2003.
    """
    _check_ids(ids, len(W))
    rows = W.index_select(0, ids.flatten())  # W[ids], with a gradient that costs half as much
    return rows.view(*ids.shape, W.shape[1])


@torch.no_grad()
def nearest(vectors, query, k=10, exclude=()):
    """Find the rows that point most nearly the same way as a query.

    Parameters
    ----------
    vectors : float tensor or array (n, d)
        The rows to search.
    query : float tensor or array (d,)
        A row of the matrix, or a sum such as king - man + woman.
    k : int, default 10
        How many to return.
    exclude : iterable of int
        Rows to leave out, such as those that the query is made of.

    Returns
    -------
    ids : int tensor (k,)
        The nearest rows, nearest first; of equal ones the smaller id first.
    cosines : float tensor (k,)
        Their cosine similarity to the query, in [-1, 1]; 0 for a row of zeros.

    Raises
    ------
    ValueError
        If shapes disagree, an excluded id is no row, or fewer than k rows are left.

    Examples
    --------
    >>> nearest(torch.eye(3), torch.tensor([1.0, 0.5, 0.0]), k=1, exclude=[0])[0]
    tensor([1])

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
    """Refuse ids that are no rows of a table of n rows."""
    if ids.is_floating_point() or ids.dtype == torch.bool:
        raise ValueError(f"ids are {ids.dtype}: use integers")
    outside = (ids < 0) | (ids >= n)
    if outside.any():
        raise ValueError(
            f"id {ids[outside][0].item()} is outside 0..{n - 1}, the {n} rows there are"
        )
