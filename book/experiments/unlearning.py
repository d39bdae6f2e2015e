"""What is left of people who were taken out of EASE?

A seed deals people out: members, strangers, and a third group of which an attacker
knows the rows. Some members are forgotten, and an attack asks before and after
whether they were in the log.

Predicted on 2026-11-26, before the first run. Forgetting equals a new fit to nine
digits. Before, the attack that knows a reference tells members from strangers
better than chance; afterwards its area is one half within the interval. One person
moves no weight by more than a twentieth of the largest; a hundred of 400 cost the
others less than 0.005 of NDCG@10.
"""

import numpy as np
from plmrec_lite.applications.privacy.unlearning import (
    ForgettingEASE,
    largest_difference,
    membership_scores,
    refitted_without,
)
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import EASE

SEEDS = (0, 1, 2, 3, 4)
CASES = {f"{n} forgotten": {"n_forgotten": n} for n in (1, 10, 100)}
CHECK = {"n_forgotten": 10, "n_members": 150, "n_strangers": 50}


def run(seed, n_forgotten, n_members=400, n_strangers=150):
    """Differences of weights, scores of the attack, NDCG@10 of who stays."""
    split = leave_one_out(load_movielens().interactions)
    log, model = split.known("test"), EASE()
    order = np.random.default_rng(seed).permutation(log.n_users)
    members, strangers, others = np.split(
        order, [n_members, n_members + n_strangers]
    )
    gone, stay = members[:n_forgotten], members[n_forgotten:]
    train = log.select(np.isin(log.users, members))
    live = ForgettingEASE(model, train)
    before = live.weights()
    live.forget(gone)
    after, anew = live.weights(), refitted_without(model, train, gone)
    reference = model.fit(log.select(np.isin(log.users, others))).B_
    error, relative = largest_difference(after, anew)
    moved, moved_relative = largest_difference(before, anew)
    values = {
        "error": error,
        "error, relative": relative,
        "moved": moved,
        "moved, relative": moved_relative,
    }
    rows = log.matrix().astype(np.float64)
    for who, people in (("forgotten", gone), ("strangers", strangers)):
        known = membership_scores(reference, rows[people])
        for when, weights in (("before", before), ("after", after), ("anew", anew)):
            found = membership_scores(weights, rows[people])
            values[f"{who}, {when}"] = found
            values[f"{who}, {when}, less reference"] = found - known
    left = values["forgotten, after"] - values["forgotten, anew"]
    values["left of the forgotten"] = float(np.abs(left).max())
    model.fit(train)
    for when, weights in (("before", before), ("after", after)):
        model.B_ = weights
        ndcg = evaluate(model, split).per_user["ndcg"]
        values[f"ndcg of others, {when}"] = ndcg[np.sort(stay)].round(4).to_numpy()
    return values
