"""Models for one log, each tuned on validation and tested once."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from plmrec_lite.data.parts import Split
from plmrec_lite.data.splits import cold_item_split, leave_one_out, random_split, temporal_split
from plmrec_lite.evaluation.protocol import evaluate
from plmrec_lite.evaluation.report import Report
from plmrec_lite.recommenders.blend import Blend
from plmrec_lite.recommenders.content import ContentBased
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.matrix_factorization import MatrixFactorization
from plmrec_lite.recommenders.neighbours import ItemKNN
from plmrec_lite.recommenders.popularity import Popularity
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.vectors import unit_scale

FEW_USERS = 50  # with fewer an interval over users says next to nothing
EASE_ITEMS = 5000  # above this a grid of matrices of items by items takes a laptop too long
RIDGE_CELLS = 50_000_000  # above this a dense table of items by users is
WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
READERS = {"words": "TF-IDF", "language model": "language model"}
SPLITS = {
    "temporal": temporal_split,
    "leave-one-out": leave_one_out,
    "random": partial(random_split, validation=0.2, test=0.2),  # users with five items have both
}


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
    """

    name: str
    uses: str
    setting: dict
    validation: float
    report: Report
    seconds: float


class Cut(NamedTuple):
    """One split twice: a held-out part is thinned where it is evaluated, whole where learned.

    Attributes
    ----------
    validating, testing : Split
    """

    validating: Split
    testing: Split


def hold_out(log, split, note):
    """Hold out in time where that leaves enough users, else each user's last, else at random.

    Parameters
    ----------
    log : Interactions
    split : str; "auto", or one of ``SPLITS``
    note : callable; takes a line on what could not be

    Returns
    -------
    kind : str; one of ``SPLITS``
    cut : Split

    Raises
    ------
    ValueError: there is too little to hold out
    """
    kinds = [split]
    if split == "auto":
        kinds = ["random"] if log.timestamps is None else ["temporal", "leave-one-out"]
    for kind in kinds:
        try:
            cut = SPLITS[kind](log)
        except ValueError as error:
            if kind == kinds[-1]:
                raise
            note(f"no {kind} split: {error}")
            continue
        n_test, n_validation = (_known_users(cut, part) for part in ("test", "validation"))
        if min(n_test, n_validation) >= FEW_USERS or kind == kinds[-1]:
            break
        note(
            f"no {kind} split: only {n_test} users have a past and something in the test, "
            f"{n_validation} in validation"
        )
    for part in ("validation", "test"):
        if not len(cut.held_out(part)):
            raise ValueError(
                f"the {part} part is empty: the {kind} split needs users with at least "
                f"{5 if kind == 'random' else 3} different items, and these data have too few"
            )
    return kind, cut


def _known_users(split, part):
    """Return how many users have something in a part, and a past before it."""
    return len(np.intersect1d(split.held_out(part).users, split.known(part).users))


def fewer_users(split, max_users, seed, note):
    """Evaluate at most so many users of each part; what the others did stays to be learned.

    Parameters
    ----------
    split : Split
    max_users, seed : int
    note : callable; takes a line on how many were drawn

    Returns
    -------
    Cut
    """
    rng, parts = np.random.default_rng(seed), {}
    for part in ("validation", "test"):
        held_out = split.held_out(part)
        users = np.unique(held_out.users)
        if len(users) > max_users:
            chosen = rng.choice(users, max_users, replace=False)
            held_out = held_out.select(np.isin(held_out.users, chosen))
            note(f"{part}: {max_users} of {len(users)} users, drawn at random")
        parts[part] = replace(split, **{part: held_out})
    return Cut(parts["validation"], parts["test"])


def compare_models(cut, vectors, k, timed, tell):
    """Tune and test behaviour alone, each text alone, and both together.

    Parameters
    ----------
    cut : Cut
    vectors : dict of arrays (n_items, d); under "words" and "language model"
    k : int
    timed : bool; whether decay with age is tried
    tell : callable

    Returns
    -------
    list of Candidate
    """
    decays = (1.0, 0.9, 0.7, 0.5) if timed else (1.0,)
    found = [_tune("popularity", "behaviour", Popularity, [{}], cut, None, k, tell)]
    grid = [{"n_neighbours": n, "shrinkage": s} for n in (50, 200, 800) for s in (0.0, 50.0)]
    found.append(_tune("item-kNN", "behaviour", ItemKNN, grid, cut, None, k, tell))
    if cut.testing.train.n_items <= EASE_ITEMS:
        learner, name = EASE, "EASE"
        grid = [{"regularization": value} for value in (10.0, 30.0, 100.0, 300.0, 1000.0)]
        if timed:
            chosen, _ = _choose(EASE, grid, cut, None, k)
            grid = [{**chosen, "decay": decay} for decay in (1.0, 0.95, 0.9, 0.8)]
    else:
        learner, name = MatrixFactorization, "iALS"
        grid = [{"n_factors": d, "alpha": a} for d in (32, 64) for a in (0.1, 1.0)]
    learned = _tune(name, "behaviour", learner, grid, cut, None, k, tell)
    found.append(learned)
    for uses, title in READERS.items():
        grid = [{"decay": decay} for decay in decays]
        read = _tune(title, uses, ContentBased, grid, cut, vectors[uses], k, tell)
        blend = partial(Blend, learner(**learned.setting), ContentBased(**read.setting))
        grid = [{"weight": weight} for weight in WEIGHTS]
        both = _tune(f"{name} + {title}", uses, blend, grid, cut, vectors[uses], k, tell)
        found += [read, both]
    return found


def compare_cold(log, vectors, k, max_users, seed, tell):
    """Rank cold items by each text, where there are enough of them.

    Parameters
    ----------
    log, vectors, k, max_users, seed, tell : as ``judge`` and ``compare_models``

    Returns
    -------
    found : list of Candidate; empty where there are too few items or users
    test : Interactions or None; what was held out
    """
    try:
        split = cold_item_split(log, seed=seed, min_rating=None)
    except ValueError:
        return [], None
    n_cold = min(int(mask.sum()) for mask in split.candidates.values())
    users = min(_known_users(split, part) for part in ("validation", "test"))
    if n_cold < 2 * k or users < FEW_USERS:
        return [], None
    cut = fewer_users(split, max_users, seed, tell)
    make, grid = ContentBased, [{}]
    if log.n_users * log.n_items <= RIDGE_CELLS:
        make, grid = ItemRidge, [{"regularization": v} for v in (1.0, 3.0, 10.0, 30.0, 100.0)]
    found = [
        _tune(f"{title}, cold items", uses, make, grid, cut, unit_scale(vectors[uses]), k, tell)
        for uses, title in READERS.items()
    ]
    return found, cut.testing.test


def _choose(make, grid, cut, vectors, k):
    """Return the setting that is best on validation, and its NDCG there."""
    best, best_ndcg, model = None, -1.0, None
    for setting in grid:
        if isinstance(model, Blend):  # fitted already: only the weight is another
            model.weight = setting["weight"]
        else:
            model = make(**setting).fit(cut.validating.train, vectors)
        ndcg = float(evaluate(model, cut.validating, k, "validation").mean()["ndcg"])
        if ndcg > best_ndcg:
            best, best_ndcg = setting, ndcg
    return best, best_ndcg


def _tune(name, uses, make, grid, cut, vectors, k, tell):
    """Choose a setting on validation; fit it on all that precedes the test, and test it."""
    started = time.perf_counter()
    setting, validation = _choose(make, grid, cut, vectors, k)
    model = make(**setting).fit(cut.testing.known("test"), vectors)
    model.name = name
    report = evaluate(model, cut.testing, k)
    seconds = time.perf_counter() - started
    tell(f"{name}: NDCG@{k} {validation:.4f} on validation, {seconds:.1f} s")
    return Candidate(name, uses, setting, validation, report, seconds)
