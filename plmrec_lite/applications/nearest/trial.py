"""Searches compared with the exact one: vectors to search, what is found, and how fast."""

from __future__ import annotations

import time

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed


def mixtures(vectors, n, noise=0.3, seed=0):
    """Make many vectors of few: each between two of them, with noise.

    Parameters
    ----------
    vectors : float array (m, d); of length 1
    n : int
    noise : float; the length of the noise, about
    seed : int

    Returns
    -------
    float32 array (n, d); of length 1

    Raises
    ------
    ValueError: n or noise is out of range
    """
    check_seed(seed)
    check_number("n", n, least=1, whole=True)
    check_number("noise", noise, least=0)
    rng, vectors = np.random.default_rng(seed), np.asarray(vectors, dtype=np.float32)
    d, made = vectors.shape[1], np.empty((n, vectors.shape[1]), dtype=np.float32)
    for start in range(0, n, 2**16):  # so that memory holds little beside the result
        rows = made[start : start + 2**16]
        one, other = rng.integers(len(vectors), size=(2, len(rows)))
        share = rng.random((len(rows), 1), dtype=np.float32)
        rows[:] = rng.standard_normal((len(rows), d), dtype=np.float32)
        rows *= noise / np.sqrt(d)
        rows += share * vectors[one] + (1 - share) * vectors[other]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def shares_found(found, nearest):
    """Return the share of the nearest that a search found (recall@k).

    Parameters
    ----------
    found : int array (n, k); what the search gave, -1 for nothing
    nearest : int array (n, k); of the exact search

    Returns
    -------
    float array (n,)
    """
    return np.array([len(set(a) & set(b)) / len(b) for a, b in zip(found, nearest, strict=True)])


def milliseconds(ask, queries):
    """Return how long each question takes, asked one after the other.

    Parameters
    ----------
    ask : callable; takes one of the queries
    queries : sequence

    Returns
    -------
    float array (n,); the first query is asked twice, and its first answer is not counted
    """
    ask(queries[0])
    taken = []
    for query in queries:
        start = time.perf_counter()
        ask(query)
        taken.append(1000 * (time.perf_counter() - start))
    return np.array(taken)
