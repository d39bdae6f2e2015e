"""A new user's first events under the hand: each model's NDCG@10, and what the policy weighs."""

from plmrec_lite.book import recorded
from plmrec_lite.evaluation.intervals import mean_over_people

EVENTS = [0, 1, 2, 5, 10]
MODELS = {
    "popularity": "popularity",
    "demographics": "demographics",
    "words alone": "words",
    "item-kNN": "item-kNN",
    "EASE": "EASE",
    "ALS": "ALS",
}
POLICIES = {
    "words": "policy without demographics",
    "groups": "policy without words",
    "both": "policy",
}


def found(name, n):
    """NDCG@10 of each new user whose first n events a model sees: three draws in a row."""
    return recorded("cold-users").joined("first clicks", f"{name}, {n} clicks")


def interval(values):
    """Mean and ends of its interval over people, who may be in several draws."""
    people = recorded("cold-users").joined("first clicks", "users")
    return [round(float(v), 4) for v in mean_over_people(values, people)]


def row(name):
    """One model's value for each number of events."""
    return [interval(found(name, n)) for n in EVENTS]


def gains(name):
    """A policy less popularity, for each number of events."""
    return [interval(found(name, n) - found("popularity", n)) for n in EVENTS]


def make():
    """Values of the models and of the policies, and the patience of one in each draw."""
    chosen = recorded("cold-users").values("first clicks", "patience")
    return {
        "events": EVENTS,
        "patience": [int(patience) for patience in chosen],  # of the policy that asks for both
        "models": {label: row(name) for label, name in MODELS.items()},
        "policies": [
            {"asks": asks, "ndcg": row(name), "gains": gains(name)}
            for asks, name in POLICIES.items()
        ],
    }


def words(data):
    """EASE, popularity and the policy that asks for words, with one event and with ten."""
    said = {}
    for n in (1, 10):
        place = EVENTS.index(n)
        for label, rows in (
            ("popularity", data["models"]["popularity"]),
            ("ease", data["models"]["EASE"]),
            ("policy", data["policies"][0]["ndcg"]),
        ):
            said[f"{label}-{n}"] = f"{rows[place][0]:.3f}"
    return said


def part(data):
    """Values with five events."""
    place = EVENTS.index(5)
    held = {label: rows[place] for label, rows in data["models"].items()}
    anew = {label: interval(found(name, 5)) for label, name in MODELS.items()}
    for policy in data["policies"]:
        name, key = POLICIES[policy["asks"]], f"policy that asks for {policy['asks']}"
        held[key] = policy["gains"][place]
        anew[key] = interval(found(name, 5) - found("popularity", 5))
    return held, anew
