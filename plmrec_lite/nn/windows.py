"""Windows: from sequences of words or items to the pairs of neighbours that skip-gram learns."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import numpy as np


def number_tokens(sequences, min_count=1):
    """Give each token that is frequent enough an id, and write all sequences as one row of ids.

    Parameters
    ----------
    sequences : iterable of sequences of hashables; texts as words, or histories as items
    min_count : int; tokens seen less often are left out

    Returns
    -------
    tokens : list; the most frequent first, of equally frequent tokens the first seen first
    ids : int array (n,); the tokens of all sequences, one after another
    sequence : int array (n,); the number of the sequence that each comes from

    Raises
    ------
    ValueError: a sequence is a string

    Source: Mikolov, Sutskever et al. 2013, section 3.
    """
    sequences = list(sequences)
    for one in sequences:
        if isinstance(one, str):
            raise ValueError(f"the sequence {one[:30]!r} is one string: split it into words")
    counts = Counter(chain.from_iterable(sequences))
    tokens = [token for token, count in counts.most_common() if count >= min_count]
    number = {token: i for i, token in enumerate(tokens)}
    known = [[number[token] for token in one if token in number] for one in sequences]
    ids = np.fromiter(chain.from_iterable(known), dtype=np.int64)
    return tokens, ids, np.repeat(np.arange(len(known)), [len(one) for one in known])


def context_pairs(ids, sequence, window, rng=None):
    """List the pairs (centre, neighbour) of tokens at most ``window`` places apart.

    Parameters
    ----------
    ids : int array (n,); the tokens of all sequences, one after another
    sequence : int array (n,); the sequence of each; no pair crosses into another one
    window : int
    rng : numpy.random.Generator or None; if given, each centre draws its own reach from 1 to
        ``window``, so that near neighbours count more

    Returns
    -------
    int array (m, 2); in both directions

    Raises
    ------
    ValueError: window < 1

    Source: Mikolov, Chen et al. 2013, section 3.2.
    """
    if window < 1:
        raise ValueError(f"window={window}: use 1 or more")
    n = len(ids)
    reach = np.full(n, window) if rng is None else rng.integers(1, window + 1, n)
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for distance in range(1, window + 1):
        left, right = np.arange(n - distance), np.arange(distance, n)
        inside = sequence[left] == sequence[right]
        for centre, neighbour in ((left, right), (right, left)):
            kept = inside & (reach[centre] >= distance)
            pairs.append(np.stack([ids[centre[kept]], ids[neighbour[kept]]], axis=1))
    return np.concatenate(pairs)
