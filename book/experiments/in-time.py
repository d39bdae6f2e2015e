"""What holds when a model knows only the past, fitted anew every four weeks?"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from plmrec_lite.data import item_text, load_movielens, rolling_splits
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    ContentBased,
    ItemKNN,
    MatrixFactorization,
    Popularity,
    SequentialTransformer,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale, whiten
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)
PEOPLE = {"returning": None, "newcomers": 5}  # how many events a newcomer shows
CASES = {
    f"{who}, {what}": {"given": given, "what": what}
    for who, given in PEOPLE.items()
    for what in ("closed forms", "ALS", "sequences")
}
SEEDS_OF = {f"{who}, closed forms": (0,) for who in PEOPLE}
CHECK = {"given": 5, "what": "closed forms", "windows": 1}

TEXT = ("title", "year", "genres", "director")
RIDGES = (100, 300, 1000, 3000, 10_000, 30_000)
GRIDS = {
    "popularity": [Popularity()],
    "item-kNN": [ItemKNN(n) for n in (50, 100, 200, 400, 800, 1682)],
    "EASE": [EASE(r) for r in RIDGES],
    "EASE, old events faded": [
        EASE(r, decay) for r in RIDGES for decay in (0.85, 0.9, 0.95, 0.98)
    ],
    "MiniLM": [ContentBased(decay) for decay in (1.0, 0.95, 0.9, 0.8, 0.7)],
    "TF-IDF": [ContentBased(decay) for decay in (1.0, 0.95, 0.9, 0.8, 0.7)],
}
WEIGHTS = (0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
BLENDS = [
    (first, second)
    for first in ("EASE", "EASE, old events faded", "item-kNN", "popularity")
    for second in ("MiniLM", "TF-IDF")
]


def run(seed, what, given=None, windows=None):
    """NDCG@10 of each person in each window, for all events and for those liked."""
    movielens = load_movielens()
    splits = rolling_splits(movielens.interactions, given=given)
    texts = item_text(movielens.items, TEXT)
    tfidf = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    vectors = {
        "MiniLM": unit_scale(TextEncoder().encode(texts)),
        "TF-IDF": unit_scale(tfidf.toarray()),
    }
    models, blends = {
        "closed forms": lambda: (GRIDS, BLENDS),
        "ALS": lambda: ({"ALS": als(seed)}, []),
        "sequences": lambda: sequences(seed),
    }[what]()
    values = {}
    for past, test in list(pairwise(splits))[:windows]:
        fitted = in_window(past, test, models, blends, vectors)
        for name, (model, setting) in fitted.items():
            every = evaluate(model, test).per_user["ndcg"]
            liked = evaluate(model, test, min_rating=4).per_user["ndcg"]
            for key, column in {
                "person": every.index,
                "ndcg": every.round(4),
                "person who liked": liked.index,
                "ndcg of liked": liked.round(4),
                "setting": [setting],
                "tested": [len(every)],
            }.items():
                values.setdefault(f"{name}: {key}", []).append(np.asarray(column))
    return {key: np.concatenate(columns) for key, columns in values.items()}


def als(seed):
    """A grid around the values that leave-one-out chose."""
    return [
        MatrixFactorization(n, alpha, regularization, seed=seed)
        for n in (4, 8, 16, 32)
        for alpha, regularization in ((0.03, 0.1), (0.1, 0.03), (0.3, 0.01))
    ]


def sequences(seed):
    """Transformers of one setting, alone and beside EASE."""
    faded = "EASE, old events faded"
    models = {faded: GRIDS[faded]}
    for name, items in (
        ("sequences", "id"),
        ("sequences from text", "initialised"),
    ):
        model = SequentialTransformer(items=items)
        model.training = replace(model.training, n_epochs=24, seed=seed)
        models[name] = [model]
    return models, [(faded, name) for name in models if name != faded]


def in_window(past, test, grids, blends, vectors):
    """Models for a window, with the settings that the window before preferred."""

    def read(name):
        if "from text" in name:
            return whiten(vectors["MiniLM"], 128)
        return vectors["TF-IDF" if "TF-IDF" in name else "MiniLM"]

    def value(model):
        return evaluate(model, past).mean()["ndcg"]

    def fit(model, name, split):
        return model.fit(split.known("test"), read(name))

    chosen, fitted = {}, {}
    for name, models in grids.items():
        found = [0.0]
        if len(models) > 1:
            found = [value(fit(model, name, past)) for model in models]
        chosen[name] = models[int(np.argmax(found))], int(np.argmax(found))
    for first, second in blends:
        name = f"{first} + {second}"
        blend = Blend(chosen[first][0], chosen[second][0])
        fit(blend, second, past)
        found = []
        for weight in WEIGHTS:
            blend.weight = weight
            found.append(value(blend))
        blend.weight = WEIGHTS[int(np.argmax(found))]
        fit(blend, second, test)
        fitted[name] = blend, int(np.argmax(found))
    for name, (model, setting) in chosen.items():
        if not any(name == second for _, second in blends):  # a blend has fitted it
            fit(model, name, test)
        fitted[name] = model, setting
    return fitted
