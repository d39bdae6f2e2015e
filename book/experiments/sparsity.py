"""How many events of each user does a model need before behaviour is enough?"""

import numpy as np
from plmrec_lite.data import item_text, load_movielens, random_split
from plmrec_lite.data.features import item_features
from plmrec_lite.data.sparsity import keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    ContentBased,
    HybridEASE,
    ItemKNN,
    MatrixFactorization,
    Popularity,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import join, unit_scale

SEEDS = (0, 1, 2)
CASES = {"random events kept": {"numbers": (1, 2, 5, 10, 20, 50)}}
CHECK = {"numbers": (2,), "n_users": 60}

TEXT = ("title", "year", "genres", "director")
N_DIRECTIONS = 200  # of words and facts together
GRIDS = {
    "popularity": [Popularity()],
    "item-kNN": [ItemKNN(200), ItemKNN(), ItemKNN(shrinkage=10)],
    "EASE": [EASE(ridge) for ridge in (100, 300, 1000)],
    "ALS": [
        MatrixFactorization(n, alpha, regularization)
        for n in (4, 16, 32)
        for alpha, regularization in ((0.03, 0.1), (0.1, 0.03), (0.3, 0.01))
    ],
    "content": [ContentBased()],
    "EASE + content": [
        HybridEASE(w, r) for w in (1, 10, 30) for r in (100, 300, 1000)
    ],
}
BLENDS = {  # the first with a share of the second, and what they read
    "ALS + EASE": ("ALS", "EASE", "content"),
    "popularity + content": ("popularity", "content", "content"),
    "ALS + content": ("ALS", "content", "content"),
    "ALS + words": ("ALS", "content", "words"),
    "ALS + facts": ("ALS", "content", "facts"),
    "ALS + EASE + content": ("ALS + EASE", "content", "content"),
}
WEIGHTS = (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def run(seed, numbers, n_users=None):
    """NDCG@10 of each test user for each number of events kept."""
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = random_split(log, validation=0.1, test=0.2, seed=seed)
    text = TextEncoder().encode(item_text(movielens.items, TEXT))
    vectors = {
        "words": unit_scale(text),
        "facts": unit_scale(item_features(movielens.items)[0]),
    }
    both = join(vectors["words"], vectors["facts"])
    directions, spread, _ = np.linalg.svd(both, full_matrices=False)
    vectors["content"] = (directions * spread)[:, :N_DIRECTIONS]
    values = {}
    for kept in numbers:
        for key, value in with_events(split, kept, seed, vectors).items():
            values[f"{key}, {kept} kept"] = value
    return values


def with_events(split, kept, seed, vectors):
    """Models that see a few events of each person, settings from validation."""
    few = {
        part: keep_per_user(split.known(part), kept, seed=seed)
        for part in ("validation", "test")
    }

    def value(model):
        return evaluate(model, split, part="validation").mean()["ndcg"]

    chosen, values = {}, {}
    for name, models in GRIDS.items():
        found = [
            value(model.fit(few["validation"], vectors["content"]))
            for model in models
        ]
        chosen[name] = models[int(np.argmax(found))]
        values[f"validation of {name}"] = max(found)
    for name, (first, second, read) in BLENDS.items():
        blend = Blend(chosen[first], chosen[second])
        blend.fit(few["validation"], vectors[read])
        found = []
        for weight in WEIGHTS:
            blend.weight = weight
            found.append(value(blend))
        blend.weight = WEIGHTS[int(np.argmax(found))]
        chosen[name] = blend
        values[f"validation of {name}"] = max(found)
        values[f"weight of {name}"] = blend.weight
    for name, model in chosen.items():
        read = BLENDS[name][2] if name in BLENDS else "content"
        report = evaluate(model.fit(few["test"], vectors[read]), split)
        values[name] = report.per_user["ndcg"].round(3).to_numpy()
    return values
