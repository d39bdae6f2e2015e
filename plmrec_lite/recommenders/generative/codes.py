"""Codes of items: vectors rounded level by level, so that items that are alike begin alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed

MOST_ROUNDS = 100
N_STARTS = 10


def k_means(vectors, n_centres, seed=0, n_rounds=MOST_ROUNDS, n_starts=N_STARTS):
    """Part vectors into groups around centres, by Lloyd's algorithm from k-means++ centres.

    Of several starts, the one stays whose vectors lie nearest to their centres (in squares). A
    group that runs empty takes the vector that is furthest from its own centre, so that equal
    vectors may part where fewer vectors differ than there are centres.

    Parameters
    ----------
    vectors : float array (n, d)
    n_centres : int; 1 to n
    seed : int; draws the first centres
    n_rounds : int; a start ends before, once no vector changes its group
    n_starts : int

    Returns
    -------
    groups : int array (n,)
    centres : float64 array (n_centres, d); the mean of each group

    Raises
    ------
    ValueError: ``vectors`` is not (n, d) or not finite, or a number is out of range

    Source: Lloyd 1982; Arthur & Vassilvitskii 2007.
    """
    check_seed(seed)
    vectors = _checked(vectors)
    check_number("n_centres", n_centres, least=1, most=len(vectors), whole=True)
    check_number("n_rounds", n_rounds, least=1, whole=True)
    check_number("n_starts", n_starts, least=1, whole=True)
    rng, best = np.random.default_rng(seed), None
    for _ in range(n_starts):
        groups, centres = lloyd(vectors, first_centres(vectors, n_centres, rng), n_rounds)
        left = float(((vectors - centres[groups]) ** 2).sum())
        if best is None or left < best[0]:
            best = left, groups, centres
    return best[1:]


def first_centres(vectors, n_centres, rng):
    """Draw vectors as centres, each with a probability that grows with its squared distance.

    Parameters
    ----------
    vectors : float64 array (n, d)
    n_centres : int
    rng : numpy.random.Generator

    Returns
    -------
    float64 array (n_centres, d); where fewer vectors differ, some of them twice
    """
    chosen = [int(rng.integers(len(vectors)))]
    nearest = _squared_distances(vectors, vectors[chosen])[:, 0]
    while len(chosen) < n_centres:
        total = nearest.sum()
        share = nearest / total if total > 0 else None
        chosen.append(int(rng.choice(len(vectors), p=share)))
        nearest = np.minimum(nearest, _squared_distances(vectors, vectors[chosen[-1:]])[:, 0])
    return vectors[chosen]


def lloyd(vectors, centres, n_rounds=MOST_ROUNDS):
    """Move centres to the means of the vectors that are nearest to them, until nothing moves.

    Parameters
    ----------
    vectors : float64 array (n, d)
    centres : float64 array (k, d)
    n_rounds : int

    Returns
    -------
    groups : int array (n,); ties go to the lower group
    centres : float64 array (k, d)

    Raises
    ------
    ValueError: vectors or centres are of another shape or not finite
    """
    vectors, groups = _checked(vectors), None
    centres = _checked(centres, "centres", vectors.shape[1])
    for _ in range(n_rounds):
        distances = _squared_distances(vectors, centres)
        nearest = distances.argmin(axis=1)
        if groups is not None and np.array_equal(nearest, groups):
            break
        groups = _none_empty(nearest, distances[np.arange(len(vectors)), nearest], len(centres))
        member = csr_array(
            (np.ones(len(groups)), (groups, np.arange(len(groups)))), (len(centres), len(groups))
        )
        centres = member @ vectors / np.bincount(groups, minlength=len(centres))[:, None]
    return groups, centres


def _none_empty(groups, distances, n_groups):
    """Give each empty group the vector that is furthest from its centre."""
    groups = groups.copy()
    for empty in np.flatnonzero(np.bincount(groups, minlength=n_groups) == 0):
        shared = np.bincount(groups, minlength=n_groups)[groups] > 1
        row = int(np.argmax(np.where(shared, distances, -1)))
        groups[row], distances[row] = empty, 0
    return groups


def _squared_distances(vectors, centres):
    """Return the squared distances (n, k) of vectors (n, d) to centres (k, d)."""
    squares = (vectors**2).sum(axis=1)[:, None] - vectors @ (2 * centres.T)
    return np.maximum(squares + (centres**2).sum(axis=1), 0)


@dataclass(frozen=True, eq=False)
class ItemCodes:
    """A code for each item, and the codebooks that turn codes back into vectors.

    Parameters
    ----------
    codes : int array (n_items, n_levels)
    codebooks : tuple of n_levels float64 arrays (k, d)
    """

    codes: np.ndarray
    codebooks: tuple

    def of(self, vectors):
        """Code other vectors, such as those of new items, by the same codebooks.

        A `CodeWriter` that is fitted cannot write a code that no item had: fit it again.

        Parameters
        ----------
        vectors : float array (n, d)

        Returns
        -------
        int array (n, n_levels); not made unique

        Raises
        ------
        ValueError: ``vectors`` is not (n, d) or not finite
        """
        left, digits = _checked(vectors, width=self.codebooks[0].shape[1]), []
        for book in self.codebooks:
            digits.append(_squared_distances(left, book).argmin(axis=1))
            left = left - book[digits[-1]]
        return np.column_stack(digits)

    def vectors(self, n_levels=None):
        """Return the vectors that the first levels of the codes stand for.

        Parameters
        ----------
        n_levels : int or None; None takes all

        Returns
        -------
        float64 array (n_items, d)

        Raises
        ------
        ValueError: ``n_levels`` is not 1 to the number of levels
        """
        if n_levels is not None:
            most = len(self.codebooks)
            check_number("n_levels", n_levels, least=1, most=most, whole=True)
        levels = list(zip(self.codes.T, self.codebooks, strict=True))[:n_levels]
        return sum(book[column] for column, book in levels)

    def unique(self):
        """Return the codes with one digit more, which numbers the items that share a code.

        Returns
        -------
        int array (n_items, n_levels + 1); no two rows are equal
        """
        seen, last = {}, np.zeros(len(self.codes), dtype=int)
        for item, code in enumerate(map(tuple, self.codes)):
            last[item] = seen[code] = seen.get(code, -1) + 1
        return np.column_stack([self.codes, last])

    def collisions(self):
        """Say how often items share their code.

        Returns
        -------
        float; the share of items that have the code of another, from 0 to 1
        """
        _, counts = np.unique(self.codes, axis=0, return_counts=True)
        return float(counts[counts > 1].sum() / len(self.codes))

    def entropies(self):
        """Say how evenly each level uses its codebook.

        Returns
        -------
        float array (n_levels,); the entropy of its digits, in bits
        """
        found = []
        for column in self.codes.T:
            share = np.bincount(column) / len(column)
            share = share[share > 0]
            found.append(float(-(share * np.log2(share)).sum()))
        return np.array(found)

    def shuffled(self, seed):
        """Return the same codes shuffled among the items: a control, in which they mean nothing.

        Parameters
        ----------
        seed : int

        Returns
        -------
        ItemCodes
        """
        check_seed(seed)
        order = np.random.default_rng(seed).permutation(len(self.codes))
        return ItemCodes(self.codes[order], self.codebooks)


def residual_codes(vectors, n_centres=(32, 32, 32), seed=0):
    """Round vectors level by level: each level groups what the levels before it left over.

    Parameters
    ----------
    vectors : float array (n, d)
    n_centres : sequence of int; of each level, 1 to n
    seed : int; level l draws with ``seed + l``

    Returns
    -------
    ItemCodes

    Raises
    ------
    ValueError: as ``k_means``, or no level

    Source: residual quantization, Juang & Gray 1982; for recommendation Rajput et al. 2023, whose
    codebooks are trained with a network.

    Examples
    --------
    >>> found = residual_codes([[0.0], [1.0], [10.0], [11.0]], (2, 2))
    >>> first = found.codes[:, 0].tolist()
    >>> first[0] == first[1] != first[2] == first[3]
    True
    >>> found.vectors().ravel().round(9).tolist()
    [0.0, 1.0, 10.0, 11.0]
    """
    check_seed(seed)
    left, codes, books = _checked(vectors), [], []
    if np.ndim(n_centres) != 1 or not len(n_centres):
        raise ValueError(
            f"n_centres={n_centres!r}: give the number of centres of each level, such as (32, 32)"
        )
    for level, n in enumerate(n_centres):
        groups, centres = k_means(left, n, seed + level)
        left = left - centres[groups]
        codes.append(groups)
        books.append(centres)
    return ItemCodes(np.column_stack(codes), tuple(books))


def _checked(vectors, name="vectors", width=None):
    """Return float64 vectors (n, d), n at least 1, or refuse them."""
    vectors = np.asarray(vectors, dtype=np.float64)
    if vectors.ndim != 2 or not vectors.size or width not in (None, vectors.shape[1]):
        asked = "(n, d)" if width is None else f"(n, {width})"
        raise ValueError(f"{name} has shape {vectors.shape}: give one vector a row, {asked}")
    if not np.isfinite(vectors).all():
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise ValueError(f"{name}[{row}] holds NaN or infinity: give finite numbers")
    return vectors
