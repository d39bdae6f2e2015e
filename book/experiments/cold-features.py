"""Facts as columns made by hand, or said in words to a language model, or both?"""

import numpy as np
from plmrec_lite.data import cold_item_split, item_text, load_movielens
from plmrec_lite.data.features import item_features
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import join, unit_scale

SEEDS = (0, 1, 2, 3, 4)  # of the choice of cold items
KNOWN = ("year", "genres")
MADE = ("director", "cast", "countries", "languages", "studio")
CASES = {
    "year and genres by hand": {"by_hand": KNOWN},
    "all facts by hand": {"by_hand": (*KNOWN, "writers", *MADE)},
    "title, year and genres in words": {"in_words": ("title", *KNOWN)},
    "all facts in words": {"in_words": ("title", *KNOWN, *MADE)},
    "all facts, by hand and in words": {
        "by_hand": (*KNOWN, "writers", *MADE),
        "in_words": ("title", *KNOWN, *MADE),
    },
}
CHECK = {"by_hand": KNOWN}
PENALTIES = (3, 10, 30, 100)
SHARES = (0.4, 0.6)


def run(seed, by_hand=None, in_words=None):
    """Return NDCG@10 on a choice of cold items, the share of words, the columns."""
    movielens = load_movielens()
    split = cold_item_split(movielens.interactions, seed=seed)
    kinds = []
    if by_hand:
        kinds.append(item_features(movielens.items, by_hand)[0])
    if in_words:
        texts = item_text(movielens.items, in_words)
        kinds.append(TextEncoder().encode(texts, truncate=True))
    n_columns = sum(kind.shape[1] for kind in kinds)
    vectors = {0.0: unit_scale(kinds[0])}
    if len(kinds) == 2:
        kinds[0] = turned(vectors.pop(0.0))
        vectors = {share: join(*kinds, share) for share in SHARES}
    candidates = {
        (share, penalty): (ItemRidge(penalty), joined)
        for share, joined in vectors.items()
        for penalty in PENALTIES
    }
    tuned = tune(candidates, split)
    return {
        "ndcg": tuned.report.mean()["ndcg"],
        "share": tuned.choice[0],
        "columns": n_columns,
    }


def turned(vectors):
    """Return vectors of the same inner products, no longer than there are items."""
    squares, directions = np.linalg.eigh(vectors @ vectors.T)
    return directions * np.sqrt(np.maximum(squares, 0))
