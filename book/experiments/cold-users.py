"""What helps a newcomer: people like them, their words, or their first clicks?"""

from itertools import product

import numpy as np
import pandas as pd
from plmrec_lite.data import item_text, load_movielens
from plmrec_lite.data.features import item_features
from plmrec_lite.data.sparsity import cold_user_split, keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    ColdStartPolicy,
    ContentBased,
    Demographics,
    ItemKNN,
    MatrixFactorization,
    Popularity,
)
from plmrec_lite.text import TextEncoder

SEEDS = (0, 1, 2)
CASES = {"first clicks": {"numbers": (0, 1, 2, 5, 10)}}
CHECK = {"numbers": (1,), "n_users": 100}

N_FIRST = 10  # events of a newcomer that are never tested
FIELDS = ("title", "year", "genres", "director")
PATIENCE = (3, 10, 30, 100)
WORD_WEIGHTS = (0.15, 0.3, 0.6, 1)
FACTORS = [
    MatrixFactorization(n, alpha, regularization)
    for n in (4, 16)
    for alpha, regularization in ((0.03, 0.1), (0.1, 0.03), (1, 0.003))
]


def run(seed, numbers, n_users=None):
    """NDCG@10 of each test newcomer for each number of clicks."""
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = cold_user_split(log, N_FIRST, seed=seed)
    encoder = TextEncoder()
    items = centred(encoder.encode(item_text(movielens.items, FIELDS)))
    said = centred(encoder.encode(favourite_genres(split.train, movielens.items)))
    tested = np.unique(split.test.users)
    new = {"validation": np.union1d(tested, split.validation.users), "test": tested}

    def fitted(model, n, part):
        return model.fit(keep_per_user(split.known(part), n, new[part]), items)

    def value(model):
        return evaluate(model, split, part="validation").mean()["ndcg"]

    def best(models):
        """The model that does best on validation, whatever the number of clicks."""
        found = [
            sum(value(fitted(model, n, "validation")) for n in numbers)
            for model in models
        ]
        return models[int(np.argmax(found))]

    def policy(before, after, weights, patiences):
        """One word weight and one patience for all numbers of clicks."""
        model = ColdStartPolicy(before, after, said)
        settings = list(product(weights, patiences))
        found = np.zeros(len(settings))
        for n in numbers:
            fitted(model, n, "validation")
            for i, (model.word_weight, model.patience) in enumerate(settings):
                found[i] += value(model)
        model.word_weight, model.patience = settings[int(np.argmax(found))]
        return model

    people = [Demographics(groups(movielens.users), r) for r in (10, 100, 300)]
    before, factors = best(people), best(FACTORS)
    neighbours = best([ItemKNN(shrinkage=shrinkage) for shrinkage in (0, 10, 100)])
    read = best([Blend(factors, ContentBased(), w) for w in (0.1, 0.2, 0.4, 0.6)])
    after = best([neighbours, EASE(300), factors, read])
    popular, never = Popularity(), (1e6,)  # patience without end: no clicks
    chosen = {
        "popularity": popular,
        "demographics": before,
        "words": ColdStartPolicy(popular, popular, said, 1e6),
        "words + popularity": policy(popular, Popularity(), WORD_WEIGHTS, never),
        "item-kNN": neighbours,
        "EASE": EASE(300),
        "ALS": factors,
        "ALS + content": read,
        "policy without words": policy(before, after, (0,), PATIENCE),
        "policy without demographics": policy(
            popular, after, (0, *WORD_WEIGHTS), PATIENCE
        ),
        "policy": policy(before, after, (0, *WORD_WEIGHTS), PATIENCE),
    }
    values = {
        "users": tested,
        "patience": chosen["policy"].patience,
        "word weight": chosen["policy"].word_weight,
        "share of content": read.weight,
        "shrinkage": neighbours.shrinkage,
        "clicks go to item-kNN": float(after is neighbours),
    }
    for name, model in chosen.items():
        for n in numbers:
            report = evaluate(fitted(model, n, "test"), split)
            ndcg = report.per_user["ndcg"].round(3).to_numpy()
            values[f"{name}, {n} clicks"] = ndcg
    return values


def favourite_genres(train, items):
    """What each user might say: genres more frequent than usual in their films.

    Nobody in MovieLens wrote a sentence. This one is made from the user's first ten
    films, which are never tested.
    """
    first = keep_per_user(train, N_FIRST)
    matrix, names = item_features(items, ("genres",), min_count=1)
    genres = [name.removeprefix("genres: ") for name in names]
    counts = first.matrix() @ matrix  # (n_users, n_genres)
    typical = counts.mean(0)
    order = np.argsort(-(counts - typical), axis=1, kind="stable")
    return [f"I like {', '.join(genres[g] for g in row[:3])}." for row in order]


def groups(people):
    """Ones and zeros for each person's age group, sex and occupation."""
    age = pd.cut(people.age, [0, 17, 24, 34, 44, 54, 100]).astype(str)
    return pd.get_dummies(
        pd.DataFrame({"age": age, "sex": people.sex, "job": people.occupation})
    )


def centred(vectors):
    """Subtract the mean."""
    return vectors - vectors.mean(0)
