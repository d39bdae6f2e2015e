"""Vectors in fewer bytes: fewer numbers, a byte for each number, or a bit."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_choice, check_number

KINDS = ("float32", "int8", "binary")


def main_directions(vectors, n):
    """Return the n directions in which vectors are longest, for `shortened`.

    Parameters
    ----------
    vectors : float array (m, d); not those of queries or of a test
    n : int; 1 to d

    Returns
    -------
    float32 array (d, n); orthonormal columns, the longest first

    Source: Eckart and Young 1936 (no n directions keep more of the dot products' squares).
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    check_number("n", n, least=1, most=vectors.shape[1], whole=True)
    directions = np.linalg.eigh(vectors.T @ vectors).eigenvectors  # the shortest first
    return directions[:, ::-1][:, :n].astype(np.float32)


def shortened(vectors, n, directions=None):
    """Keep n numbers of each vector, and scale what is left to length 1.

    Parameters
    ----------
    vectors : float array (m, d)
    n : int; 1 to d
    directions : float array (d, at least n) or None; of `main_directions`; None keeps the first
        numbers as they are

    Returns
    -------
    float32 array (m, n)

    Raises
    ------
    ValueError: n is out of range, or the directions are of other vectors

    Source: Kusupati et al. 2022 (models that are trained to be cut so; MiniLM is not).
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    check_number("n", n, least=1, most=vectors.shape[1], whole=True)
    if directions is not None and (len(directions) != vectors.shape[1] or directions.shape[1] < n):
        raise ValueError(
            f"directions of shape {directions.shape} for vectors of {vectors.shape[1]} numbers "
            f"and n={n}: make them by main_directions of such vectors"
        )
    short = vectors[:, :n] if directions is None else vectors @ directions[:, :n]
    lengths = np.linalg.norm(short, axis=1, keepdims=True)
    return short / np.where(lengths == 0, 1, lengths)  # a vector of zeros stays


class CompressedIndex:
    """An exhaustive search over vectors that are kept in fewer bytes.

    Parameters
    ----------
    vectors : float array (n, d); of length 1; for ``"binary"`` d is a multiple of 8
    kind : {"float32", "int8", "binary"}; 4 bytes a number; one byte, over the range of each of the
        d numbers; one bit, its sign
    rescore : int or None; ``"binary"`` finds ``rescore`` times as many by their bits, and orders
        them by the query's dot products with one-byte vectors, which may lie on a disk

    Attributes
    ----------
    n_bytes : int; that a search goes through
    n_bytes_beside : int; that it looks up, for rescoring

    Raises
    ------
    ValueError: an unknown kind, vectors that are not finite, a d that bits do not fill, or
        ``rescore`` without bits

    Source: Douze et al. 2024 (faiss); Shakir et al. 2024 (bits and rescoring).
    """

    def __init__(self, vectors, kind="int8", rescore=None):
        import faiss

        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        check_choice("kind", kind, KINDS)
        if vectors.ndim != 2 or not len(vectors) or not np.isfinite(vectors).all():
            raise ValueError(f"vectors of shape {vectors.shape}: give rows of finite numbers")
        if rescore is not None:
            check_number("rescore", rescore, least=1, whole=True)
        if rescore is not None and kind != "binary":
            raise ValueError(f"rescore={rescore} with kind={kind!r}: only bits are rescored")
        self.kind, self.rescore = kind, rescore
        n, d = self.shape = vectors.shape
        self.n_bytes, self.n_bytes_beside = n * d * (4 if kind == "float32" else 1), 0
        self._bytes = None
        if kind != "float32" and (kind == "int8" or rescore is not None):
            self._bytes = faiss.IndexScalarQuantizer(
                d, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
            )
            self._bytes.train(vectors)
            self._bytes.add(vectors)
        if kind == "binary":
            if d % 8:
                raise ValueError(f"vectors of {d} numbers: bits need a multiple of 8")
            self.n_bytes = n * d // 8
            self.n_bytes_beside = n * d if rescore is not None else 0
            self._index = faiss.IndexBinaryFlat(d)
            self._index.add(_bits(vectors))
        elif kind == "int8":
            self._index = self._bytes
        else:
            self._index = faiss.IndexFlatIP(d)
            self._index.add(vectors)

    def __len__(self):
        return self.shape[0]

    def search(self, queries, k=10):
        """Return the k nearest vectors of each query.

        Parameters
        ----------
        queries : float array (m, d)
        k : int; 1 to n

        Returns
        -------
        int array (m, k); rows of the vectors, the nearest first

        Raises
        ------
        ValueError: k is out of range, or the queries are of another length
        """
        n, d = self.shape
        check_number("k", k, least=1, most=n, whole=True)
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if queries.ndim != 2 or queries.shape[1] != d:
            raise ValueError(f"queries of shape {queries.shape}: give rows of {d} numbers")
        if self.kind != "binary":
            return self._index.search(queries, k)[1]
        wide = min(n, k * (self.rescore or 1))
        found = self._index.search(_bits(queries), wide)[1]  # (m, wide)
        if self.rescore is None:
            return found
        ordered = np.empty((len(queries), k), dtype=found.dtype)
        for row, (query, near) in enumerate(zip(queries, found, strict=True)):
            scores = self._bytes.reconstruct_batch(near) @ query
            ordered[row] = near[np.argsort(-scores, kind="stable")[:k]]
        return ordered

    def decoded(self):
        """Return the vectors as the bytes tell them, for whatever learns from vectors.

        Returns
        -------
        float32 array (n, d); of bits, each number is 1 or -1 over the root of d
        """
        n, d = self.shape
        if self.kind != "binary":
            return self._index.reconstruct_n(0, n)
        codes = np.stack([self._index.reconstruct(row) for row in range(n)])
        bits = np.unpackbits(codes, axis=1).astype(np.float32)
        return (2 * bits - 1) / np.float32(d**0.5)


def _bits(vectors):
    """The signs of vectors, eight in a byte, uint8 (n, d / 8)."""
    return np.packbits(vectors > 0, axis=1)
