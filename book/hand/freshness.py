"""NDCG@10 under the hand, by the delay of events and by who is asked."""

import numpy as np
from plmrec_lite.data import load_movielens
from plmrec_lite.evaluation.freshness import NEVER, DelayTrial
from plmrec_lite.evaluation.intervals import mean_over_people
from plmrec_lite.recommenders import EASE, ItemKNN

DAY = 24 * 60 * 60
DELAYS = {"none": 0, "1 minute": 60, "10 minutes": 600, "1 hour": 3600, "1 day": DAY}
DELAYS |= {"1 week": 7 * DAY, "never": NEVER}
MODELS = ["EASE, faded", "EASE", "item-kNN, faded", "popularity"]
WHO = ["all questions", "people with five events before", "first film of a new sitting"]
FADED = 0.8  # chosen on validation, on the page, as the other settings


def opened():
    """The trial, what each model's events add, and which questions are of which kind."""
    log = load_movielens().interactions
    cut = np.sort(log.timestamps)[len(log) * 90 // 100]
    trial = DelayTrial(log, cut, np.inf)
    weights = {
        "EASE, faded": (EASE(800).fit(trial.known).B_, FADED),
        "EASE": (EASE(200).fit(trial.known).B_, 1.0),
        "item-kNN, faded": (ItemKNN(800).fit(trial.known).similarity_.toarray(), FADED),
    }
    pauses = trial.pauses()
    met = np.bincount(trial.known.users, minlength=log.n_users)[trial.asked.users]
    everybody = np.full(len(pauses), True)
    return trial, weights, [everybody, met >= 5, np.isfinite(pauses) & (pauses > 3600)]


def gains(trial, weights, model, delay):
    """The NDCG@10 of each question."""
    if model == "popularity":
        return trial.gains(trial.popularity(DELAYS[delay]))
    W, decay = weights[model]
    return trial.gains(trial.scores(W.astype(np.float32), DELAYS[delay], decay))


def estimate(trial, values, which):
    """NDCG@10 of some questions, with its interval over people."""
    found = mean_over_people(values[which], trial.asked.users[which])
    return [round(float(value), 6) for value in found]


def make():
    """NDCG@10 by model, who is asked, and delay."""
    trial, weights, kinds = opened()
    ndcg = []
    for model in MODELS:
        values = [gains(trial, weights, model, delay) for delay in DELAYS]
        ndcg.append([[estimate(trial, value, which) for value in values] for which in kinds])
    return {
        "delays": list(DELAYS),
        "models": MODELS,
        "who": WHO,
        "questions": [int(which.sum()) for which in kinds],
        "people": [len(np.unique(trial.asked.users[which])) for which in kinds],
        "ndcg": ndcg,
    }


def words(data):
    """What faded EASE and popularity reach."""
    places = {name: place for place, name in enumerate(data["delays"])}

    def said(model, who, delay):
        return f"{data['ndcg'][model][who][places[delay]][0]:.3f}"

    return {
        "all-none": said(0, 0, "none"),
        "all-minute": said(0, 0, "1 minute"),
        "all-hour": said(0, 0, "1 hour"),
        "all-popular": said(3, 0, "none"),
        "known-none": said(0, 1, "none"),
        "known-hour": said(0, 1, "1 hour"),
        "sitting-none": said(0, 2, "none"),
        "sitting-day": said(0, 2, "1 day"),
        "sitting-never": said(0, 2, "never"),
        "sitting-popular": said(3, 2, "none"),
    }


def part(data):
    """Faded EASE with events that are an hour late."""
    trial, weights, kinds = opened()
    place = data["delays"].index("1 hour")
    values = gains(trial, weights, "EASE, faded", "1 hour")
    held = np.array([row[place] for row in data["ndcg"][0]])
    return {"ndcg": held}, {"ndcg": np.array([estimate(trial, values, w) for w in kinds])}
