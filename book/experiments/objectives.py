"""How long does each objective of a sequence model have to train?"""

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

SEEDS = (0, 1, 2)
OBJECTIVES = {
    "next": {},
    "masked": {"objective": "masked"},
    "next, sampled softmax": {"loss": "sampled"},
    "next, binary": {"loss": "bce"},
    "next, gBCE": {"loss": "gbce"},
    "next, text": {"items": "text"},
    "next, id started from text": {"items": "initialised"},
    "next, id and text": {"items": "both"},
}
EPOCHS = {  # the more the longer an objective still gains
    "masked": (24, 48, 96, 192, 288, 432),
    "next, sampled softmax": (24, 48, 96, 192, 288),
    "next, binary": (24, 48, 96, 192),
    "next, gBCE": (24, 48, 96, 192),
    "next, text": (12, 24, 48, 96, 192),
}
CASES = {
    f"{name}, {n} epochs": settings | {"n_epochs": n}
    for name, settings in OBJECTIVES.items()
    for n in EPOCHS.get(name, (12, 24, 48, 96))
}
CHECK = {"n_epochs": 1, "d_model": 16, "length": 10}
FADED = {"regularization": 400.0, "decay": 0.9}  # chosen on validation
SHARES = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)  # of EASE in a blend


def run(seed, n_epochs, d_model=64, length=50, **settings):
    """NDCG@10 on validation, for each share of EASE beside the model."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    vectors = None
    if settings.get("items", "id") != "id":
        vectors = whiten(TextEncoder().encode(movielens.items.text.tolist()), 128)
    network = NetworkSettings(d_model=d_model, length=length, positions="recency")
    model = SequentialTransformer(network=network, **settings)
    model.training = replace(model.training, n_epochs=n_epochs, seed=seed)
    blend = Blend(model, EASE(**FADED)).fit(split.train, vectors)
    found = []
    for share in SHARES:
        blend.weight = share
        report = evaluate(blend, split, part="validation")
        found.append(report.mean()["ndcg"])
    return {"ndcg": found[0], "ndcg by share of EASE": np.array(found)}
