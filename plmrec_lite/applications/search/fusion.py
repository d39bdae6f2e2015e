"""Two rankings of the same documents made one: by their places, or by their scores."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from plmrec_lite.checks import check_number
from plmrec_lite.vectors import standardize


def fuse_ranks(first, second, weight=0.5, constant=60.0):
    """Reciprocal rank fusion: each document gets one over its place in either ranking.

    Parameters
    ----------
    first, second : float array (n, n_documents); scores; minus infinity bars a document
    weight : float; the share of ``second``, 0 to 1
    constant : float; added to each place: how slowly a document loses as it goes down; 0 or more

    Returns
    -------
    float array (n, n_documents); equal scores share the mean of their places; minus infinity where
        either bars a document

    Raises
    ------
    ValueError: the shapes differ, or a setting is out of range

    Examples
    --------
    >>> fuse_ranks([[3.0, 2, 1]], [[1.0, 3, 2]], constant=1).round(2).tolist()
    [[0.38, 0.42, 0.29]]

    Source: Cormack, Clarke and Buettcher 2009.
    """
    first, second = _alike(first, second, weight)
    check_number("constant", constant, least=0)
    gains = [1 / (constant + rankdata(-scores, axis=-1)) for scores in (first, second)]
    return _barred((1 - weight) * gains[0] + weight * gains[1], first, second)


def fuse_scores(first, second, weight=0.5):
    """Add up scores, each query's brought to mean 0 and deviation 1 first.

    Parameters
    ----------
    first, second, weight : as in ``fuse_ranks``

    Returns
    -------
    float array (n, n_documents); minus infinity where either bars a document

    Raises
    ------
    ValueError: the shapes differ, or ``weight`` is out of range

    Source: Fox and Shaw 1994 (sums of scores).
    """
    first, second = _alike(first, second, weight)
    return _barred((1 - weight) * _standard(first) + weight * _standard(second), first, second)


def _standard(scores):
    """Standardise each row over the documents that are not barred; a barred one becomes 0."""
    there = scores > -np.inf
    if there.all():
        return standardize(scores)
    spread = np.zeros_like(scores)
    for row, kept in enumerate(there):
        if kept.any():
            spread[row, kept] = standardize(scores[row, kept])
    return spread


def _barred(fused, first, second):
    return np.where((first == -np.inf) | (second == -np.inf), -np.inf, fused)


def _alike(first, second, weight):
    first, second = (np.asarray(scores, dtype=np.float64) for scores in (first, second))
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(
            f"scores of shapes {first.shape} and {second.shape}: give both (n, n_documents)"
        )
    check_number("weight", weight, least=0, most=1)
    return first, second
