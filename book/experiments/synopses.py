"""Does a paragraph rank films that nobody has met better than a title does?"""

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

SEEDS = (0, 1, 2, 3, 4)  # of the choice of cold items
CASES = {
    "title": {"fields": ("title",)},
    "title, year, genres": {"fields": ("title", "year", "genres")},
    "synopsis": {"fields": ("synopsis",)},
    "title, year, genres, synopsis": {
        "fields": ("title", "year", "genres", "synopsis")
    },
}
CHECK = {"fields": ("title",)}


def run(seed, fields):
    """Return NDCG@10 on one choice of cold items, and how many films are ranked."""
    movielens = load_movielens()
    items = join_synopses(movielens.items, load_synopses())
    told = (items["synopsis"] != "").to_numpy()
    log = movielens.interactions
    split = cold_item_split(
        log.select(told[log.items]), share=0.3, validation_share=0.2, seed=seed
    )
    texts = item_text(items[told], fields)
    vectors = np.zeros((log.n_items, 384))
    vectors[told] = unit_scale(TextEncoder().encode(texts, truncate=True))
    candidates = {value: (ItemRidge(value), vectors) for value in (3, 10, 30, 100)}
    report = tune(candidates, split).report
    return {
        "ndcg": report.mean()["ndcg"],
        "films": int(split.candidates["test"].sum()),
    }
