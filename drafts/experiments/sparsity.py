"""How many events of each user must a model see before behaviour alone is enough?

Page: plmrec/cold-start.
"""

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
    ItemRidge,
    MatrixFactorization,
    Popularity,
)
from plmrec_lite.text import TextEncoder

SEEDS = (0, 1, 2)
CASES = {"random events kept": {"numbers": (1, 2, 5, 10, 20, 50)}}
CHECK = {"numbers": (2,), "n_users": 60}

TEXT = ("title", "year", "genres", "director")
N_DIRECTIONS = 200  # of words and facts together
GRIDS = {
    "popularity": [Popularity()],
    "item-kNN": [ItemKNN()],
    "EASE": [EASE(ridge) for ridge in (10, 100, 1000)],
    "ALS": [MatrixFactorization(n, alpha=1, regularization=0.03) for n in (8, 32)],
    "content": [ContentBased()],
    "content, ridge": [ItemRidge(100)],
    "EASE + content": [HybridEASE(w, r) for w in (30, 100) for r in (100, 1000)],
}
BLENDS = {
    "popularity + content": ("popularity", "content"),
    "ALS + content": ("ALS", "content"),
    "ALS + EASE + content": ("ALS", "EASE + content"),
}
WEIGHTS = (0, 0.05, 0.1, 0.2, 0.4)


def run(seed, numbers, n_users=None):
    """NDCG@10 of each test user for each number of events kept."""
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = random_split(log, validation=0.1, test=0.2, seed=seed)
    text = TextEncoder(device="cpu").encode(item_text(movielens.items, TEXT))
    both = np.hstack([scaled(text), scaled(item_features(movielens.items)[0])])
    directions, spread, _ = np.linalg.svd(both, full_matrices=False)
    vectors = (directions * spread)[:, :N_DIRECTIONS]
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

    def tested(name, model, found):
        report = evaluate(model.fit(few["test"], vectors), split)
        values[name] = report.per_user["ndcg"].round(3).to_numpy()
        values[f"validation of {name}"] = max(found)

    chosen, values = {}, {}
    for name, models in GRIDS.items():
        found = [value(model.fit(few["validation"], vectors)) for model in models]
        chosen[name] = models[int(np.argmax(found))]
        tested(name, chosen[name], found)
    for name, parts in BLENDS.items():
        blend = Blend(*(chosen[part] for part in parts)).fit(
            few["validation"], vectors
        )
        found = []
        for weight in WEIGHTS:
            blend.weight = weight
            found.append(value(blend))
        blend.weight = WEIGHTS[int(np.argmax(found))]
        tested(name, blend, found)
    return values


def scaled(vectors):
    """Centre vectors, and scale them to a mean squared length of 1."""
    centred = vectors - vectors.mean(0)
    return centred / np.sqrt((centred**2).sum(1).mean())
