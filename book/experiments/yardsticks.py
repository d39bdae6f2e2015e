"""How much does the protocol alone move a number, and does it change who wins?

Six models with the settings that leave-one-out chose, on six splits of one log.
For each person's test film the run keeps how many films stand above it: the
numbers of most protocols follow from that.
"""

from dataclasses import replace

import numpy as np
from plmrec_lite.data import (
    leave_one_out,
    load_movielens,
    random_split,
    temporal_split,
)
from plmrec_lite.data.order import forget_order
from plmrec_lite.data.ties import order_ties
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.standing import gains, standing
from plmrec_lite.recommenders import (
    EASE,
    ItemKNN,
    MatrixFactorization,
    Popularity,
    SequentialTransformer,
)

SEEDS = (0, 1, 2)
CASES = {
    "ties as in the file": {"how": "file"},
    "ties shuffled": {"how": "shuffled"},
    "ties by film number": {"how": "item"},
    "all times shuffled": {"how": "no order"},
    "one moment": {"how": "moment"},
    "a random fifth": {"how": "fifth"},
}
CHECK = {"how": "file", "n_epochs": 1, "n_users": 150}


def run(seed, how, n_epochs=48, n_users=None):
    """Count what stands above each person's test film, for each model."""
    log = load_movielens().interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    split = split_by(how, log, seed)
    one = split
    if how in ("moment", "fifth"):
        split, one = with_history(split), with_history(one_each(split, how, seed))
    values = {}
    for name, model in models(seed, n_epochs).items():
        model.fit(split.known("test"))
        found = standing(model, one)
        drawn = found.popularity_counts(split.known("test").popularity(), seed=seed)
        hit, ndcg = gains(drawn)
        values |= {
            f"{name}: above": found.counts(),
            f"{name}: above with seen": found.counts(mask_seen=False),
            f"{name}: popular hit": hit.mean(0).round(4),
            f"{name}: popular ndcg": ndcg.mean(0).round(4),
        }
        many = evaluate(model, split).per_user
        values[f"{name}: many"] = many["ndcg"].to_numpy().round(4)
        values[f"{name}: many recall"] = many["recall"].to_numpy().round(4)
    values["person"] = found.users
    values["film"] = found.items
    values["others"] = found.n_others()
    values["relevant"] = np.bincount(split.test.users)[found.users]
    return values


def models(seed, n_epochs):
    """Six models with the settings that leave-one-out's validation chose."""
    sequence = SequentialTransformer()
    sequence.training = replace(sequence.training, n_epochs=n_epochs, seed=seed)
    return {
        "popularity": Popularity(),
        "item-kNN": ItemKNN(),
        "ALS": MatrixFactorization(seed=seed),
        "EASE": EASE(),
        "EASE, old events faded": EASE(400.0, 0.9),
        "sequence": sequence,
    }


def split_by(how, log, seed):
    """Cut the log as one of the protocols does."""
    if how == "moment":
        return temporal_split(log, validation=0.1, test=0.2)
    if how == "fifth":
        return random_split(log, validation=0.1, test=0.2, seed=seed)
    if how == "no order":
        return leave_one_out(forget_order(log, seed))
    return leave_one_out(order_ties(log, how, seed))


def with_history(split):
    """Test only people who have something in training."""
    known = np.bincount(split.known("test").users, minlength=split.train.n_users)
    return replace(split, test=split.test.select(known[split.test.users] > 0))


def one_each(split, how, seed):
    """Keep one test event a person: the first in time, or one drawn at random."""
    test = split.test
    turn = (
        test.timestamps
        if how == "moment"
        else np.random.default_rng(seed).random(len(test))
    )
    order = np.lexsort((turn, test.users))
    first = np.append(True, np.diff(test.users[order]) > 0)
    keep = np.zeros(len(test), dtype=bool)
    keep[order[first]] = True
    return replace(split, test=test.select(keep))
