"""A membership attack under the hand: the scores of one attacked model's members and of others."""

import numpy as np
from plmrec_lite.applications.privacy.membership import random_halves
from plmrec_lite.book import recorded

WORDS = {  # name: its words, what is recorded, the number of models, digits of a score
    "EASE, whole history": ("whole", "EASE", "one-sided, all films", 32, 2),
    "EASE, ten films": ("ten", "EASE", "one-sided, 10 films", 32, 2),
    "EASE, trace alone": ("alone", "EASE", "fit alone, all films", 32, 3),
    "ALS, ten films": ("als", "ALS", "one-sided, 10 films", 24, 2),
    "sequence, ten films": ("sequence", "sequence", "one-sided, 10 films", 6, 2),
}
N_PEOPLE = 943
STEPS = 200  # of the slider
ENDS = (0.5, 99.5)  # percentiles: the axis holds what lies between them


def case(name):
    """Scores of the first attacked model, from the lowest, and the ends of the axis."""
    _, model, key, n_models, digits = WORDS[name]
    scores = recorded("membership").values(model, key)[0][:N_PEOPLE]
    scores = np.round(scores, digits + 1)
    members = random_halves(N_PEOPLE, n_models)[0]
    low, high = np.percentile(scores, ENDS).round(digits)
    return {
        "name": name,
        "digits": digits,
        "low": float(low),
        "high": float(high),
        "members": np.sort(scores[members]).tolist(),
        "others": np.sort(scores[~members]).tolist(),
    }


def make():
    """The scores of each attack."""
    return {"cases": [case(name) for name in WORDS]}


def strict(one):
    """Members above the lowest threshold that accuses at most one in a hundred of the others."""
    members, others = (np.array(one[side]) for side in ("members", "others"))
    width = one["high"] - one["low"]
    limits = [one["low"] + width * step / STEPS for step in range(STEPS + 1)]
    return next(sum(members > t) for t in limits if sum(others > t) <= len(others) / 100)


def words(data):
    """Members found where at most 1 % of the others are accused, and how many there are."""
    first = data["cases"][0]
    said = {side: str(len(first[side])) for side in ("members", "others")}
    said["few"] = str(len(first["others"]) // 100)
    return said | {WORDS[one["name"]][0]: str(strict(one)) for one in data["cases"]}


def part(data):
    """The scores with ten films."""
    both = data["cases"][1], case("EASE, ten films")
    return tuple({side: one[side] for side in ("members", "others")} for one in both)
