"""Nearest films under the hand: by the vectors of a text, cut and scaled, and by behaviour."""

import numpy as np
from plmrec_lite.data import load_movielens
from plmrec_lite.ranking import top_k
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import centre, whiten
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

FILMS = [
    "Star Wars",
    "Toy Story",
    "Fargo",
    "The Godfather",
    "Titanic",
    "Scream",
    "Sense and Sensibility",
    "Casablanca",
    "The Lion King",
    "Trainspotting",
    "Alien",
    "Evita",
]
K = 5


def spaces(texts, X):
    """Item vectors of length 1, by name."""
    minilm = TextEncoder().encode(texts)
    behaviour = X.T.toarray().astype(float)  # (n_items, n_users)
    return {
        "TF-IDF of the text": TfidfVectorizer().fit_transform(texts).toarray(),
        "MiniLM, raw": minilm,
        "MiniLM, centred": centre(minilm),
        "MiniLM, whitened": whiten(minilm, 64),
        "behaviour": behaviour,
    }


def neighbours():
    """The catalogue; by space the places and cosines of the nearest films; the mean cosine."""
    movielens = load_movielens()
    items = movielens.items
    seeds = [int(items.index[items.title == film][0]) for film in FILMS]
    found = {}
    for name, vectors in spaces(items.text.tolist(), movielens.interactions.matrix()).items():
        unit = normalize(vectors)
        cosines = unit[seeds] @ unit.T  # (n_seeds, n_items)
        mean = float((unit.sum(0) ** 2).sum() - len(unit)) / (len(unit) * (len(unit) - 1))
        cosines[np.arange(len(seeds)), seeds] = -np.inf
        best = top_k(cosines, K)
        found[name] = best, np.take_along_axis(cosines, best, 1), mean
    return items, seeds, found


def make():
    """The nearest films of each film in each space, with their cosines."""
    items, seeds, found = neighbours()
    kept = sorted({*seeds, *np.ravel([best for best, _, _ in found.values()]).tolist()})
    place = {film: i for i, film in enumerate(kept)}
    return {
        "films": [f"{items.title[film]}" for film in kept],
        "texts": [items.text[film] for film in seeds],
        "seeds": [place[seed] for seed in seeds],
        "spaces": [
            {
                "name": name,
                "mean": round(mean, 3) + 0.0,  # no -0.0
                "nearest": [[place[film] for film in row] for row in best.tolist()],
                "cosines": [[round(c, 3) for c in row] for row in cosines.tolist()],
            }
            for name, (best, cosines, mean) in found.items()
        ],
    }


def words(data):
    """The nearest films of the first film in each space, and the mean cosines."""
    said = {"film": data["films"][data["seeds"][0]]}
    for number, space in enumerate(data["spaces"], 1):
        said[f"nearest-{number}"] = ", ".join(data["films"][film] for film in space["nearest"][0])
        said[f"mean-{number}"] = f"{space['mean']:.2f}"
    return said


def part(data):
    """All cosines."""
    _, _, found = neighbours()
    held = {space["name"]: space["cosines"] for space in data["spaces"]}
    return held, {name: cosines for name, (_, cosines, _) in found.items()}
