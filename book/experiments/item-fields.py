"""Which fields of a film, worded, ordered and pooled how, rank cold films?

Seeds, splits and penalties are those of the experiment "encoders": values of
the two can be compared choice by choice.
"""

import numpy as np
from plmrec_lite.book.packing import packed
from plmrec_lite.data import (
    cold_item_split,
    item_text,
    join_synopses,
    load_movielens,
    load_synopses,
)
from plmrec_lite.evaluation.contributions import report_places
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = tuple(range(20))
N_FOLDS = 5
FEW = ("title", "year", "genres")
FIELDS = {
    "title": ("title",),
    "year, genres": ("year", "genres"),
    "title, year, genres": FEW,
    "genres, title, year": ("genres", "title", "year"),
    "as a list": FEW,
    "... and director": (*FEW, "director"),
    "... and cast": (*FEW, "cast"),
    "... and paragraph": (*FEW, "synopsis"),
    "paragraph": ("synopsis",),
}
CASES = {
    "all films": {
        "readers": (
            *(
                f"{who}, {fields}"
                for who in ("MiniLM", "TF-IDF")
                for fields in (
                    "title",
                    "year, genres",
                    "... and director",
                    "... and cast",
                )
            ),
            "MiniLM, genres, title, year",
            "MiniLM, as a list",
            "[CLS], title, year, genres",
        )
    },
    "films with a paragraph": {
        "readers": (
            *(
                f"{who}, {fields}"
                for who in ("MiniLM", "TF-IDF")
                for fields in ("title", "title, year, genres", "... and paragraph")
            ),
            "[CLS], paragraph",
        )
    },
}
CHECK = {"readers": ("TF-IDF, title", "TF-IDF, year, genres"), "n_users": 100}
PENALTIES = (0.3, 1, 3, 10, 30, 100, 300, 1000)
EDGES = {"smallest": -1, None: 0, "largest": 1}  # of the grid


def run(seed, readers, n_users=None):
    """Return NDCG@10 by each reader among cold films, and all places."""
    repeat, fold = divmod(seed, N_FOLDS)
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    items = join_synopses(movielens.items, load_synopses())
    on_paragraphs = any("paragraph" in reader for reader in readers)
    if on_paragraphs:
        log = log.select((items["synopsis"] != "").to_numpy()[log.items])
    share = 0.15 if on_paragraphs else 0.1
    split = cold_item_split(log, validation_share=share, seed=repeat, fold=fold)
    told = np.flatnonzero(log.popularity())
    values = {"films": len(told)}
    for reader in readers:
        read = unit_scale(vectors_of(items.iloc[told], reader))
        vectors = np.zeros((log.n_items, read.shape[1]))
        vectors[told] = read
        candidates = {
            penalty: (ItemRidge(penalty), vectors) for penalty in PENALTIES
        }
        tuned = tune(candidates, split)
        values[reader] = tuned.report.mean()["ndcg"]
        values[f"{reader}, places"] = packed(report_places(tuned.report, split))
        values[f"{reader}, penalty"] = tuned.choice
        values[f"{reader}, edge"] = EDGES[tuned.at_edge.get(0)]
    return values


def vectors_of(items, reader):
    """Vectors (n, d) of items; the reader's name says who reads which fields."""
    who, _, fields = reader.partition(", ")
    texts = item_text(items, FIELDS[fields])
    if fields == "as a list":
        texts = [text.translate(str.maketrans("", "", "().,")) for text in texts]
    texts = [text or "film" for text in texts]  # of one or two nothing is known
    if who == "TF-IDF":
        return TfidfVectorizer(sublinear_tf=True).fit_transform(texts).toarray()
    pooling = "cls" if who == "[CLS]" else "mean"
    return TextEncoder("minilm", cache=True).encode(
        texts, pooling=pooling, truncate=True
    )
