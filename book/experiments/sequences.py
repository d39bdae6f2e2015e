"""What does the order of a history tell, and what do an item's words add to it?"""

from dataclasses import replace

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.data.order import forget_order
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    NetworkSettings,
    Popularity,
    Recommender,
    SequentialTransformer,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import whiten

SEEDS = (0, 1, 2)
CHOSEN = {
    "next": (48, 0.1),
    "masked": (288, 0.1),
    "next, sampled softmax": (96, 0.1),
    "next, binary": (96, 0.1),
    "next, gBCE": (96, 0.1),
    "next, text": (192, 0.6),
    "next, id started from text": (48, 0.1),
    "next, id and text": (48, 0.1),
}  # epochs, and EASE's share beside the model: the best of `objectives`


def chosen(name):
    """Settings that validation chose for an objective."""
    n_epochs, ease_share = CHOSEN[name]
    return {"n_epochs": n_epochs, "ease_share": ease_share}


STARTED, BOTH = "next, id started from text", "next, id and text"
CASES = {
    "popularity": {"kind": "popularity"},
    "EASE": {"kind": "EASE"},
    "EASE, old events faded": {"kind": "EASE, faded"},
    "EASE, old events faded, no order": {"kind": "EASE, faded", "ordered": False},
    "next": chosen("next"),
    "next, no order": {"ordered": False} | chosen("next"),
    "next, learned positions": {"positions": "learned"} | chosen("next"),
    "masked": {"objective": "masked"} | chosen("masked"),
    "next, sampled softmax": {"loss": "sampled"} | chosen("next, sampled softmax"),
    "next, binary": {"loss": "bce"} | chosen("next, binary"),
    "next, gBCE": {"loss": "gbce"} | chosen("next, gBCE"),
    "next, text": {"items": "text"} | chosen("next, text"),
    STARTED: {"items": "initialised"} | chosen(STARTED),
    BOTH: {"items": "both"} | chosen(BOTH),
    "three together, id started from text": {
        "members": [{}, {}, {}],
        "items": "initialised",
    }
    | chosen(STARTED),
    "three together, id and text": {
        "members": [
            {},
            {},
            {"objective": "masked", "n_epochs": chosen("masked")["n_epochs"]},
        ],
        "items": "both",
    }
    | chosen(BOTH),
}
SEEDS_OF = {"popularity": (0,), "EASE": (0,), "EASE, old events faded": (0,)}
CHECK = {"n_epochs": 1, "d_model": 16, "length": 10}
FADED = {"regularization": 400.0, "decay": 0.9}  # chosen on validation


class Together(Recommender):
    """The sum of several models' scores."""

    def __init__(self, models):
        self.models = models

    def _fit(self, train, item_vectors):
        for model in self.models:
            model.fit(train, item_vectors)

    def _score(self, users):
        return sum(model.score(users).astype(np.float64) for model in self.models)


def run(
    seed,
    kind="sequential",
    ordered=True,
    members=({},),
    ease_share=0.2,
    **settings,
):
    """Return NDCG@10 on the test and the places of its items, also with EASE."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    known = (
        split.known("test") if ordered else forget_order(split.known("test"), seed)
    )
    if kind != "sequential":
        baselines = {
            "popularity": Popularity(),
            "EASE": EASE(),
            "EASE, faded": EASE(**FADED),
        }
        return judged(baselines[kind].fit(known), split)
    vectors = None
    if settings.get("items", "id") != "id":
        vectors = whiten(TextEncoder().encode(movielens.items.text.tolist()), 128)
    model = Together(
        [
            transformer(len(members) * seed + number, **settings | member)
            for number, member in enumerate(members)
        ]
    )
    blend = Blend(model, EASE(**FADED), ease_share).fit(known, vectors)
    blended = judged(blend, split)
    return judged(model, split) | {
        f"{key} with EASE": value for key, value in blended.items()
    }


def transformer(
    seed, n_epochs=24, d_model=64, length=50, positions="recency", **settings
):
    """A model with the seed and sizes given, and the defaults for the rest."""
    training = SequentialTransformer().training
    return SequentialTransformer(
        network=NetworkSettings(
            d_model=d_model, length=length, positions=positions
        ),
        training=replace(training, n_epochs=n_epochs, seed=seed),
        **settings,
    )


def judged(model, split):
    """Return NDCG@10 and each test item's place in its list, 10 for none."""
    report = evaluate(model, split)
    found = (
        report.recommended
        == split.test.items[np.argsort(split.test.users)][:, None]
    )
    places = np.where(found.any(1), found.argmax(1), report.k)
    return {"ndcg": report.mean()["ndcg"], "places": places}
