"""EASE under the hand: the weights of a few seed films at twelve penalties."""

import base64
from itertools import chain, combinations

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.ranking import top_k
from plmrec_lite.recommenders import EASE

SEEDS = [
    "Star Wars",
    "Alien",
    "Toy Story",
    "The Lion King",
    "Fargo",
    "Pulp Fiction",
    "Sense and Sensibility",
    "Scream",
]
LAMBDAS = [1, 3, 10, 30, 100, 200, 500, 1000, 3000, 10_000, 30_000, 100_000]
K = 10


def subsets():
    """Every choice of seed films, as rows of places; at least one film each."""
    n = len(SEEDS)
    return [list(s) for s in chain(*(combinations(range(n), k) for k in range(1, n + 1)))]


def seed_rows(model, seeds):
    """The rows of B of the seed films, as whole numbers of two bytes, and their unit."""
    rows = model.B_[seeds]  # (n_seeds, n_items)
    unit = np.abs(rows).max() / 32_767
    return np.rint(rows / unit).astype("<i2"), unit


def lists(rows, seeds):
    """The K best films for every choice of seeds, from those seeds' rows: (n_subsets, K)."""
    scores = np.stack([rows[chosen].astype(np.float64).sum(0) for chosen in subsets()])
    for row, chosen in enumerate(subsets()):
        scores[row, np.array(seeds)[chosen]] = -np.inf
    return top_k(scores, K)


def fitted(penalty):
    """The split, the catalogue, the seed films and EASE with this penalty."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    titles = movielens.items.title
    seeds = [int(movielens.items.index[titles == title][0]) for title in SEEDS]
    return split, titles, seeds, EASE(penalty).fit(split.train)


def make():
    """Rows of B for each penalty, cut to the films that any list shows; NDCG@10."""
    kept, made = set(), []
    for penalty in LAMBDAS:
        split, titles, seeds, model = fitted(penalty)
        rows, unit = seed_rows(model, seeds)
        exact, rounded = lists(model.B_[seeds], seeds), lists(rows, seeds)
        if (share := (exact == rounded).mean()) < 0.99:
            raise ValueError(f"{penalty}: only {share:.1%} of the places survive rounding")
        kept |= set(rounded.ravel().tolist()) | set(seeds)
        report = evaluate(model, split, part="validation").estimate("ndcg")
        made.append((rows, unit, [round(float(v), 5) for v in report]))
    films = sorted(kept)
    return {
        "lambdas": LAMBDAS,
        "films": titles[films].tolist(),
        "raters": split.train.popularity()[films].tolist(),
        "seeds": [films.index(seed) for seed in seeds],
        "units": [float(f"{unit:.6g}") for _, unit, _ in made],
        "rows": [base64.b64encode(rows[:, films].tobytes()).decode("ascii") for rows, _, _ in made],
        "ndcg": [ndcg for _, _, ndcg in made],
    }


def words(data):
    """The first films for Star Wars and Alien, and NDCG@10, at the ends and at the best."""
    best = int(np.argmax([value for value, *_ in data["ndcg"]]))
    said = {"best": f"{LAMBDAS[best]:,}", "least": f"{LAMBDAS[0]:,}", "most": f"{LAMBDAS[-1]:,}"}
    for name, place in (("least", 0), ("best", best), ("most", len(LAMBDAS) - 1)):
        rows = np.frombuffer(base64.b64decode(data["rows"][place]), "<i2").reshape(len(SEEDS), -1)
        top = lists(rows, data["seeds"])[subsets().index([0, 1])]
        said[f"films-{name}"] = ", ".join(data["films"][film] for film in top[:5])
        said[f"raters-{name}"] = f"{np.mean([data['raters'][film] for film in top]):.0f}"
        said[f"ndcg-{name}"] = f"{data['ndcg'][place][0]:.3f}"
    return said


def part(data):
    """The rows and the value of one penalty."""
    place = LAMBDAS.index(500)
    split, titles, seeds, model = fitted(LAMBDAS[place])
    films = [data["films"][film] for film in data["seeds"]]
    numbers = np.frombuffer(base64.b64decode(data["rows"][place]), "<i2")
    kept = numbers.reshape(len(seeds), -1) * data["units"][place]
    columns = [int(np.flatnonzero(titles == film)[0]) for film in films]
    report = evaluate(model, split, part="validation").estimate("ndcg")
    held = {"B": kept[:, data["seeds"]], "ndcg": np.array(data["ndcg"][place])}
    anew = {"B": model.B_[np.ix_(seeds, columns)], "ndcg": np.array([*report])}
    return held, anew
