"""Choose on validation, then look at the test once."""

from __future__ import annotations

from numbers import Real
from typing import Any, NamedTuple

from plmrec_lite.evaluation.protocol import METRICS, evaluate
from plmrec_lite.evaluation.report import Report, check_metric
from plmrec_lite.ranking import check_k


class Tuned(NamedTuple):
    """What ``tune`` chose, and how that did.

    Attributes
    ----------
    choice : hashable; the key of the candidate that was best on validation
    validation : dict of float; every candidate's mean on validation
    report : Report; the chosen one on the test, fitted anew on all that is known before it
    """

    choice: Any
    validation: dict
    report: Report

    @property
    def at_edge(self):
        """Where the choice lies at the edge of what was tried: the optimum may lie beyond.

        A dict from the coordinate of the key, 0 for a key that is a number, to "smallest" or
        "largest"; only of coordinates in which two or more numbers were tried.
        """
        keys = [key if isinstance(key, tuple) else (key,) for key in self.validation]
        chosen = self.choice if isinstance(self.choice, tuple) else (self.choice,)
        edges = {}
        for place, value in enumerate(chosen):
            tried = {key[place] for key in keys if len(key) == len(chosen)}
            if len(tried) > 1 and all(_is_number(other) for other in tried):
                if value == min(tried):
                    edges[place] = "smallest"
                elif value == max(tried):
                    edges[place] = "largest"
        return edges

    def __repr__(self):
        """The choice, what every candidate reached, and a line for each edge."""
        found = ", ".join(f"{key!r}: {value:.4f}" for key, value in self.validation.items())
        lines = [f"Tuned(choice={self.choice!r}, validation={{{found}}})"]
        for place, end in self.at_edge.items():
            value = self.choice[place] if isinstance(self.choice, tuple) else self.choice
            lines.append(f"  {value!r} is the {end} that was tried: the best may lie beyond it")
        return "\n".join(lines)


def tune(candidates, split, k=10, metric="ndcg"):
    """Fit candidates on training, choose one on validation, and test that one.

    Parameters
    ----------
    candidates : dict of (Recommender, item vectors or None); what to choose from: a model not yet
        fitted, and the vectors it is fitted with, float array (n_items, d). Keys that are numbers,
        or tuples of numbers, let ``Tuned.at_edge`` see where the grid was too narrow.
    split : Split; the split
    k : int; the length of the lists
    metric : str; what to choose by: a column of ``Report.per_user``

    Returns
    -------
    Tuned; choice, validation, report. Of equals the first candidate is chosen.

    Raises
    ------
    ValueError: there is no candidate, or no such metric; and what ``evaluate`` raises

    Source: Hastie, Tibshirani & Friedman 2009, section 7.2.
    """
    if not candidates:
        raise ValueError("no candidates: give at least one (model, item_vectors)")
    check_metric(metric, METRICS)
    check_k(k, split.train.n_items)
    validation = {
        key: float(
            evaluate(model.fit(split.train, vectors), split, k, part="validation").mean()[metric]
        )
        for key, (model, vectors) in candidates.items()
    }
    choice = max(validation, key=validation.get)
    model, vectors = candidates[choice]
    return Tuned(choice, validation, evaluate(model.fit(split.known("test"), vectors), split, k))


def tune_each(candidates, splits, k=10, metric="ndcg", learn_from=None):
    """As ``tune``, for splits that ask for the same events among different candidates.

    Each candidate is fitted once, and chosen for each split by that split's validation.

    Parameters
    ----------
    candidates : dict of (Recommender, item vectors or None); as in ``tune``
    splits : list of Split; one, and those that ``among_all`` makes of it
    k : int; the length of the lists
    metric : str; a column of ``Report.per_user``
    learn_from : callable or None
        What models are fitted on: a function from what is known, Interactions, to some of these
        events, such as those that were liked. None for all. All that is known stays unranked.

    Returns
    -------
    list of Tuned; one a split

    Raises
    ------
    ValueError
        If there is no candidate, split or such metric, or the splits hold other events; and what
        ``evaluate`` raises.

    Source: Hastie, Tibshirani & Friedman 2009, section 7.2.
    """
    if not candidates:
        raise ValueError("no candidates: give at least one (model, item_vectors)")
    if len({tuple(id(part) for part in (s.train, s.validation, s.test)) for s in splits}) != 1:
        raise ValueError("the splits hold other events: give one split, and among_all(split)")
    check_metric(metric, METRICS)
    learn = learn_from or (lambda log: log)
    train, known = (learn(splits[0].known(part)) for part in ("validation", "test"))
    found = [{} for _ in splits]
    for key, (model, vectors) in candidates.items():
        model.fit(train, vectors)
        for split, values in zip(splits, found, strict=True):
            values[key] = float(evaluate(model, split, k, part="validation").mean()[metric])
    choices = [max(values, key=values.get) for values in found]
    reports = {}
    for choice in dict.fromkeys(choices):
        model, vectors = candidates[choice]
        model.fit(known, vectors)
        for number, split in enumerate(splits):
            if choices[number] == choice:
                reports[number] = evaluate(model, split, k)
    return [Tuned(choices[i], found[i], reports[i]) for i in range(len(splits))]


def _is_number(value):
    """Whether a coordinate is a number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)
