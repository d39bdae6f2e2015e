r"""What vectors of words stand near to: the test of associations (WEAT), for any encoder.

A word w is nearer to attributes A than to B by :math:`s(w) = \overline{\cos}(w, A) -
\overline{\cos}(w, B)`. Two sets of target words X and Y differ by the mean of s on X less that on
Y, in standard deviations of s on both.

Source: Caliskan, Bryson & Narayanan 2017.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed


class Association(NamedTuple):
    """What ``association_test`` found.

    Attributes
    ----------
    effect : float; in standard deviations, from -2 to 2
    p : float; how often a random division of the targets has the same effect or a larger one
    n_divisions : int; how many were counted; all there are, where these are few
    """

    effect: float
    p: float
    n_divisions: int


def nearer_to_first(words, first, second):
    """Return how much nearer each word is to the first attributes than to the second.

    Parameters
    ----------
    words : float array (n, d)
    first, second : float array (n_first, d), (n_second, d); the attributes

    Returns
    -------
    float array (n,); the difference of two mean cosines, in [-2, 2]

    Raises
    ------
    ValueError: vectors of different lengths, an empty set, or a vector of zeros

    Source: Caliskan et al. 2017, "Word Embedding Association Test".
    """
    words, first, second = (_directions(vectors) for vectors in (words, first, second))
    if len({vectors.shape[1] for vectors in (words, first, second)}) > 1:
        raise ValueError("words and attributes differ in length: encode all with one encoder")
    return words @ (first.mean(axis=0) - second.mean(axis=0))


def association_test(targets, others, first, second, n_divisions=10_000, seed=0):
    """Test whether targets are nearer to the first attributes than other targets are.

    Parameters
    ----------
    targets, others : float array (n, d), (m, d); the two sets of target words
    first, second : float array (n_first, d), (n_second, d); the attributes
    n_divisions : int; random divisions of the targets into sets of these sizes; where fewer exist,
        each is counted once
    seed : int

    Returns
    -------
    Association; p is one-sided: near 1 for the opposite association

    Raises
    ------
    ValueError: fewer than two targets in a set, ``n_divisions`` below 1, or vectors as
        ``nearer_to_first`` refuses them

    Source: Caliskan et al. 2017, "Word Embedding Association Test".
    """
    check_seed(seed)
    check_number("n_divisions", n_divisions, least=1, whole=True)
    nearer = [nearer_to_first(words, first, second) for words in (targets, others)]
    if min(map(len, nearer)) < 2:
        raise ValueError(f"{len(nearer[0])} and {len(nearer[1])} targets: give two or more of each")
    both, n = np.concatenate(nearer), len(nearer[0])
    apart = nearer[0].mean() - nearer[1].mean()
    sums, counted = _divisions(both, n, n_divisions, seed)
    drawn = sums / n - (both.sum() - sums) / (len(both) - n)
    as_large = int((drawn >= apart - 1e-12).sum())
    p = as_large / len(drawn) if counted else (as_large + 1) / (len(drawn) + 1)
    return Association(float(apart / both.std(ddof=1)), p, len(drawn))


def _divisions(values, n, most, seed):
    """The sums of n of the values, for every choice of n or for random ones; whether for all."""
    if math.comb(len(values), n) <= most:
        chosen = itertools.combinations(range(len(values)), n)
        return np.array([values[list(rows)].sum() for rows in chosen]), True
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(values)[:n].sum() for _ in range(most)]), False


def _directions(vectors):
    """Vectors scaled to length 1, (n, d)."""
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2 or not len(vectors):
        raise ValueError(f"vectors of shape {vectors.shape}: give a table (n, d), n at least 1")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (lengths > 0).all():
        row = int(np.argmin(lengths))
        raise ValueError(f"vector {row} has no direction: leave its word out, or choose another")
    return vectors / lengths
