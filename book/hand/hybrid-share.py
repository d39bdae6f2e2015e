"""A hybrid under the hand: the share of text, its value on validation, and one person's list."""

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens, temporal_split
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import EASE, Blend, ContentBased
from plmrec_lite.text import TextEncoder

SHARES = [round(0.05 * step, 2) for step in range(21)]
PENALTIES = {"leave-one-out": 100, "temporal": 200}  # EASE's own, by validation
PEOPLE = [6, 207, 12]  # behaviour finds the next film; text finds it; neither does
K = 10


def prepared(splits=(leave_one_out, temporal_split)):
    """The catalogue, and by name each split with its blend, fitted on the training part."""
    movielens = load_movielens()
    log, items = movielens.interactions, movielens.items
    vectors = TextEncoder().encode(items.text.tolist())
    vectors = vectors - vectors.mean(0)
    blends = {}
    for split in (cut(log) for cut in splits):
        blend = Blend(EASE(PENALTIES[split.name]), ContentBased())
        blends[split.name] = split, blend.fit(split.train, vectors)
    return items.title, blends


def report(split, blend, share):
    """The blend with this share of text on the validation part."""
    blend.weight = share
    return evaluate(blend, split, k=K, part="validation")


def make():
    """NDCG@10 for each share on both splits; for some people the list and what they met."""
    titles, blends = prepared()
    values, lists = {}, {}
    for name, (split, blend) in blends.items():
        found = [report(split, blend, share) for share in SHARES]
        values[name] = [[round(float(v), 5) for v in r.estimate("ndcg")] for r in found]
        if name == "leave-one-out":
            users = list(found[0].per_user.index)
            lists = {u: [r.recommended[users.index(u)].tolist() for r in found] for u in PEOPLE}
    split, _ = blends["leave-one-out"]
    histories, following = split.train.histories(), split.validation.histories()
    people = [
        {
            "person": user + 1,
            "last": histories[user][-4:].tolist(),
            "next": int(following[user][0]),
            "lists": lists[user],
        }
        for user in PEOPLE
    ]
    films = sorted({f for p in people for f in [*p["last"], p["next"], *np.ravel(p["lists"])]})
    place = {film: i for i, film in enumerate(films)}
    for person in people:
        person["last"] = [place[film] for film in person["last"]]
        person["next"] = place[person["next"]]
        person["lists"] = [[place[film] for film in one] for one in person["lists"]]
    return {
        "shares": SHARES,
        "ndcg": values,
        "films": titles[films].tolist(),
        "people": people,
    }


def words(data):
    """The best share of each split, the values at the ends, and where the next films stand."""
    said = {}
    for split, values in data["ndcg"].items():
        mean = [value for value, *_ in values]
        best = int(np.argmax(mean))
        said[f"{split}-best"] = f"{SHARES[best]:.2f}"
        said[f"{split}-value"] = f"{mean[best]:.4f}"
        said[f"{split}-without"] = f"{mean[0]:.4f}"
        said[f"{split}-alone"] = f"{mean[-1]:.4f}"
    for name, person in zip(("one", "other"), data["people"], strict=False):
        found = [person["next"] in films for films in person["lists"]]
        shares = [share for share, hit in zip(SHARES, found, strict=True) if hit]
        said[name] = f"{person['person']}"
        said[f"{name}-range"] = f"{shares[0]:.2f} to {shares[-1]:.2f}"
        said[f"{name}-next"] = data["films"][person["next"]]
    return said


def part(data):
    """One share on leave-one-out: its value, and the lists of all people shown."""
    titles, blends = prepared([leave_one_out])
    step = SHARES.index(0.15)
    found = report(*blends["leave-one-out"], SHARES[step])
    users = list(found.per_user.index)
    films = {title: i for i, title in enumerate(data["films"])}
    anew = [
        [films.get(titles[film], -1) for film in found.recommended[users.index(user)]]
        for user in PEOPLE
    ]
    held = [person["lists"][step] for person in data["people"]]
    ndcg = data["ndcg"]["leave-one-out"][step]
    return {"lists": held, "ndcg": ndcg}, {"lists": anew, "ndcg": [*found.estimate("ndcg")]}
