"""What helps a newcomer: people like them, their words, or their first clicks?

Page: plmrec/cold-start.
"""

import numpy as np
import pandas as pd
from plmrec_lite.data import item_text, load_movielens
from plmrec_lite.data.features import item_features
from plmrec_lite.data.sparsity import cold_user_split, keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    ColdStartPolicy,
    ContentBased,
    Demographics,
    HybridEASE,
    ItemKNN,
    Popularity,
)
from plmrec_lite.text import TextEncoder

SEEDS = (0, 1, 2)
CASES = {"first clicks": {"numbers": (0, 1, 2, 5, 10)}}
CHECK = {"numbers": (1,), "n_users": 100}

N_FIRST = 10  # events of a newcomer that are never tested
FIELDS = ("title", "year", "genres", "director")
PATIENCE = (3, 10, 30)
WORD_WEIGHTS = (0, 0.15, 0.3)


def run(seed, numbers, n_users=None):
    """NDCG@10 of each test newcomer for each number of clicks."""
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = cold_user_split(log, N_FIRST, seed=seed)
    encoder = TextEncoder(device="cpu")
    items = centred(encoder.encode(item_text(movielens.items, FIELDS)))
    said = centred(encoder.encode(favourite_genres(split.train, movielens.items)))
    features = groups(movielens.users)
    values = {"users": np.unique(split.test.users)}
    for clicks in numbers:
        for key, value in after_clicks(
            split, clicks, items, said, features
        ).items():
            values[f"{key}, {clicks} clicks"] = value
    return values


def after_clicks(split, clicks, items, said, features):
    """Models that see a few clicks of newcomers, settings chosen on validation."""
    tested = np.unique(split.test.users)
    both = np.union1d(tested, split.validation.users)
    begun = {
        "validation": keep_per_user(split.known("validation"), clicks, both),
        "test": keep_per_user(split.known("test"), clicks, tested),
    }

    def best(models):
        found = []
        for model in models:
            model.fit(begun["validation"], items)
            found.append(evaluate(model, split, part="validation").mean()["ndcg"])
        return models[int(np.argmax(found))]

    chosen = {
        "popularity": Popularity(),
        "demographics": best([Demographics(features, r) for r in (10, 100, 300)]),
        "item-kNN": ItemKNN(),
        "EASE": EASE(300),
        "EASE + text": HybridEASE(100, 300),
        "content": ContentBased(),
        "words": ColdStartPolicy(Popularity(), Popularity(), said, 1e6, 1e6),
    }
    before = chosen["demographics"]
    after = best([chosen[name] for name in ("item-kNN", "EASE", "EASE + text")])
    chosen["words + popularity"] = best(
        [
            ColdStartPolicy(Popularity(), Popularity(), said, weight, 1e6)
            for weight in WORD_WEIGHTS[1:]
        ]
    )
    chosen["policy without words"] = best(
        [ColdStartPolicy(before, after, patience=patience) for patience in PATIENCE]
    )
    patience = chosen["policy without words"].patience
    chosen["policy"] = best(
        [ColdStartPolicy(before, after, said, w, patience) for w in WORD_WEIGHTS]
    )
    values = {"patience": patience, "word weight": chosen["policy"].word_weight}
    for name, model in chosen.items():
        report = evaluate(model.fit(begun["test"], items), split)
        values[name] = report.per_user["ndcg"].round(3).to_numpy()
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
