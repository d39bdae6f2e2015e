"""Which words about a film, pooled in which way, rank films that nobody has met?"""

from plmrec_lite.data import cold_item_split, item_text, load_movielens
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale

SEEDS = (0, 1, 2, 3, 4)  # of the choice of cold items

CASES = {
    "title": {"fields": ("title",)},
    "year, genres": {"fields": ("year", "genres")},
    "title, year, genres": {"fields": ("title", "year", "genres")},
    "the same as a list": {"fields": ("title", "year", "genres"), "worded": False},
    "... and director": {"fields": ("title", "year", "genres", "director")},
    "... and cast": {"fields": ("title", "year", "genres", "cast")},
}
CHECK = {"fields": ("genres",)}


def run(seed, fields, worded=True):
    """Return NDCG@10 on one choice of cold items, for both ways of pooling."""
    movielens = load_movielens()
    split = cold_item_split(movielens.interactions, seed=seed)
    texts = item_text(movielens.items, fields)
    if not worded:
        texts = [text.translate(str.maketrans("", "", "().,")) for text in texts]
    texts = [
        text or "unknown" for text in texts
    ]  # of a film or two nothing is known
    poolings = ("mean", "cls")
    found = {}
    for pooling, vectors in zip(
        poolings, TextEncoder().encode(texts, pooling=poolings), strict=True
    ):
        scaled = unit_scale(vectors)
        candidates = {value: (ItemRidge(value), scaled) for value in (10, 30, 100)}
        found[pooling] = tune(candidates, split).report.mean()["ndcg"]
    return found
