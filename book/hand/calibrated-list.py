"""Calibration under the hand: three people's lists and their genres at each trade-off."""

import numpy as np
from plmrec_lite.applications.fairness.reranking import (
    calibrated,
    candidates_of,
    n_replaced,
)
from plmrec_lite.data import load_movielens, random_split
from plmrec_lite.data.sources.movielens import GENRES
from plmrec_lite.evaluation.metrics import ndcg_at_k
from plmrec_lite.evaluation.miscalibration import (
    genre_shares,
    list_shares,
    miscalibration,
    profile_shares,
)
from plmrec_lite.recommenders import EASE

PENALTY = 400.0  # chosen on validation, on the page
GAMMAS = [0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
TOLD = 0.5  # the trade-off that the text alternative tells of
PEOPLE = [608, 676, 12]  # two whose lists change soon, one whose list does not
MOST_GENRES = 6


def prepared():
    """The films, candidates, profiles and genre shares, and what validation wants."""
    movielens = load_movielens()
    split = random_split(movielens.interactions, seed=0)
    model = EASE(PENALTY).fit(split.train)
    users = np.arange(split.train.n_users)
    shares = genre_shares(movielens.items.genres, GENRES)
    profile = profile_shares(split.train.matrix(), shares)
    order = np.argsort(split.validation.users, kind="stable")
    ends = np.cumsum(np.bincount(split.validation.users, minlength=len(users)))
    wanted = np.split(split.validation.items[order], ends)[:-1]
    return movielens.items, candidates_of(model, users, 100), profile, shares, wanted


def judged(lists, profile, shares, wanted):
    """Mean NDCG@10 on validation, and the mean divergence."""
    divergence = np.nanmean(miscalibration(profile, list_shares(lists, shares)))
    return [
        round(float(np.nanmean(ndcg_at_k(lists, wanted))), 4),
        round(float(divergence), 4),
    ]


def make():
    """For each trade-off the lists of some people, and the means of everybody."""
    items, candidates, profile, shares, wanted = prepared()
    lists = [calibrated(candidates, profile, shares, g) for g in GAMMAS]
    films = sorted({int(film) for one in lists for film in one[PEOPLE].ravel()})
    place = {film: i for i, film in enumerate(films)}
    people = []
    for user in PEOPLE:
        genres = np.argsort(-profile[user], kind="stable")[:MOST_GENRES]
        own = [one[[user]] for one in lists]
        listed = [list_shares(one, shares)[0] for one in own]
        away = [miscalibration(profile[[user]], list_shares(one, shares))[0] for one in own]
        people.append(
            {
                "person": user + 1,
                "genres": [GENRES[g] for g in genres],
                "profile": profile[user][genres].round(3).tolist(),
                "listed": [one[genres].round(3).tolist() for one in listed],
                "divergence": np.round(away, 3).tolist(),
                "new": [int(n_replaced(one, own[0])[0]) for one in own],
                "lists": [[place[int(f)] for f in one[0]] for one in own],
            }
        )
    return {
        "gammas": GAMMAS,
        "means": [judged(one, profile, shares, wanted) for one in lists],
        "films": items.title[films].tolist(),
        "film_genres": [", ".join(items.genres[film]) for film in films],
        "people": people,
    }


def words(data):
    """The means at both ends of the told change, and what it does to the first person."""
    at = GAMMAS.index(TOLD)
    one = data["people"][0]
    (ndcg, kl), (ndcg_after, kl_after) = data["means"][0], data["means"][at]
    return {
        "gamma": f"{TOLD:g}",
        "one": str(one["person"]),
        "one-before": f"{one['divergence'][0]:.2f}",
        "one-after": f"{one['divergence'][at]:.2f}",
        "one-new": str(one["new"][at]),
        "ndcg-before": f"{ndcg:.3f}",
        "ndcg-after": f"{ndcg_after:.3f}",
        "kl-before": f"{kl:.2f}",
        "kl-after": f"{kl_after:.2f}",
    }


def part(data):
    """One trade-off: the means, and the lists and divergences of the people shown."""
    items, candidates, profile, shares, wanted = prepared()
    step = GAMMAS.index(TOLD)
    anew = calibrated(candidates, profile, shares, GAMMAS[step])
    films = {title: i for i, title in enumerate(data["films"])}
    away = miscalibration(profile, list_shares(anew, shares))
    held = data["people"]
    return {
        "means": data["means"][step],
        "lists": [person["lists"][step] for person in held],
        "divergence": [person["divergence"][step] for person in held],
    }, {
        "means": judged(anew, profile, shares, wanted),
        "lists": [[films.get(items.title[f], -1) for f in anew[u]] for u in PEOPLE],
        "divergence": away[PEOPLE],
    }
