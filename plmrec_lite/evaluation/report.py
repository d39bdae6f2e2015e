"""What a test found: one value a user, their means, and what chance can do to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from plmrec_lite.evaluation.estimate import percentile_interval
from plmrec_lite.evaluation.intervals import mean_over_people, resamples
from plmrec_lite.runtime import check_seed


@dataclass(frozen=True, eq=False)
class Report:
    """What ``evaluate`` found: one row of metrics for each user.

    Attributes
    ----------
    model, split, part : str; what was evaluated on what
    k : int; the length of the lists
    recommended : int array (n, k); the lists
    per_user : pandas.DataFrame (n, 7); the metrics of each list; its index holds the user ids. Only
        users with something relevant are there.
    n_new : int; how many of these users had no history: they were given the popular items
    coverage, novelty : float; of all lists together: share of the candidates, and bits
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
        pandas.Series of float (7,); indexed by metric
        """
        return self.per_user.mean()

    def interval(self, level=0.95, seed=0):
        """Return where each mean would lie if other users of the same kind were drawn.

        Parameters
        ----------
        level : float; the share of the resamples that the interval holds, between 0 and 1
        seed : int; the seed of the percentile bootstrap over users, of 2,000 resamples

        Returns
        -------
        pandas.DataFrame (7, 2); columns low and high, indexed by metric

        Raises
        ------
        ValueError: ``level`` is out of range

        Source: Efron & Tibshirani 1993, section 13.3.
        """
        check_seed(seed)
        low, high = _bootstrap(self.per_user.to_numpy(), level, seed)
        return pd.DataFrame({"low": low, "high": high}, index=self.per_user.columns)

    def estimate(self, metric="ndcg", level=0.95, seed=0):
        """Return the mean of one metric with its interval.

        Parameters
        ----------
        metric : str; a column of ``per_user``
        level : float; the level of the interval
        seed : int; the seed of the bootstrap over users

        Returns
        -------
        Estimate; as in ``mean`` and ``interval``

        Raises
        ------
        KeyError: there is no such metric
        ValueError: ``level`` is out of range
        """
        check_seed(seed)
        if metric not in self.per_user:
            raise KeyError(f"metric {metric!r}: use one of {', '.join(self.per_user)}")
        return mean_over_people(self.per_user[metric].to_numpy(), level=level, seed=seed)

    def compare(self, other, metric="ndcg", level=0.95, seed=0):
        """Return by how much this model beats another on the same users.

        Parameters
        ----------
        other : Report; the other model's report on the same split, part and k
        metric : str; a column of ``per_user``
        level : float; the level of the interval
        seed : int; the seed of the paired bootstrap: both models' values of a user are drawn
            together

        Returns
        -------
        Estimate; the mean of this model's value less the other's, low and high. An interval above 0
            says that this model is better for users like these; it knows nothing of other seeds or
            splits.

        Raises
        ------
        ValueError: there is no such metric, or the reports are not of the same users, split, part
            and k

        Source: Sakai 2006.
        """
        check_seed(seed)
        check_metric(metric, self.per_user)
        mine, theirs = ((r.split, r.part, r.k, len(r.per_user)) for r in (self, other))
        if mine != theirs or not self.per_user.index.equals(other.per_user.index):
            raise ValueError(
                f"cannot pair {self.model} and {other.model}: they are reports on (split, part, "
                f"k, users) {mine} and {theirs}; evaluate both on the same users"
            )
        difference = (self.per_user[metric] - other.per_user[metric]).to_numpy()
        return mean_over_people(difference, level=level, seed=seed)


def table(reports, metrics=("ndcg", "recall", "precision"), level=0.95):
    """Lay reports side by side for a page.

    Parameters
    ----------
    reports : iterable of Report; one row each
    metrics : sequence of str; columns of ``Report.per_user``
    level : float; the level of the bootstrap intervals

    Returns
    -------
    pandas.DataFrame; indexed by model: the split, the number of users, of them new, each metric as
        text ``mean [low, high]``, coverage, and novelty in bits; rounded to 3 decimals

    Raises
    ------
    ValueError: there is no such metric
    """
    rows = {}
    reports = list(reports)
    for number, report in enumerate(reports):
        mean, interval = report.mean(), report.interval(level)
        row = {"model": report.model, "split": report.split, "users": len(report.per_user)}
        row["new"] = report.n_new
        for metric in metrics:
            check_metric(metric, mean.index)
            low, high = interval.loc[metric]
            row[f"{metric}@{report.k}"] = f"{mean[metric]:.3f} [{low:.3f}, {high:.3f}]"
        row |= {"coverage": round(report.coverage, 3), "novelty": round(report.novelty, 3)}
        rows[number] = row
    frame = pd.DataFrame.from_dict(rows, orient="index").set_index("model")
    return frame.rename_axis(index=None, columns="model")


def check_metric(metric, known):
    """Refuse the name of a metric that nobody knows.

    Parameters
    ----------
    metric : str; the name
    known : iterable of str; the names that there are

    Raises
    ------
    ValueError: it is none of them (the message names them)
    """
    if metric not in known:
        raise ValueError(f"metric={metric!r}: use one of {', '.join(known)}")


def _bootstrap(values, level, seed):
    """Return the percentile interval of the column means of values (n, m): low and high (m,)."""
    n = len(values)
    draws = (np.bincount(rows, minlength=n) for rows in resamples(n, seed))
    means = np.array([counts @ values / n for counts in draws])  # (n_resamples, m)
    return percentile_interval(means, level)
