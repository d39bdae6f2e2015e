"""A new user's first events under the hand: each model's NDCG@10, and what the policy weighs."""

from plmrec_lite.book import recorded
from plmrec_lite.evaluation.intervals import mean_over_people

EVENTS = [0, 1, 2, 5, 10, 20]
MODELS = {
    "popularity": "popularity",
    "demographics": "demographics",
    "content, MiniLM": "MiniLM",
    "item-kNN": "item-kNN",
    "EASE": "EASE",
}
POLICIES = {
    "words": "policy: popularity + words, MiniLM",
    "groups": "policy: demographics",
    "both": "policy: demographics + words, MiniLM",
    "nothing": "policy: popularity",
}


def value(key):
    """One result of the recording."""
    return recorded("first-events").values("in time order", key)[0]


def found(name, n):
    """NDCG@10 of each new user whose first n events a model sees."""
    return value(f"{name}, {n} events")


def interval(values):
    """Mean and ends of its interval over people, each tested once."""
    return [round(float(v), 4) for v in mean_over_people(values)]


def row(name):
    """One model's value for each number of events."""
    return [interval(found(name, n)) for n in EVENTS]


def gains(name):
    """A policy less popularity, for each number of events."""
    return [interval(found(name, n) - found("popularity", n)) for n in EVENTS]


def make():
    """Values of the models and of the policies, and the patience of each policy."""
    return {
        "events": EVENTS,
        "models": {label: row(name) for label, name in MODELS.items()},
        "policies": [
            {
                "asks": asks,
                "patience": int(value(f"{name}: patience")),
                "ndcg": row(name),
                "gains": gains(name),
            }
            for asks, name in POLICIES.items()
        ],
    }


def words(data):
    """EASE, popularity and the policy that asks for words, with one event and with twenty."""
    said = {}
    for n in (1, 20):
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
