"""How many last events of a person are enough?

The shop keeps of everybody the last n events, or n at random (a seed draws them):
the control says whether it matters which. A third shop forgets the events and keeps
their sum over all people: it learns from all of them and knows n of each person.

Predicted on 2026-11-26, before the first run. Of the last events twenty are enough
for EASE (within 0.005 of NDCG@10 of the best number) and ten for a text profile, by
the choice on validation; the test shows no loss beyond 0.005. Twenty at random are
worse than the last twenty. With the sum kept, five are enough. A shop that keeps
twenty fills more than a tenth of the places with films that the person has met.
"""

import math

import numpy as np
from plmrec_lite.applications.privacy.minimisation import (
    keep_last,
    places_met_before,
)
from plmrec_lite.data import item_text, leave_one_out, load_movielens
from plmrec_lite.data.sparsity import keep_per_user
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import EASE, ContentBased, Popularity
from plmrec_lite.recommenders.recency import recency_weights
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)
NUMBERS = (1, 2, 5, 10, 20, 50, 100, math.inf)
CASES = {"the last": {"which": "last"}, "at random": {"which": "random"}}
SEEDS_OF = {"the last": (0,)}  # nothing is drawn
CHECK = {"which": "random", "numbers": (5, math.inf), "readers": ("TF-IDF",)}
PENALTIES = (10, 30, 100, 300, 1000)
DECAYS = (1.0, 0.9)
TEXT = ("title", "year", "genres", "director")


def run(seed, which, numbers=NUMBERS, readers=("MiniLM", "TF-IDF")):
    """NDCG@10 and places met before of each person, by number and model."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    models = {"popularity": ([Popularity()], None, False)}
    ease = [
        EASE(p, d)
        for p in PENALTIES
        for d in (DECAYS if which == "last" else (1.0,))
    ]
    models["EASE"] = ease, None, False
    if which == "last":
        models["EASE, sum kept"] = ease, None, True
    texts = item_text(movielens.items, TEXT)
    for reader in readers:
        content = [
            ContentBased(d)
            for d in ((1.0, 0.95, 0.9, 0.8, 0.7) if which == "last" else (1.0,))
        ]
        models[reader] = content, vectors_of(texts, reader), False
    values = {}
    for n in numbers:
        few = {
            part: kept(split.known(part), n, which, seed)
            for part in ("validation", "test")
        }
        for name, (candidates, vectors, whole) in models.items():

            def fitted(model, part, vectors=vectors, whole=whole, few=few):
                if not whole:
                    return model.fit(few[part], vectors)
                model.fit(split.known(part))
                model.X_ = recency_weights(few[part], model.decay)
                model.seen_ = few[part].matrix()
                return model

            found = [
                evaluate(fitted(model, "validation"), split, part="validation")
                for model in candidates
            ]
            found = [report.mean()["ndcg"] for report in found]
            place = int(np.argmax(found))
            best = fitted(candidates[place], "test")
            report = evaluate(best, split)
            lists = best.recommend(report.per_user.index.to_numpy())
            met = split.known("test").matrix()[report.per_user.index.to_numpy()]
            key = f"{name}, {'all' if n == math.inf else n}"
            values[f"{key}: validation"] = found[place]
            values[f"{key}: setting"] = place
            values[f"{key}: ndcg"] = report.per_user["ndcg"].round(4).to_numpy()
            values[f"{key}: met before"] = float(
                np.nanmean(places_met_before(lists, met))
            )
    return values


def kept(log, n, which, seed):
    """What the shop keeps of a log."""
    if n == math.inf:
        return log
    return (
        keep_last(log, n) if which == "last" else keep_per_user(log, n, seed=seed)
    )


def vectors_of(texts, reader):
    """Vectors of the films' texts."""
    if reader == "MiniLM":
        return unit_scale(TextEncoder(cache=True).encode(texts))
    counted = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    return unit_scale(counted.toarray())
