"""Words beside the ids of a sequence model: another film's, or counted ones?

Predicted on 2026-11-26, before the first run. The film's own words beside the id
beat another film's (people); another film's beside the id differ from the id alone
by less than 0.005. TF-IDF does as well as MiniLM, added and as a start: neither is
shown ahead. A start at TF-IDF beats a start at another film's words.
"""

from dataclasses import replace

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    NetworkSettings,
    SequentialTransformer,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import whiten
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2, 3, 4)
SUM = {"items": "both", "n_epochs": 48, "ease_share": 0.1}  # as in `sequences`
CASES = {
    "id and another film's words": SUM | {"words": "another film's"},
    "id and TF-IDF": SUM | {"words": "TF-IDF"},
    "id started from TF-IDF": {
        "items": "initialised",
        "words": "TF-IDF",
        "n_epochs": 24,
        "ease_share": 0.2,
    },  # as in `ids-from-text`
    "id and the film's own words": SUM | {"words": "own"},
    "id": SUM | {"items": "id", "words": "none"},
}
CHECK = {"words": "TF-IDF", "n_epochs": 1, "d_model": 16, "length": 10}
FADED = {"regularization": 400.0, "decay": 0.9}  # chosen on validation
N_DIRECTIONS = 128


def run(seed, words, items="both", n_epochs=48, ease_share=0.1, **sizes):
    """NDCG@10 on the test, and each test film's place in its list, 10 for none."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    model = SequentialTransformer(items=items, network=NetworkSettings(**sizes))
    model.training = replace(model.training, n_epochs=n_epochs, seed=seed)
    blend = Blend(model, EASE(**FADED), ease_share)
    blend.fit(split.known("test"), vectors_of(movielens.items.text, words, seed))
    values = {}
    for scorer, key in ((model, ""), (blend, " with EASE")):
        report = evaluate(scorer, split)
        wanted = split.test.items[np.argsort(split.test.users)]
        found = report.recommended == wanted[:, None]
        values[f"ndcg{key}"] = report.mean()["ndcg"]
        values[f"places{key}"] = np.where(found.any(1), found.argmax(1), report.k)
    return values


def vectors_of(texts, words, seed):
    """Vectors (n_films, 128) of the films' texts; None where none are read."""
    if words == "none":
        return None
    texts = texts.tolist()
    if words == "TF-IDF":
        counted = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
        return whiten(counted.toarray(), N_DIRECTIONS)
    vectors = whiten(TextEncoder().encode(texts), N_DIRECTIONS)
    if words == "another film's":
        return np.random.default_rng(seed).permutation(vectors)
    return vectors
