"""Is a reason faithful? Curves of a score as the words that it names go, or come."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed

SHARES = (0.2, 0.4, 0.6, 0.8)


def curves(explained, importance, shares=SHARES):
    """Score a text without its most important words, and with these alone.

    Parameters
    ----------
    explained : object with ``score(kept)``; such as ``ExplainedText``; of n units
    importance : float array (n,) or (m, n); larger first, ties from left to right; several are
        judged together, which is faster
    shares : sequence of float; between 0 and 1, ascending: the shares of units that go or come

    Returns
    -------
    deletion, insertion : float array (n_shares + 2,) or (m, n_shares + 2); at 0, the shares, and 1

    Raises
    ------
    ValueError: another number of importances than units, one that is no number, or shares that do
        not ascend between 0 and 1

    Source: Petsiuk et al. 2018 (deletion and insertion); DeYoung et al. 2020 (for text).
    """
    importance = np.asarray(importance, dtype=np.float64)
    n = len(explained)
    if importance.ndim not in (1, 2) or importance.shape[-1] != n:
        raise ValueError(f"importance of shape {importance.shape}: give one number a unit, {n}")
    if not np.isfinite(importance).all():
        raise ValueError(f"importance {importance.tolist()}: give finite numbers")
    if not (np.diff([0, *shares, 1]) > 0).all():
        raise ValueError(f"shares={tuple(shares)}: give shares that ascend between 0 and 1")
    place = np.argsort(np.argsort(-importance, axis=-1, kind="stable"), axis=-1)  # (..., n)
    counts = np.array([_rounded(share * n) for share in (0, *shares, 1)])[:, None]
    gone = place[..., None, :] < counts  # (..., n_shares + 2, n)
    both = np.stack([~gone, gone])
    kept, back = np.unique(both.reshape(-1, n), axis=0, return_inverse=True)
    return tuple(explained.score(kept)[back.ravel()].reshape(both.shape[:-1]))


def faithfulness(deletion, insertion, shares=SHARES):
    """Return the area between the two curves: 0 is what random reasons reach.

    Parameters
    ----------
    deletion, insertion : float array (..., n_shares + 2)
    shares : sequence of float; as in ``curves``

    Returns
    -------
    float array (...); in units of the score: by how much it is higher, on average over the shares,
        with the important words than with the others

    Examples
    --------
    >>> float(faithfulness([1.0, 0.0, 0.0], [0.0, 1.0, 1.0], shares=[0.5]))
    0.5
    """
    x = np.array([0, *shares, 1])
    return np.trapezoid(np.subtract(insertion, deletion), x, axis=-1)


def random_importance(n, seed):
    """Return a random order of n units, as importances.

    Parameters
    ----------
    n : int; 1 or more
    seed : int or sequence of int

    Returns
    -------
    float array (n,)
    """
    check_seed(seed)
    check_number("n", n, least=1, whole=True)
    return np.random.default_rng(seed).permutation(n).astype(np.float64)


def _rounded(value):
    """Halves up, so that the order of shares is kept on every machine."""
    return int(value + 0.5 + 1e-9)
