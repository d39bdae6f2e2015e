"""A list of EASE under the hand: switch watched films off; what does the first place rest on?"""

import base64

import numpy as np
from plmrec_lite.applications.explain.removal import smallest_removal
from plmrec_lite.data import Interactions, load_movielens
from plmrec_lite.recommenders import EASE

N_FILMS = 100
K = 5
UNIT = 1e-4  # of a weight


def prepared():
    """Titles and events of the best-known films, and EASE fitted on these alone."""
    movielens = load_movielens()
    log = movielens.interactions
    films = np.argsort(-log.popularity(), kind="stable")[:N_FILMS]
    place = np.full(log.n_items, -1)
    place[films] = np.arange(N_FILMS)
    kept = log.select(place[log.items] >= 0)
    small = Interactions(
        kept.users,
        place[kept.items],
        kept.ratings,
        kept.timestamps,
        n_users=log.n_users,
        n_items=N_FILMS,
    )
    return movielens.items.title[films].tolist(), small, EASE().fit(small)


def weights_of(data):
    """The weights (n_films, n_films) as the figure holds them, in units."""
    packed = base64.b64decode(data["weights"])
    return np.frombuffer(packed, "<i2").reshape(len(data["films"]), -1).astype(int)


def judged(weights, watched):
    """The list, and what it takes to displace its first film."""
    terms = weights[watched]
    free = np.setdiff1d(np.arange(len(weights)), watched)
    listed = free[np.argsort(-terms[:, free].sum(0), kind="stable")]
    return listed[:K], smallest_removal(terms, listed[:1], np.sort(listed[1:]))


def make():
    """Titles, weights, and the watched films of the people shown."""
    titles, log, model = prepared()
    units = np.rint(model.B_ / UNIT).astype("<i2")
    histories = [np.sort(h) for h in log.histories()]
    shown = {}  # by how many films it takes, one person each
    for user, watched in enumerate(histories):
        if 9 <= len(watched) <= 11:
            n = len(judged(units.astype(int), watched)[1].rows)
            shown.setdefault(n, user)
    return {
        "unit": UNIT,
        "films": titles,
        "people": [
            {"person": user + 1, "watched": histories[user].tolist()}
            for n, user in sorted(shown.items())
            if n in (1, 2, 3)
        ],
        "weights": base64.b64encode(units.tobytes()).decode(),
    }


def words(data):
    """What the first place of each person rests on."""
    films, weights, said = data["films"], weights_of(data), {}
    for name, person in zip(("one", "two", "three"), data["people"], strict=False):
        listed, removal = judged(weights, person["watched"])
        terms = weights[person["watched"], listed[0]]
        gone = [films[person["watched"][row]] for row in removal.rows]
        said[name] = f"{person['person']}"
        said[f"{name}-first"] = films[listed[0]]
        said[f"{name}-largest"] = films[person["watched"][int(terms.argmax())]]
        said[f"{name}-share"] = f"{terms.max() / terms.sum():.0%}".replace("%", " %")
        said[f"{name}-n"] = f"{len(gone)}"
        said[f"{name}-gone"] = " and ".join(gone)
    return said


def part(data):
    """The weights of ten films, and the histories shown."""
    _, log, model = prepared()
    histories = log.histories()
    anew = [np.sort(histories[p["person"] - 1]) for p in data["people"]]
    held = [p["watched"] for p in data["people"]]
    return (
        {"weights": weights_of(data)[:10] * UNIT, "watched": np.concatenate(held)},
        {"weights": model.B_[:10], "watched": np.concatenate(anew)},
    )
