"""How a model is tested: for each user every unseen item is ranked, and the top is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.evaluation import metrics
from plmrec_lite.evaluation.judged import judge
from plmrec_lite.evaluation.report import Report
from plmrec_lite.ranking import top_k, top_k_by_rows
from plmrec_lite.runtime import check_seed

METRICS = {
    "precision": metrics.precision_at_k,
    "recall": metrics.recall_at_k,
    "f1": metrics.f1_at_k,
    "hit_rate": metrics.hit_rate_at_k,
    "ndcg": metrics.ndcg_at_k,
    "reciprocal_rank": metrics.reciprocal_rank,
    "average_precision": metrics.average_precision_at_k,
}


def evaluate(model, split, k=10, part="test", min_rating=None):
    """Let a fitted model rank all candidates for each user, and judge the top k.

    What the user is known to have met before is left out of the lists; nothing is sampled.

    Parameters
    ----------
    model : Recommender; fitted by the caller, on ``split.known(part)``
    split : Split
    k : int; the length of the lists, 1 to n_items
    part : {"test", "validation"}; choose hyperparameters on validation only
    min_rating : float or None; what was rated lower is not relevant

    Returns
    -------
    Report; of every user who has a relevant item in the part

    Raises
    ------
    ValueError: k or ``part`` out of range, nothing relevant in the part, a ``min_rating`` and no
    ratings, or a model fitted on events of the part

    Source: Krichene & Rendle 2020, on why nothing is sampled.
    """
    users, rows, items = _wanted(split, part, min_rating)
    allowed = _allowed_scores(model, split, part, users)
    name = split.name if min_rating is None else f"{split.name}, rated {min_rating:g} or more"
    return _report(model, split, part, k, users, (rows, items), allowed, name)


def evaluate_sampled(model, split, k=10, part="test", n_negatives=100, seed=0):
    """Rank one relevant item of each user among a few sampled others: how NOT to evaluate.

    Many papers did so to save time. The values are far higher than those of `evaluate`
    and may put models in another order.

    Parameters
    ----------
    model, split, k, part : as in `evaluate`
    n_negatives : int; how many items, neither known nor relevant, are drawn for each user, or all
    seed : int; of the draw

    Returns
    -------
    Report; of one relevant item for each user, drawn where there are several

    Raises
    ------
    ValueError: ``n_negatives`` below 1; and what `evaluate` raises

    Source: Krichene & Rendle 2020.
    """
    check_seed(seed)
    if n_negatives < 1:
        raise ValueError(f"n_negatives={n_negatives}: draw at least one")
    users, wanted, items = _wanted(split, part)
    relevant = np.split(items, np.flatnonzero(np.diff(wanted)) + 1)
    allowed = _allowed_scores(model, split, part, users)
    rng = np.random.default_rng(seed)
    chosen = np.concatenate([rng.choice(items, size=1) for items in relevant])

    def sampled(rows):
        scores = allowed(rows)
        others = scores > -np.inf
        for row, items in enumerate(relevant[rows]):
            others[row, items] = False
        draw = np.where(others, rng.random(others.shape), -np.inf)
        negatives = top_k(draw, min(n_negatives, others.shape[1]))  # (rows, n_negatives)
        drawn = np.zeros_like(others)
        row, place = (negatives >= 0).nonzero()
        drawn[row, negatives[row, place]] = True
        drawn[np.arange(len(drawn)), chosen[rows]] = True
        return np.where(drawn, scores, -np.inf)

    name = f"{split.name}, {n_negatives} sampled"
    wanted = np.arange(len(users)), chosen
    return _report(model, split, part, k, users, wanted, sampled, name, in_turn=True)


def _wanted(split, part, min_rating=None):
    """Return the users who have relevant events in a part; each event's user's row and item."""
    held_out, rated = split.held_out(part), ""
    if min_rating is not None:
        held_out = held_out.select(held_out.require("ratings", "min_rating") >= min_rating)
        rated = f" of ratings of {min_rating:g} or more"
    if not len(held_out):
        raise ValueError(
            f"the {part} part of the split {split.name!r} is empty{rated}: nothing to rank"
        )
    order = np.argsort(held_out.users, kind="stable")
    users, rows = np.unique(held_out.users[order], return_inverse=True)
    return users, rows, held_out.items[order]


def _allowed_scores(model, split, part, users):
    """Return a function from a slice of the users to their scores of all items.

    Minus infinity stands where an item is no candidate, or the user is known to have met it.
    """
    held_out = split.held_out(part)
    leaked = 0 if model.seen_ is None else int(model.seen_[held_out.users, held_out.items].sum())
    if leaked:
        raise ValueError(
            f"{model.name} was fitted on {leaked} of the {len(held_out)} events that it would be "
            f"tested on: fit it on split.known({part!r})"
        )
    known = split.known(part).matrix()[users]
    barred = ~split.candidates[part]

    def allowed(rows):
        scores = model.score(users[rows])
        scores[:, barred] = -np.inf
        scores[known[rows].nonzero()] = -np.inf
        return scores

    return allowed


def _report(model, split, part, k, users, wanted, scores, name, in_turn=False):
    """Rank by ``scores``, some users at a time, judge the lists, and describe them."""
    recommended = top_k_by_rows(scores, len(users), split.train.n_items, k, in_turn)
    judged = judge(recommended, *wanted, k)
    values = {metric: function(judged, None, k) for metric, function in METRICS.items()}
    known = split.known(part)
    n_known = np.bincount(known.users, minlength=known.n_users)
    return Report(
        model=model.name,
        split=name,
        part=part,
        k=k,
        recommended=recommended,
        per_user=pd.DataFrame(values, index=pd.Index(users, name="user")),
        n_new=int((n_known[users] == 0).sum()),
        coverage=metrics.coverage(recommended, int(split.candidates[part].sum())),
        novelty=metrics.novelty(recommended, known.popularity()),
    )
