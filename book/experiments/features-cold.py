"""Facts as columns, in words read or counted, or both, for films that are cold?

A seed is a choice of a fifth of the films; in five seeds each film is cold once.
"""

import numpy as np
from plmrec_lite.book.packing import packed
from plmrec_lite.data import (
    among_all,
    cold_item_split,
    item_text,
    load_movielens,
)
from plmrec_lite.data.features import item_features
from plmrec_lite.evaluation.contributions import report_places
from plmrec_lite.evaluation.tuning import tune_each
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import join, unit_scale
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = tuple(range(20))
N_FOLDS = 5
KNOWN = ("year", "genres")
FACTS = (*KNOWN, "writers", "director", "cast", "countries", "languages", "studio")
SAID = ("title", *(field for field in FACTS if field != "writers"))
CASES = {
    "year and genres": {"columns": KNOWN, "words": ("title", *KNOWN)},
    "all facts": {"columns": FACTS, "words": SAID},
}
WAYS = (
    ("columns",),
    ("words read",),
    ("words counted",),
    ("columns", "words read"),
    ("columns", "words counted"),
    ("words counted", "words read"),
)
CHECK = {
    "columns": KNOWN,
    "words": ("title",),
    "ways": WAYS[:2],
    "n_users": 100,
}
PENALTIES = (0.3, 1, 3, 10, 30, 100, 300)
SHARES = (0.2, 0.35, 0.5, 0.65, 0.8)  # of words beside columns
EDGES = {"smallest": -1, None: 0, "largest": 1}  # of a grid


def run(seed, columns, words, ways=WAYS, n_users=None):
    """NDCG@10 of each way on one choice, and the place of every liked pair."""
    repeat, fold = divmod(seed, N_FOLDS)
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = cold_item_split(log, seed=repeat, fold=fold)
    texts = item_text(movielens.items, words)
    tables = {
        "columns": lambda: item_features(movielens.items, columns)[0],
        "words read": lambda: TextEncoder(cache=True).encode(texts, truncate=True),
        "words counted": lambda: counted(texts),
    }
    values = {}
    for way in ways:
        kinds = [turned(tables[kind]()) for kind in way]
        vectors = alone(*kinds) if len(kinds) == 1 else beside(*kinds)
        values |= found(" and ".join(way), split, vectors)
    return values


def counted(texts):
    """TF-IDF of words and pairs of words."""
    counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return counts.fit_transform(texts).toarray()


def alone(vectors):
    """The one table, by no key."""
    return {(): unit_scale(vectors)}


def beside(first, second):
    """Both tables joined, by the share of the second."""
    return {(share,): join(first, second, share) for share in SHARES}


def found(way, split, vectors):
    """Tune on the choice's own validation, and test among cold films and all."""
    candidates = {
        (*key, penalty): (ItemRidge(penalty), table)
        for key, table in vectors.items()
        for penalty in PENALTIES
    }
    values, splits = {}, {"": split, ", among all": among_all(split)}
    tuned = tune_each(candidates, list(splits.values()), learn_from=liked)
    for among, one in zip(splits, tuned, strict=True):
        key = f"{way}{among}"
        values[key] = one.report.mean()["ndcg"]
        values[f"{key}, validation"] = one.validation[one.choice]
        values[f"{key}, places"] = packed(report_places(one.report, split))
        for place, setting in enumerate(one.choice):
            values[f"{key}, setting {place}"] = setting
            values[f"{key}, edge {place}"] = EDGES[one.at_edge.get(place)]
    return values


def liked(log):
    """Keep the events that a cold film must predict: ratings of 4 and 5."""
    return log.select(log.ratings >= 4)


def turned(vectors):
    """Return vectors of the same inner products, no longer than there are items."""
    if vectors.shape[1] <= len(vectors):
        return vectors
    squares, directions = np.linalg.eigh(vectors @ vectors.T)
    return directions * np.sqrt(np.maximum(squares, 0))
