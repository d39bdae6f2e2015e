"""Tables of vectors, one row an item: centred, whitened, scaled, joined."""

from __future__ import annotations

import numpy as np


def centre(vectors):
    """Subtract the mean of vectors.

    Parameters
    ----------
    vectors : float array (n, d)

    Returns
    -------
    float array (n, d); same dtype
    """
    vectors = np.asarray(vectors)
    return vectors - vectors.mean(axis=0)


def whiten(vectors, n_components=None):
    """Centre vectors, make their dimensions uncorrelated, and give each variance one.

    Parameters
    ----------
    vectors : float array (n, d); at least two different rows
    n_components : int or None; directions to keep, the most spread first; None: all with spread

    Returns
    -------
    float array (n, n_components); mean 0, variance 1, covariance 0; same dtype

    Raises
    ------
    ValueError: NaN or infinity, no spread, or fewer directions than asked

    Source: Su, Cao, Liu and Ou 2021.
    """
    vectors = np.asarray(vectors)
    if vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise ValueError(
            f"vectors of shape {vectors.shape} must be a table (n, d) of finite numbers: "
            "drop the rows with NaN or infinity"
        )
    centred = vectors.astype(np.float64) - vectors.mean(0, dtype=np.float64)
    left, spread, _ = np.linalg.svd(centred, full_matrices=False)
    rank = int((spread > spread.max(initial=0) * 1e-6).sum())
    keep = rank if n_components is None else n_components
    if not 1 <= keep <= rank:
        raise ValueError(
            f"n_components={n_components}: these {len(vectors)} vectors spread in {rank} "
            "direction(s); ask for at least 1 and at most that many"
        )
    signs = np.sign(left[np.abs(left[:, :keep]).argmax(0), range(keep)])  # one sign on any machine
    return (left[:, :keep] * signs * np.sqrt(len(vectors))).astype(vectors.dtype)


def unit_scale(vectors):
    """Centre vectors, and give them a mean squared length of 1, which fixes the scale of a penalty.

    Parameters
    ----------
    vectors : array (n_items, d)

    Returns
    -------
    float64 array (n_items, d); zeros if all rows are equal
    """
    centred = np.asarray(vectors, dtype=np.float64) - np.mean(vectors, axis=0, dtype=np.float64)
    length = np.sqrt((centred**2).sum(axis=1).mean())
    return centred / (length + (length == 0))


def join(first, second, weight=0.5):
    r"""Put two kinds of item vectors side by side, at a chosen share.

    Each goes through ``unit_scale``; then the inner product of two joined rows is
    :math:`(1 - \beta)` times that of the first kind plus :math:`\beta` times that of the second.

    Parameters
    ----------
    first, second : float array (n_items, d_1) and (n_items, d_2)
    weight : float; :math:`\beta`, the share of ``second``, 0 to 1

    Returns
    -------
    float64 array (n_items, d_1 + d_2)

    Raises
    ------
    ValueError: the numbers of rows differ, or ``weight`` is out of range

    Source: Shawe-Taylor & Cristianini 2004, section 3.4 (sums of kernels).
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} rows and {len(second)} rows: give both for the same items")
    if not 0 <= weight <= 1:
        raise ValueError(f"weight={weight}: give a number from 0 to 1")
    first, second = (unit_scale(vectors) for vectors in (first, second))
    return np.hstack([np.sqrt(1 - weight) * first, np.sqrt(weight) * second])


def standardize(scores):
    """Give each row of scores mean 0 and deviation 1, so that two kinds can be added.

    Parameters
    ----------
    scores : float array (..., n_items)

    Returns
    -------
    float64 array (..., n_items); equal scores become zeros
    """
    scores = np.asarray(scores, dtype=np.float64)
    centred = scores - scores.mean(axis=-1, keepdims=True)
    deviation = centred.std(axis=-1, keepdims=True)
    return centred / (deviation + (deviation == 0))
