"""Exact search, IVF and HNSW at ten thousand, a hundred thousand and a million vectors.

One thread, so that a latency is that of one core. The vectors are made of MiniLM's vectors of the
films, as on the page: no catalogue of a million real texts comes with the book. A million vectors
of 384 numbers take 1.5 GB, an index of them as much again.
"""

from __future__ import annotations

import gc
import time
from typing import NamedTuple

import faiss
import numpy as np

from plmrec_lite.applications.nearest.trial import milliseconds, mixtures, shares_found
from plmrec_lite.data import load_movielens
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale

SIZES, N_QUERIES, K = (10_000, 100_000, 1_000_000), 200, 10
GROUPS, BREADTHS = (16, 64), (64, 512)
TITLE = (
    f"{'ten nearest of made vectors, one thread':<52}{'vectors':>9}{'recall':>9}{'p50 ms':>9}"
    f"{'p99 ms':>9}{'MB':>9}{'build s':>9}"
)


class Search(NamedTuple):
    """One line of the table."""

    what: str
    n: int
    recall: float
    p50_ms: float
    p99_ms: float
    mb: float
    build_s: float

    def __str__(self):
        return (
            f"{self.what:<52}{self.n:>9,}{self.recall:>9.3f}{self.p50_ms:>9.2f}{self.p99_ms:>9.2f}"
            f"{self.mb:>9.0f}{self.build_s:>9.1f}"
        )


def rows(sizes=SIZES):
    """Yield a line for each search and setting; the indexes of a size one after the other."""
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        texts = load_movielens().items.text.tolist()
        films = unit_scale(TextEncoder("minilm", cache=True).encode(texts))
        queries = mixtures(films[:200], N_QUERIES, seed=1)
        for n in sizes:
            vectors = mixtures(films[200:], n)
            nearest = None
            for what, index, choose, settings in _searches(*vectors.shape):
                seconds = _filled(index, vectors)
                if nearest is None:
                    nearest = index.search(queries, K)[1]
                mb = len(faiss.serialize_index(index)) / 1e6
                for setting in settings:
                    choose(index, setting)
                    found = index.search(queries, K)[1]
                    taken = milliseconds(lambda q, i=index: i.search(q[None], K), queries[:100])
                    name = f"{what} {setting}".strip()
                    p50, p99 = np.percentile(taken, [50, 99])
                    recall = shares_found(found, nearest).mean()
                    yield Search(name, n, recall, p50, p99, mb, seconds)
                index.reset()
                gc.collect()
    finally:
        faiss.omp_set_num_threads(threads)


def _searches(n, d):
    """Yield name, index, how a setting is chosen, and the settings, of each search."""
    dot = faiss.METRIC_INNER_PRODUCT
    yield "exact", faiss.IndexFlatIP(d), lambda index, setting: None, [""]
    inverted = faiss.IndexIVFFlat(faiss.IndexFlatIP(d), d, round(2 * np.sqrt(n)), dot)
    inverted.cp.niter, inverted.cp.min_points_per_centroid = 5, 5
    yield "IVF, groups:", inverted, lambda index, groups: setattr(index, "nprobe", groups), GROUPS
    graph = faiss.IndexHNSWFlat(d, 16, dot)
    graph.hnsw.efConstruction = 40

    def choose(index, breadth):
        index.hnsw.efSearch = breadth

    yield "HNSW, efSearch:", graph, choose, BREADTHS


def _filled(index, vectors):
    """Put the vectors in, and say how many seconds it took."""
    begin = time.perf_counter()
    index.train(vectors[: 50 * round(2 * np.sqrt(len(vectors)))])  # only IVF learns
    index.add(vectors)
    return time.perf_counter() - begin
