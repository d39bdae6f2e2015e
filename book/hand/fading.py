"""EASE with time decay under the hand: one person's list for each factor and order."""

from dataclasses import replace

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.data.order import forget_order
from plmrec_lite.evaluation import evaluate
from plmrec_lite.ranking import top_k
from plmrec_lite.recommenders import EASE

PENALTY = 400.0  # chosen on validation, on the page
DECAYS = [1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
CHOSEN = 0.9
HISTORY = ["Sense and Sensibility", "Emma", "Babe", "Alien", "Aliens", "Blade Runner"]
ORDERS = {
    "as it was": [0, 1, 2, 3, 4, 5],
    "reversed": [5, 4, 3, 2, 1, 0],
    "shuffled": [3, 0, 4, 1, 5, 2],
}
K = 8


def fitted():
    """The split, the titles, and EASE fitted on its training part."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    return split, movielens.items.title, EASE(PENALTY).fit(split.train)


def lists(model, titles, decay):
    """The K best films and their scores for each order of the history: (3, K) each."""
    films = np.array([np.flatnonzero(titles == title)[0] for title in HISTORY])
    scores = np.zeros((len(ORDERS), len(titles)))
    for row, order in enumerate(ORDERS.values()):
        ages = np.arange(len(films))[::-1]  # the last film has age 0
        scores[row] = decay**ages @ model.B_[films[order]]
    scores[:, films] = -np.inf
    best = top_k(scores, K)
    return best, np.take_along_axis(scores, best, axis=1)


def ndcg(split, decay):
    """NDCG@10 on validation: value, and the ends of the interval over people."""
    report = evaluate(EASE(PENALTY, decay).fit(split.train), split, part="validation")
    return [round(float(value), 4) for value in report.estimate("ndcg")]


def make():
    """Lists for each factor and order; NDCG@10 with the histories in order, and shuffled."""
    split, titles, model = fitted()
    shuffled = replace(split, train=forget_order(split.train))
    best = [lists(model, titles, decay) for decay in DECAYS]
    films = sorted({film for found, _ in best for film in found.ravel().tolist()})
    place = {film: i for i, film in enumerate(films)}
    return {
        "decays": DECAYS,
        "history": HISTORY,
        "orders": list(ORDERS),
        "orderings": list(ORDERS.values()),
        "films": titles[films].tolist(),
        "best": [[[place[film] for film in row] for row in found.tolist()] for found, _ in best],
        "scores": [np.round(scores, 4).tolist() for _, scores in best],
        "ndcg": [ndcg(split, decay) for decay in DECAYS],
        "ndcg_shuffled": [ndcg(shuffled, decay)[0] for decay in DECAYS],
    }


def words(data):
    """The history, and the first films without fading and with the chosen factor."""
    row = DECAYS.index(CHOSEN)
    first = [
        [", ".join(data["films"][film] for film in order[:4]) for order in data["best"][place]]
        for place in (0, row, len(DECAYS) - 1)
    ]
    return {
        "history": ", ".join(data["history"]),
        "chosen": f"{CHOSEN}",
        "least": f"{DECAYS[-1]}",
        "films-1": first[0][0],
        "films-forward": first[2][0],
        "films-reversed": first[2][1],
        "ndcg-1": f"{data['ndcg'][0][0]:.3f}",
        "ndcg-chosen": f"{data['ndcg'][row][0]:.3f}",
        "ndcg-shuffled": f"{data['ndcg_shuffled'][row]:.3f}",
    }


def part(data):
    """The lists and the value of the chosen factor."""
    row = DECAYS.index(CHOSEN)
    split, titles, model = fitted()
    best, scores = lists(model, titles, CHOSEN)
    said = [[titles[film] for film in order] for order in best]
    held = [[data["films"][film] for film in order] for order in data["best"][row]]
    kept = {"scores": np.array(data["scores"][row]), "ndcg": np.array(data["ndcg"][row])}
    anew = {"scores": scores, "ndcg": np.array(ndcg(split, CHOSEN))}
    same = np.array([held == said])
    return kept | {"same": np.array([True])}, anew | {"same": same}
