"""What does each epsilon of randomised response on clicks cost?

Each 0 and 1 of a person's row is flipped with a known probability before it is
sent. The server corrects the sums and learns. Scores are made from the noisy row by
the server, or from the true row by the person's device. A seed decides the flips;
a row is sent once, so that validation and test share them.

Predicted on 2026-11-26, before the first run. Popularity loses nothing worth
having (0.005 of NDCG@10) from epsilon 1 on. EASE on the device beats popularity
from 2 on and loses less than 0.005 at 4 and 8. EASE on the server loses more at 4.
Without the correction the device's lists are worse at 1, 2 and 4.
"""

import numpy as np
from plmrec_lite.applications.privacy.randomised_response import (
    ClickPrivacy,
    corrected,
    randomised,
)
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.ease import inverse
from plmrec_lite.recommenders.item_updates import weights_of

SEEDS = (0, 1, 2)
EPSILONS = (1, 2, 4, 8)
CASES = {"clicks": {"epsilons": (*EPSILONS, None)}}  # None: no noise
CHECK = {"epsilons": (4,), "n_items": 400, "penalties": (300, 3000)}
PENALTIES = (100, 300, 1000, 3000, 1e4, 1e5, 1e6)
MODELS = ("EASE, device", "EASE, server", "EASE, device, not corrected")


def run(seed, epsilons, n_items=None, penalties=PENALTIES):
    """NDCG@10 of each person, the chosen penalty, and false clicks a row."""
    log = load_movielens().interactions
    if n_items is not None:
        log = log.select(log.items < n_items)
    split, values = leave_one_out(log), {}
    for epsilon in epsilons:
        name = "no noise" if epsilon is None else f"epsilon {epsilon:g}"
        for key, value in with_noise(split, epsilon, seed, penalties).items():
            values[f"{name}: {key}"] = value
    return values


def with_noise(split, epsilon, seed, penalties):
    """The results of one epsilon; None for no noise."""
    values, chosen = {}, {}
    for part in ("validation", "test"):
        rows = split.known(part).matrix().astype(np.float64)
        models, counts, false = sent_rows(rows, epsilon, seed)
        values["false clicks a row"] = float(false)
        values["popularity"] = ndcg(
            np.broadcast_to(counts, rows.shape), split, part
        )
        for name, (gram, profiles) in models.items():

            def judged(penalty, gram=gram, profiles=profiles, part=part):
                weights = weights_of(inverse(gram.copy(), penalty))
                return ndcg(profiles @ weights, split, part)

            if part == "validation":
                found = [judged(penalty).mean() for penalty in penalties]
                chosen[name] = int(np.argmax(found))
                values[f"{name}, penalty"] = float(penalties[chosen[name]])
                values[f"{name}, edge"] = int(
                    chosen[name] in (0, len(penalties) - 1)
                )
            else:
                values[name] = judged(penalties[chosen[name]])
    return values


def sent_rows(rows, epsilon, seed):
    """By model: the matrix it learns from, and rows to score by; counts; lies."""
    if epsilon is None:
        gram = (rows.T @ rows).toarray()
        return {"EASE, device": (gram, rows)}, rows.sum(axis=0), 0.0
    promise = ClickPrivacy(epsilon=float(epsilon), n_items=rows.shape[1])
    sent = randomised(rows, promise, seed)
    plain, honest = sent.astype(np.float64), corrected(sent, promise)
    gram = honest.T @ honest
    models = (gram, rows), (gram, honest), (plain.T @ plain, rows)
    false = (plain * (rows.toarray() == 0)).sum(axis=1).mean()
    return dict(zip(MODELS, models, strict=True)), honest.sum(axis=0), false


def ndcg(scores, split, part):
    """NDCG@10 of each person."""
    model = Scored(np.asarray(scores)).fit(split.known(part))
    return evaluate(model, split, part=part).per_user["ndcg"].round(4).to_numpy()


class Scored(Recommender):
    """A model of which only the scores are known."""

    knows_newcomers = True

    def __init__(self, scores):
        self.scores = scores

    def _fit(self, train, item_vectors):
        pass

    def _score(self, users):
        return self.scores[users]
