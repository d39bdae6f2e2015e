"""Vectors of items from who met them: what codes of behaviour are made of."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed

LEAST = 1e-9  # of the largest spread: below it, a direction is rounding


def behaviour_vectors(log, n_numbers, seed=0):
    """Return a vector of each item: its part in the largest directions of who met what.

    All directions count alike, so that the first does not decide alone, and all vectors have
    length 1, so that the number of events does not decide. An item that nobody met has zeros, and
    so has a direction that the log lacks.

    Parameters
    ----------
    log : Interactions
    n_numbers : int; directions, below both n_users and n_items
    seed : int; of the randomised decomposition

    Returns
    -------
    float64 array (n_items, n_numbers)

    Raises
    ------
    ValueError: n_numbers is out of range

    Source: Deerwester et al. 1990, of terms and documents.
    """
    check_seed(seed)
    most = min(log.n_users, log.n_items) - 1
    check_number("n_numbers", n_numbers, least=1, most=most, whole=True)
    svd = TruncatedSVD(n_numbers, random_state=seed)
    found = svd.fit_transform(log.matrix().T.astype(np.float64))  # (n_items, n_numbers)
    spread = svd.singular_values_
    found = np.where(spread > LEAST * spread.max(), found / np.maximum(spread, LEAST), 0)
    return normalize(found)
