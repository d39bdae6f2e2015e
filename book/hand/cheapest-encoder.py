"""The price of requests under the hand: each way to run the encoder, its time and its quality."""

import math

import numpy as np
from plmrec_lite.applications.compress.quality import Opinions
from plmrec_lite.book import recorded
from plmrec_lite.evaluation.classification import macro_f1

WAYS = {
    "torch": "MiniLM, torch",
    "ONNX": "MiniLM, ONNX",
    "ONNX int8": "MiniLM, int8",
    "3 layers": "three layers",
    "2 layers": "two layers",
    "table": "static table",
    "TF-IDF": "TF-IDF",
}
MEASURES = ("NDCG@10, cold films", "macro-F1, opinions", "MRR@10, search")
BUSY = 0.5  # the share of a day in which a machine may be busy, so that peaks fit


def seconds(way):
    """Seconds for a request: one opinion among many, on two cores."""
    return float(np.median(recorded("efficiency").values("speed", f"{way}, opinions"))) / 1000


def quality(way, labels):
    """The three measures of a way."""
    record = recorded("efficiency")
    if way.endswith("layers") or way == "TF-IDF":
        record = recorded("smaller-networks")
    (predicted,) = record.places(way, "predictions").values()
    (places,) = record.places(way, "places").values()
    places = places.astype(float)
    found = np.divide(1, places, out=np.zeros_like(places), where=places > 0)
    ndcg = record.values(way, "ndcg").mean()
    return [float(ndcg), float(macro_f1(labels, predicted)), float(found.mean())]


def make():
    """Seconds of a request, and the quality as a share of MiniLM's in float32."""
    labels = Opinions().test.labels
    whole = quality("torch", labels)
    ways = [
        {
            "name": name,
            "seconds": float(f"{seconds(way):.4g}"),
            "shares": [
                round(mine / theirs, 4)
                for mine, theirs in zip(quality(way, labels), whole, strict=True)
            ],
        }
        for way, name in WAYS.items()
    ]
    return {"measures": list(MEASURES), "busy": BUSY, "ways": ways}


def machines(requests, way):
    """How many machines a day of requests needs with a way."""
    return max(1, math.ceil(requests * way["seconds"] / (86_400 * BUSY)))


def words(data):
    """A small shop and a large one, at 0.10 an hour; and what company saves a film's facts."""
    by_name = {way["name"]: way for way in data["ways"]}
    said = {}
    for key, requests in (("small", 10**5), ("large", 10**9)):
        for name, way in (
            ("torch", "MiniLM, torch"),
            ("int8", "MiniLM, int8"),
            ("table", "static table"),
        ):
            n = machines(requests, by_name[way])
            said[f"{key}-{name}"] = f"{n * 24 * 0.10:,.2f}"
    times = recorded("efficiency")
    alone, batched = (times.values("speed", f"torch, {what}") for what in ("one", "films"))
    return said | {"alone": f"{np.median(alone):.1f}", "batched": f"{np.median(batched):.1f}"}


def part(data):
    """The ways whose quality needs no labels: times, and NDCG on cold films."""
    whole = recorded("efficiency").values("torch", "ndcg").mean()
    held, anew = {}, {}
    for way, (key, name) in zip(data["ways"], WAYS.items(), strict=True):
        held[name] = [1e3 * way["seconds"], way["shares"][0]]
        record = recorded("efficiency")
        if key.endswith("layers") or key == "TF-IDF":
            record = recorded("smaller-networks")
        share = record.values(key, "ndcg").mean() / whole
        anew[name] = [1e3 * seconds(key), float(share)]
    return held, anew
