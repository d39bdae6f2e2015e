"""Folds of items in which variants of one thing stay together, and vectors scaled by a part."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed


class Fold(NamedTuple):
    """The rows of one fold's three parts.

    Attributes
    ----------
    train, validation, test : int arrays
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def family_folds(families, n_folds=5, seed=0):
    """Deal families out to folds of about equal size.

    Each fold is tested once, with the next one for validation and the others for training.

    Parameters
    ----------
    families : int array (n,); equal for items that must not be parted
    n_folds : int; at least 3
    seed : int

    Returns
    -------
    list of n_folds Fold

    Raises
    ------
    ValueError: fewer than 3 folds, or fewer families than folds
    """
    check_seed(seed)
    check_number("n_folds", n_folds, least=3, whole=True)
    codes = np.unique(np.asarray(families), return_inverse=True)[1]
    sizes = np.bincount(codes)
    if len(sizes) < n_folds:
        raise ValueError(f"{len(sizes)} families for n_folds={n_folds}: give at least one each")
    order = np.random.default_rng(seed).permutation(len(sizes))
    number = np.empty(len(sizes), dtype=np.int64)
    filled = np.zeros(n_folds, dtype=np.int64)
    for family in order:  # each to the emptiest fold so far
        number[family] = filled.argmin()
        filled[number[family]] += sizes[family]
    fold = number[codes]
    return [
        Fold(
            np.flatnonzero((fold != k) & (fold != (k + 1) % n_folds)),
            np.flatnonzero(fold == (k + 1) % n_folds),
            np.flatnonzero(fold == k),
        )
        for k in range(n_folds)
    ]


def scaled_by(vectors, train):
    """Centre vectors, and give them a mean squared length of 1, by some rows alone.

    Parameters
    ----------
    vectors : float array (n, d)
    train : int array (m,); the rows that mean and length are taken from

    Returns
    -------
    float32 array (n, d)
    """
    centred = np.asarray(vectors, dtype=np.float64)
    centred = centred - centred[train].mean(axis=0)
    length = np.sqrt((centred[train] ** 2).sum(axis=1).mean())
    return (centred / (length + (length == 0))).astype(np.float32)
