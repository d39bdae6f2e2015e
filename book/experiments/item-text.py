"""Which words about a film, pooled in which way, rank films that nobody has met?

A seed is a choice of a fifth of the films; in five seeds each film is cold once.
"""

from plmrec_lite.data import cold_item_split, item_text, load_movielens
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale

SEEDS = tuple(range(20))
N_FOLDS = 5
CASES = {
    "title": {"fields": ("title",)},
    "year, genres": {"fields": ("year", "genres")},
    "title, year, genres": {"fields": ("title", "year", "genres")},
    "the same as a list": {"fields": ("title", "year", "genres"), "worded": False},
    "... and director": {"fields": ("title", "year", "genres", "director")},
    "... and cast": {"fields": ("title", "year", "genres", "cast")},
}
CHECK = {"fields": ("genres",)}
PENALTIES = (0.3, 1, 3, 10, 30, 100, 300, 1000)
EDGES = {"smallest": -1, None: 0, "largest": 1}  # of the grid


def run(seed, fields, worded=True):
    """Return NDCG@10 on one choice of cold items, for both ways of pooling."""
    repeat, fold = divmod(seed, N_FOLDS)
    movielens = load_movielens()
    split = cold_item_split(movielens.interactions, seed=repeat, fold=fold)
    texts = item_text(movielens.items, fields)
    if not worded:
        texts = [text.translate(str.maketrans("", "", "().,")) for text in texts]
    texts = [
        text or "unknown" for text in texts
    ]  # of a film or two nothing is known
    poolings = ("mean", "cls")
    read = TextEncoder(cache=True).encode(texts, pooling=poolings)
    found = {}
    for pooling, vectors in zip(poolings, read, strict=True):
        scaled = unit_scale(vectors)
        candidates = {value: (ItemRidge(value), scaled) for value in PENALTIES}
        tuned = tune(candidates, split)
        found[pooling] = tuned.report.mean()["ndcg"]
        found[f"{pooling}, edge"] = EDGES[tuned.at_edge.get(0)]
    return found
