"""Ids that start at text vectors: is it the words, or any other start?"""

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

SEEDS = (0, 1, 2, 3, 4)
CASES = {
    "a random start": {"start": "random"},
    "another film's words": {"start": "another film"},
    "the film's own words": {"start": "own"},
}
CHECK = {"start": "own", "n_epochs": 1, "d_model": 16, "length": 10}
FADED = {"regularization": 400.0, "decay": 0.9}  # chosen on validation
EASE_SHARE = 0.2  # of a blend; chosen on validation


def run(seed, start, n_epochs=24, **sizes):
    """Return each person's NDCG@10 on the test, alone and with EASE beside it."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    vectors = whiten(TextEncoder().encode(movielens.items.text.tolist()), 128)
    if start == "another film":
        vectors = np.random.default_rng(seed).permutation(vectors)
    items = "id" if start == "random" else "initialised"
    training = SequentialTransformer().training
    model = SequentialTransformer(
        items=items,
        network=NetworkSettings(**sizes),
        training=replace(training, n_epochs=n_epochs, seed=seed),
    )
    blend = Blend(model, EASE(**FADED), EASE_SHARE).fit(
        split.known("test"), vectors
    )
    return {
        key: evaluate(scorer, split).per_user["ndcg"].round(4).to_numpy()
        for key, scorer in {"alone": model, "with EASE": blend}.items()
    }
