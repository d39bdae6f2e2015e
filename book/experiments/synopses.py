"""Does a paragraph rank films that nobody has met better than a title does?

A seed is a choice of a fifth of the films; in five seeds each film is cold once.
"""

import numpy as np
from plmrec_lite.data import (
    cold_item_split,
    item_text,
    join_synopses,
    load_movielens,
    load_synopses,
)
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale

SEEDS = tuple(range(20))
N_FOLDS = 5
CASES = {
    "title": {"fields": ("title",)},
    "title, year, genres": {"fields": ("title", "year", "genres")},
    "synopsis": {"fields": ("synopsis",)},
    "title, year, genres, synopsis": {
        "fields": ("title", "year", "genres", "synopsis")
    },
}
CHECK = {"fields": ("title",)}
PENALTIES = (0.3, 1, 3, 10, 30, 100, 300, 1000)
EDGES = {"smallest": -1, None: 0, "largest": 1}  # of the grid


def run(seed, fields):
    """Return NDCG@10 on one choice of cold items, and how many films are ranked."""
    repeat, fold = divmod(seed, N_FOLDS)
    movielens = load_movielens()
    items = join_synopses(movielens.items, load_synopses())
    told = (items["synopsis"] != "").to_numpy()
    log = movielens.interactions
    split = cold_item_split(
        log.select(told[log.items]), validation_share=0.15, seed=repeat, fold=fold
    )
    texts = item_text(items[told], fields)
    read = TextEncoder(cache=True).encode(texts, truncate=True)
    vectors = np.zeros((log.n_items, read.shape[1]))
    vectors[told] = unit_scale(read)
    candidates = {value: (ItemRidge(value), vectors) for value in PENALTIES}
    tuned = tune(candidates, split)
    return {
        "ndcg": tuned.report.mean()["ndcg"],
        "edge": EDGES[tuned.at_edge.get(0)],
        "films": int(split.candidates["test"].sum()),
    }
