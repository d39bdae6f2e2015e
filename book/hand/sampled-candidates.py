"""Sampled candidates under the hand: six models among 10 drawn films, or more, or all."""

import numpy as np
from plmrec_lite.book.recording import recorded
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation.standing import expected_gains, gains, standing
from plmrec_lite.recommenders import EASE

CASE = "ties as in the file"
MODELS = {
    "popularity": "popularity",
    "item-kNN": "item-kNN",
    "ALS": "ALS",
    "EASE": "EASE",
    "EASE, old events faded": "EASE with time decay",
    "sequence": "sequence model",
}
DRAWN = [10, 20, 50, 100, 200, 400, 800, None]  # None: all


def means(counts, others, n):
    """Mean hit rate and NDCG over people, in one test."""
    found = gains(counts) if n is None else expected_gains(counts, others, n)
    return [float(values.mean()) for values in found]


def numbers(name):
    """Mean hit rate and NDCG for each number of drawn films, over seeds: (2, n)."""
    runs = recorded("yardsticks")
    tests = list(zip(runs.values(CASE, f"{name}: above"), runs.values(CASE, "others"), strict=True))
    return np.array([np.mean([means(*test, n) for test in tests], axis=0) for n in DRAWN]).T


def make():
    """Both metrics of each model."""
    found = {label: numbers(name).round(4).tolist() for name, label in MODELS.items()}
    return {
        "drawn": [0 if n is None else n for n in DRAWN],
        "models": list(found),
        "hit": [hit for hit, _ in found.values()],
        "ndcg": [ndcg for _, ndcg in found.values()],
    }


def words(data):
    """The range over models at both ends, and the sequence model."""
    ndcg = np.array(data["ndcg"])
    mine = ndcg[data["models"].index("sequence model")]
    said = {"few": f"{data['drawn'][0]}"}
    for name, place in (("few", 0), ("all", -1)):
        said[f"{name}-low"] = f"{ndcg[:, place].min():.2f}"
        said[f"{name}-high"] = f"{ndcg[:, place].max():.2f}"
        said[f"sequence-{name}"] = f"{mine[place]:.2f}"
        for short, model in (("popular", "popularity"), ("decay", "EASE with time decay")):
            hit = data["hit"][data["models"].index(model)][place]
            said[f"{short}-hit-{name}"] = f"{hit:.2f}"
    return said


def part(data):
    """EASE with time decay, fitted anew."""
    split = leave_one_out(load_movielens().interactions)
    found = standing(EASE(400.0, 0.9).fit(split.known("test")), split)
    place = data["models"].index("EASE with time decay")
    held = {"hit": np.array(data["hit"][place]), "ndcg": np.array(data["ndcg"][place])}
    anew = np.array([means(found.counts(), found.n_others(), n) for n in DRAWN]).T
    return held, {"hit": anew[0], "ndcg": anew[1]}
