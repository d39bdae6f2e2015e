"""How a model is tested: for each user every unseen item is ranked, and the top is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.evaluation import metrics
from plmrec_lite.evaluation.report import Report
from plmrec_lite.ranking import top_k

METRICS = {
    "precision": metrics.precision_at_k,
    "recall": metrics.recall_at_k,
    "f1": metrics.f1_at_k,
    "hit_rate": metrics.hit_rate_at_k,
    "ndcg": metrics.ndcg_at_k,
    "reciprocal_rank": metrics.reciprocal_rank,
    "average_precision": metrics.average_precision_at_k,
}


def evaluate(model, split, k=10, part="test"):
    """Let a fitted model rank all candidates for each user, and judge the top k.

    What the user is known to have met before is left out of the lists; nothing is sampled.

    Parameters
    ----------
    model : Recommender
        Fitted by the caller: on ``split.train`` to evaluate validation, on
        ``split.known("test")`` to evaluate the test.
    split : Split
        The split.
    k : int, default 10
        The length of the lists, 1 to n_items.
    part : {"test", "validation"}
        The held-out part; choose hyperparameters on validation only.

    Returns
    -------
    Report
        Metrics of every user who has an item in the part.

    Raises
    ------
    ValueError
        If k or ``part`` is out of range, the part is empty, or the model was fitted on
        events of the part.

    Source: Krichene & Rendle 2020, on why nothing is sampled.
    """
    users, relevant = _wanted(split, part)
    allowed = _rankable(model, split, part, users)
    return _report(model, split, part, k, users, relevant, allowed, split.name)


def evaluate_sampled(model, split, k=10, part="test", n_negatives=100, seed=0):
    """Rank one relevant item of each user among a few sampled others: how NOT to evaluate.

    Many papers did so to save time. The values are far higher than those of ``evaluate``
    and may put models in another order.

    Parameters
    ----------
    model, split, k, part
        As in ``evaluate``.
    n_negatives : int, default 100
        How many items, neither known nor relevant, are drawn for each user; all of them
        where there are fewer.
    seed : int, default 0
        The seed of the draw.

    Returns
    -------
    Report
        One relevant item for each user, drawn where there are several.

    Raises
    ------
    ValueError
        If ``n_negatives`` is below 1; and what ``evaluate`` raises.

    Source: Krichene & Rendle 2020.
    """
    if n_negatives < 1:
        raise ValueError(f"n_negatives={n_negatives}: draw at least one")
    users, relevant = _wanted(split, part)
    allowed = _rankable(model, split, part, users)
    rng = np.random.default_rng(seed)
    chosen = [rng.choice(items, size=1) for items in relevant]
    others = allowed.copy()  # (n, n_items)
    for row, items in enumerate(relevant):
        others[row, items] = False
    draw = np.where(others, rng.random(others.shape), -np.inf)
    negatives = top_k(draw, min(n_negatives, others.shape[1]))  # (n, n_negatives)
    sampled = np.zeros_like(allowed)
    rows, places = (negatives >= 0).nonzero()
    sampled[rows, negatives[rows, places]] = True
    sampled[np.arange(len(users)), np.concatenate(chosen)] = True
    name = f"{split.name}, {n_negatives} sampled"
    return _report(model, split, part, k, users, chosen, sampled & allowed, name)


def _wanted(split, part):
    """Return the users who have events in a part, and each one's items there."""
    held_out = split.held_out(part)
    if not len(held_out):
        raise ValueError(f"the {part} part of the split {split.name!r} is empty: nothing to rank")
    users = np.unique(held_out.users)
    histories = held_out.histories(in_time=False)
    return users, [histories[user] for user in users]


def _rankable(model, split, part, users):
    """Return bool (n, n_items): the candidates, less what each user is known to have met."""
    held_out = split.held_out(part)
    leaked = 0 if model.seen_ is None else int(model.seen_[held_out.users, held_out.items].sum())
    if leaked:
        raise ValueError(
            f"{model.name} was fitted on {leaked} of the {len(held_out)} events that it would be "
            f"tested on: fit it on split.known({part!r})"
        )
    known = split.known(part).matrix()[users]
    allowed = np.tile(split.candidates[part], (len(users), 1))
    allowed[known.nonzero()] = False
    return allowed


def _report(model, split, part, k, users, relevant, allowed, name):
    """Rank what is allowed, judge the lists, and describe them."""
    scores = np.where(allowed, model.score(users), -np.inf)
    recommended = top_k(scores, k)
    values = {metric: function(recommended, relevant, k) for metric, function in METRICS.items()}
    known = split.known(part)
    return Report(
        model=model.name,
        split=name,
        part=part,
        k=k,
        recommended=recommended,
        per_user=pd.DataFrame(values, index=pd.Index(users, name="user")),
        n_new=int((~np.isin(users, known.users)).sum()),
        coverage=metrics.coverage(recommended, int(split.candidates[part].sum())),
        novelty=metrics.novelty(recommended, known.popularity()),
    )
