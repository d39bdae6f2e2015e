"""Choose on validation, then look at the test once."""

from __future__ import annotations

from typing import Any, NamedTuple

from plmrec_lite.evaluation.protocol import evaluate
from plmrec_lite.evaluation.report import Report


class Tuned(NamedTuple):
    """What ``tune`` chose, and how that did.

    Attributes
    ----------
    choice : hashable
        The key of the candidate that was best on validation.
    validation : dict of float
        Every candidate's mean on validation.
    report : Report
        The chosen one on the test, fitted anew on all that is known before it.
    """

    choice: Any
    validation: dict
    report: Report


def tune(candidates, split, k=10, metric="ndcg"):
    """Fit candidates on training, choose one on validation, and test that one.

    Parameters
    ----------
    candidates : dict of (Recommender, item vectors or None)
        What to choose from: a model not yet fitted, and the vectors it is fitted with, float
        array (n_items, d).
    split : Split
        The split.
    k : int, default 10
        The length of the lists.
    metric : str, default "ndcg"
        What to choose by: a column of ``Report.per_user``.

    Returns
    -------
    Tuned
        choice, validation, report. Of equals the first candidate is chosen.

    Raises
    ------
    ValueError
        If there is no candidate; and what ``evaluate`` raises.

    Examples
    --------
    >>> from plmrec_lite.data import leave_one_out, load_movielens
    >>> from plmrec_lite.recommenders import Popularity
    >>> split = leave_one_out(load_movielens().interactions)
    >>> tune({"the same for all": (Popularity(), None)}, split).choice
    'the same for all'

    Source: Hastie, Tibshirani & Friedman 2009, section 7.2.
    """
    if not candidates:
        raise ValueError("no candidates: give at least one (model, item_vectors)")
    validation = {
        key: float(
            evaluate(model.fit(split.train, vectors), split, k, part="validation").mean()[metric]
        )
        for key, (model, vectors) in candidates.items()
    }
    choice = max(validation, key=validation.get)
    model, vectors = candidates[choice]
    return Tuned(choice, validation, evaluate(model.fit(split.known("test"), vectors), split, k))
