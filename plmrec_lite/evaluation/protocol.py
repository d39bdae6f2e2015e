"""How a model is tested: every unseen item ranked, one value a user, and what chance can do.

Page: ideas/recommenders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from plmrec_lite.evaluation import metrics
from plmrec_lite.recommenders.base import top_k

METRICS = {
    "precision": metrics.precision_at_k,
    "recall": metrics.recall_at_k,
    "f1": metrics.f1_at_k,
    "hit_rate": metrics.hit_rate_at_k,
    "ndcg": metrics.ndcg_at_k,
    "reciprocal_rank": metrics.reciprocal_rank,
    "average_precision": metrics.average_precision_at_k,
}
N_RESAMPLES = 2000


class Difference(NamedTuple):
    """A mean difference between two models and the interval that it lies in."""

    difference: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Report:
    """What ``evaluate`` found: one row of metrics for each user.

    Attributes
    ----------
    model, split, part : str
        What was evaluated on what.
    k : int
        The length of the lists.
    recommended : int array (n, k)
        The lists.
    per_user : pandas.DataFrame (n, 7)
        The metrics of each list; its index holds the user ids. Only users with something
        relevant are there.
    n_new : int
        How many of these users had no history: they were given the popular items.
    coverage, novelty : float
        Of all lists together: share of the candidates, and bits.

    Source: the layout is the book's own. Page: ideas/recommenders.
    """

    model: str
    split: str
    part: str
    k: int
    recommended: np.ndarray
    per_user: pd.DataFrame
    n_new: int
    coverage: float
    novelty: float

    def mean(self):
        """Return the mean over users of each metric.

        Returns
        -------
        pandas.Series of float (7,)
            Indexed by metric.
        """
        return self.per_user.mean()

    def interval(self, level=0.95, seed=0):
        """Return where each mean would lie if other users of the same kind were drawn.

        Parameters
        ----------
        level : float, default 0.95
            The share of the resamples that the interval holds, between 0 and 1.
        seed : int, default 0
            The seed of the percentile bootstrap over users, of 2,000 resamples.

        Returns
        -------
        pandas.DataFrame (7, 2)
            Columns low and high, indexed by metric.

        Raises
        ------
        ValueError
            If ``level`` is out of range.

        Source: Efron & Tibshirani 1993, section 13.3.
        """
        low, high = _bootstrap(self.per_user.to_numpy(), level, seed)
        return pd.DataFrame({"low": low, "high": high}, index=self.per_user.columns)

    def compare(self, other, metric="ndcg", level=0.95, seed=0):
        """Return by how much this model beats another on the same users.

        Parameters
        ----------
        other : Report
            The other model's report on the same split, part and k.
        metric : str, default "ndcg"
            A column of ``per_user``.
        level : float, default 0.95
            The level of the interval.
        seed : int, default 0
            The seed of the paired bootstrap: both models' values of a user are drawn together.

        Returns
        -------
        Difference
            The mean of this model's value less the other's, low and high. An interval
            above 0 says that this model is better for users like these; it knows nothing
            of other seeds or splits.

        Raises
        ------
        KeyError
            If there is no such metric.
        ValueError
            If the reports are not of the same users, split, part and k.

        Source: Sakai 2006.
        """
        if metric not in self.per_user:
            raise KeyError(f"metric {metric!r}: use one of {', '.join(self.per_user)}")
        mine, theirs = ((r.split, r.part, r.k, len(r.per_user)) for r in (self, other))
        if mine != theirs or not self.per_user.index.equals(other.per_user.index):
            raise ValueError(
                f"cannot pair {self.model} and {other.model}: they are reports on (split, part, "
                f"k, users) {mine} and {theirs}; evaluate both on the same users"
            )
        difference = (self.per_user[metric] - other.per_user[metric]).to_numpy()
        (low,), (high,) = _bootstrap(difference[:, None], level, seed)
        return Difference(float(difference.mean()), float(low), float(high))


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

    Source: Krichene & Rendle 2020, on why nothing is sampled. Page: ideas/recommenders.
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

    Source: Krichene & Rendle 2020. Page: ideas/recommenders.
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


def table(reports, metrics=("ndcg", "recall", "precision"), level=0.95):
    """Lay reports side by side for a page.

    Parameters
    ----------
    reports : iterable of Report
        One row each.
    metrics : sequence of str
        Columns of ``Report.per_user``.
    level : float, default 0.95
        The level of the bootstrap intervals.

    Returns
    -------
    pandas.DataFrame
        Indexed by model: the split, the number of users, of them new, each metric as text
        ``mean [low, high]``, coverage, and novelty in bits; rounded to 3 decimals.

    Raises
    ------
    KeyError
        If there is no such metric.

    Source: the layout is the book's own. Page: ideas/recommenders.
    """
    rows = {}
    reports = list(reports)
    for number, report in enumerate(reports):
        mean, interval = report.mean(), report.interval(level)
        row = {"model": report.model, "split": report.split, "users": len(report.per_user)}
        row["new"] = report.n_new
        for metric in metrics:
            if metric not in mean:
                raise KeyError(f"metric {metric!r}: use one of {', '.join(mean.index)}")
            low, high = interval.loc[metric]
            row[f"{metric}@{report.k}"] = f"{mean[metric]:.3f} [{low:.3f}, {high:.3f}]"
        row |= {"coverage": round(report.coverage, 3), "novelty": round(report.novelty, 3)}
        rows[number] = row
    return pd.DataFrame.from_dict(rows, orient="index").set_index("model")


def _wanted(split, part):
    """Return the users who have events in a part, and each one's items there."""
    held_out = split.held_out(part)
    if not len(held_out):
        raise ValueError(f"the {part} part of the split {split.name!r} is empty: nothing to rank")
    users = np.unique(held_out.users)
    histories = held_out.histories()
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


def _bootstrap(values, level, seed):
    """Return the percentile interval of the column means of values (n, m): low and high (m,)."""
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
    rng = np.random.default_rng(seed)
    n = len(values)
    draws = (np.bincount(rng.integers(n, size=n), minlength=n) for _ in range(N_RESAMPLES))
    means = np.array([counts @ values / n for counts in draws])  # (n_resamples, m)
    return np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
