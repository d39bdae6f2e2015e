"""Is content alone, its penalty tuned, behind behaviour where events are few?"""

import numpy as np
from plmrec_lite.data import item_text, load_movielens, random_split
from plmrec_lite.data.features import item_features
from plmrec_lite.data.sparsity import keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.tuning import Tuned
from plmrec_lite.recommenders import (
    EASE,
    ContentBased,
    ItemRidge,
    MatrixFactorization,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import join, unit_scale
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = tuple(range(5))
NUMBERS = (1, 2, 5, 10, 20, 50)
CASES = {f"{number} events kept": {"number": number} for number in NUMBERS}
CHECK = {"number": 5, "n_users": 60}
TEXT = ("title", "year", "genres", "director")
PENALTIES = (0.3, 1, 3, 10, 30, 100, 300, 1000)
EDGES = {"smallest": -1, None: 0, "largest": 1}  # of a grid


def run(seed, number, n_users=None):
    """NDCG@10 of each test user, settings from validation."""
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = random_split(log, validation=0.1, test=0.2, seed=seed)
    few = {
        part: keep_per_user(split.known(part), number, seed=seed)
        for part in ("validation", "test")
    }
    texts = item_text(movielens.items, TEXT)
    counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    read = unit_scale(TextEncoder(cache=True).encode(texts))
    facts = turned(item_features(movielens.items)[0])
    kinds = {
        "words read": read,
        "words counted": unit_scale(turned(counts.fit_transform(texts).toarray())),
        "facts": unit_scale(facts),
        "words and facts": join(read, facts),
    }
    tried = {
        "mean cosine": {0: (ContentBased(), kinds["words and facts"])},
        "EASE": {x: (EASE(x), None) for x in (10, 30, 100, 300, 1000, 3000)},
        "ALS": {
            (n, alpha): (MatrixFactorization(n, alpha, 0.03), None)
            for n in (2, 4, 8, 16, 32)
            for alpha in (0.03, 0.1, 0.3, 1)
        },
    }
    for kind, vectors in kinds.items():
        tried[kind] = {x: (ItemRidge(x), vectors) for x in PENALTIES}
    values = {}
    for name, candidates in tried.items():
        values |= chosen(name, candidates, split, few)
    return values


def chosen(name, candidates, split, few):
    """Choose on validation, and test."""
    validation = {
        key: evaluate(model.fit(few["validation"], rows), split, part="validation")
        for key, (model, rows) in candidates.items()
    }
    validation = {key: one.mean()["ndcg"] for key, one in validation.items()}
    choice = max(validation, key=validation.get)
    model, rows = candidates[choice]
    report = evaluate(model.fit(few["test"], rows), split)
    edges = Tuned(choice, validation, report).at_edge
    settings = choice if isinstance(choice, tuple) else (choice,)
    return {
        name: report.per_user["ndcg"].round(3).to_numpy(),
        f"{name}, validation": validation[choice],
        **{f"{name}, setting {i}": setting for i, setting in enumerate(settings)},
        **{f"{name}, edge {i}": EDGES[edges.get(i)] for i in range(len(settings))},
    }


def turned(vectors):
    """Return vectors of the same inner products, no longer than there are items."""
    squares, directions = np.linalg.eigh(vectors @ vectors.T)
    return directions * np.sqrt(np.maximum(squares, 0))
