"""Which films begin with the same digits: codes of texts, of behaviour, and shuffled."""

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.recommenders.generative.behaviour import behaviour_vectors
from plmrec_lite.recommenders.generative.codes import residual_codes
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import centre

FILMS = [
    "Star Wars",
    "Toy Story",
    "Alien",
    "Casablanca",
    "Pulp Fiction",
    "Sense and Sensibility",
    "Batman",
    "The Godfather",
]
N_SHOWN, N_LEVELS = 8, 3
KINDS = ("text", "behaviour", "text, shuffled")


def codes_of(kind, movielens):
    """The codes of all films, three levels of 32, as in the recorded experiment."""
    if kind == "behaviour":
        known = leave_one_out(movielens.interactions).known("test")
        vectors = behaviour_vectors(known, 32, seed=0)
    else:
        vectors = centre(TextEncoder(cache=True).encode(movielens.items.text.tolist()))
    codes = residual_codes(vectors, (32,) * N_LEVELS, seed=0)
    return codes.shuffled(0) if kind == "text, shuffled" else codes


def neighbours(codes, film, popularity):
    """For one digit or more: how many other films share them, and the most rated of those."""
    found = []
    for n in range(1, N_LEVELS + 1):
        same = (codes[:, :n] == codes[film, :n]).all(1)
        same[film] = False
        others = np.flatnonzero(same)
        others = others[np.argsort(-popularity[others], kind="stable")]
        found.append([len(others), others[:N_SHOWN].tolist()])
    return found


def make():
    """Codes and neighbours of eight films, in each kind of code."""
    movielens = load_movielens()
    titles, popularity = movielens.items.title.tolist(), movielens.interactions.popularity()
    films = [titles.index(title) for title in FILMS]
    kinds = []
    for kind in KINDS:
        codes = codes_of(kind, movielens)
        near = [neighbours(codes.codes, film, popularity) for film in films]
        kinds.append(
            {
                "name": kind,
                "bits": codes.entropies().round(4).tolist(),
                "codes": codes.codes[films].tolist(),
                "counts": [[count for count, _ in one] for one in near],
                "others": [[[titles[o] for o in others] for _, others in one] for one in near],
            }
        )
    return {"films": FILMS, "kinds": kinds}


def words(data):
    """The first film's code of its text, and what shares its digits."""
    text, *_, shuffled = data["kinds"]
    said = {
        "film": data["films"][0],
        "code": ", ".join(map(str, text["codes"][0])),
        "two": ", ".join(text["others"][0][1][:3]) or "no film",
        "shuffled": ", ".join(shuffled["others"][0][0][:3]),
    }
    for n, name in enumerate(("one", "two", "three")):
        said[f"count-{name}"] = f"{text['counts'][0][n]}"
    return said


def part(data):
    """How evenly the codes of texts use their digits: one film that moves changes little."""
    anew = codes_of("text", load_movielens()).entropies()
    return {"bits": np.array(data["kinds"][0]["bits"])}, {"bits": anew}
