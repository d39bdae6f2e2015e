"""Settings that validation chooses, step by step, and whether the best lies at the grid's end."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from itertools import product

from sklearn.preprocessing import normalize

from plmrec_lite.evaluation.protocol import evaluate
from plmrec_lite.evaluation.report import Report
from plmrec_lite.recommenders.blend import Blend
from plmrec_lite.recommenders.content import ContentBased
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.faded_neighbours import FadedItemKNN
from plmrec_lite.recommenders.recency import recency_weights

# Between which values a setting has a meaning. At such an end nothing lies beyond.
BOUNDS = {"weight": (0, 1), "decay": (0, 1), "share": (0, 1), "shrinkage": (0, math.inf)}


@dataclass(frozen=True, eq=False)
class Candidate:
    """One model, tuned on validation and tested once.

    Attributes
    ----------
    name : str; what tables call it
    uses : {"behaviour", "words", "language model"}; what it knows of items
    setting : dict; what validation chose
    validation : float; NDCG on validation with that setting
    report : Report; on the test, fitted anew on all that is known before it
    seconds : float; tuning, fitting and testing together
    at_edge : dict of str; which settings lie at the end of what was tried: "smallest" or
        "largest", so that a better one may lie beyond
    """

    name: str
    uses: str
    setting: dict
    validation: float
    report: Report
    seconds: float
    at_edge: dict = field(default_factory=dict)


def tune_and_test(name, uses, make, steps, cut, vectors, k, tell):
    """Choose a setting on validation; fit it on all that precedes the test, and test it.

    Parameters
    ----------
    name, uses : str; as ``Candidate``
    make : callable; returns a recommender from a setting
    steps : list of dict of tuple; as ``choose``
    cut : Cut
    vectors : float array (n_items, d) or None
    k : int
    tell : callable

    Returns
    -------
    Candidate
    """
    started = time.perf_counter()
    setting, validation = choose(make, steps, cut, vectors, k)
    model = make(**setting).fit(cut.testing.known("test"), vectors)
    model.name = name
    report = evaluate(model, cut.testing, k)
    seconds = time.perf_counter() - started
    tell(f"{name}: NDCG@{k} {validation:.4f} on validation, {seconds:.1f} s")
    at_edge = edges(setting, steps, cut.testing.train.n_items)
    return Candidate(name, uses, setting, validation, report, seconds, at_edge)


def choose(make, steps, cut, vectors, k):
    """Return the setting that is best on validation, and its NDCG there; of equals the first.

    Parameters
    ----------
    make : callable; returns a recommender from a setting
    steps : list of dict of tuple; the values of each setting; one step after the other, with the
        best so far in what a step does not name
    cut : Cut
    vectors : float array (n_items, d) or None
    k : int

    Returns
    -------
    setting : dict
    ndcg : float
    """
    best, best_ndcg, model, train = {}, -1.0, None, cut.validating.train
    for step in steps or [{}]:
        start = best
        for values in product(*step.values()):
            setting = {**start, **dict(zip(step, values, strict=True))}
            if not _changed(model, setting, train):
                model = make(**setting).fit(train, vectors)
            ndcg = float(evaluate(model, cut.validating, k, "validation").mean()["ndcg"])
            if ndcg > best_ndcg:
                best, best_ndcg = setting, ndcg
    return best, best_ndcg


def _changed(model, setting, train):
    """Change a fitted model where only what comes after the fit is another; say if that is so."""
    if isinstance(model, Blend):
        model.weight = setting["weight"]
        return True
    if not isinstance(model, (EASE, FadedItemKNN, ContentBased)):
        return False
    if any(getattr(model, name) != value for name, value in setting.items() if name != "decay"):
        return False
    model.decay = setting["decay"]
    rows = recency_weights(train, model.decay)
    if isinstance(model, ContentBased):
        model.profiles_ = normalize(rows @ model.items_)
    else:
        model.X_ = rows
    return True


def edges(setting, steps, n_items):
    """Return where a setting lies at the end of what was tried, with something beyond.

    Parameters
    ----------
    setting : dict; the chosen one
    steps : list of dict of tuple; what was tried
    n_items : int; no item has more neighbours

    Returns
    -------
    dict of str; from the name of a setting to "smallest" or "largest"

    Examples
    --------
    >>> edges({"weight": 0.5}, [{"weight": (0.0, 0.1, 0.5)}], n_items=9)
    {'weight': 'largest'}
    >>> edges({"weight": 0.0}, [{"weight": (0.0, 0.1, 0.5)}], n_items=9)
    {}
    """
    bounds, found = {**BOUNDS, "n_neighbours": (1, n_items)}, {}
    for name, value in setting.items():
        tried = {other for step in steps for other in step.get(name, ())}
        least, most = bounds.get(name, (-math.inf, math.inf))
        if len(tried) > 1 and value == min(tried) and value > least:
            found[name] = "smallest"
        elif len(tried) > 1 and value == max(tried) and value < most:
            found[name] = "largest"
    return found
