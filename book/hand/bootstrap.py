"""The bootstrap under the hand: at which place three recommenders rank each person's next film."""

import base64

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import EASE, Blend, ContentBased, Popularity
from plmrec_lite.text import TextEncoder

SHARE = 0.15  # of text: chosen on validation on ideas/recommenders
PAIRS = [["EASE", "popularity"], ["EASE + content", "EASE"]]


def reports(models):
    """The report of each model on the test part of leave-one-out, all unseen films ranked."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    vectors = None
    if any(model.needs_item_vectors for model in models):
        vectors = TextEncoder().encode(movielens.items.text.tolist())
        vectors = vectors - vectors.mean(0)
    known = split.known("test")
    return {model.name: evaluate(model.fit(known, vectors), split) for model in models}


def places(report):
    """The place of the one relevant film in each person's list of ten; 0 where it is not there."""
    found = report.per_user["reciprocal_rank"].to_numpy()  # 1 / place, of the first hit
    hit = report.per_user["hit_rate"].to_numpy() > 0
    return np.where(hit, np.rint(1 / np.where(hit, found, 1)), 0).astype(np.uint8)


def make():
    """Places, and the library's own interval of each difference."""
    models = [Popularity(), EASE(), Blend(EASE(), ContentBased(), SHARE)]
    found = reports(models)
    packed = {name: base64.b64encode(places(r).tobytes()).decode() for name, r in found.items()}
    pairs = [
        {
            "first": first,
            "second": second,
            "interval": [round(float(v), 5) for v in found[first].compare(found[second])],
        }
        for first, second in PAIRS
    ]
    return {"people": len(places(found["EASE"])), "places": packed, "pairs": pairs}


def words(data):
    """Both differences with their intervals."""
    said = {}
    for name, pair in zip(("first", "second"), data["pairs"], strict=True):
        mean, low, high = (f"{v:.4f}".replace("-", "\N{MINUS SIGN}") for v in pair["interval"])
        said[name] = f"{mean}, with an interval from {low} to {high}"
    return said


def part(data):
    """The places of the two models without text, and the interval of their difference."""
    found = reports([Popularity(), EASE()])
    held = {name: np.frombuffer(base64.b64decode(data["places"][name]), np.uint8) for name in found}
    anew = {name: places(report) for name, report in found.items()}
    held["interval"] = data["pairs"][0]["interval"]
    anew["interval"] = [*found["EASE"].compare(found["popularity"])]
    return held, anew
