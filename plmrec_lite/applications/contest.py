"""Models for one log, each tuned on validation and tested once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from plmrec_lite.applications.grids import tune_and_test
from plmrec_lite.data.parts import Split
from plmrec_lite.data.splits import cold_item_split, leave_one_out, random_split, temporal_split
from plmrec_lite.recommenders.blend import Blend
from plmrec_lite.recommenders.content import ContentBased
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.recommenders.faded_neighbours import FadedItemKNN
from plmrec_lite.recommenders.matrix_factorization import MatrixFactorization
from plmrec_lite.recommenders.popularity import Popularity
from plmrec_lite.recommenders.recent_popularity import RecentPopularity
from plmrec_lite.recommenders.ridge import ItemRidge
from plmrec_lite.runtime import check_seed
from plmrec_lite.vectors import unit_scale

FEW_USERS = 50  # with fewer an interval over users says next to nothing
EASE_ITEMS = 5000  # above this a grid of matrices of items by items takes a laptop too long
RIDGE_CELLS = 50_000_000  # above this a dense table of items by users is
WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)  # from no text to nothing else
DECAYS = (0.95, 0.9, 0.8, 0.7, 0.5, 0.3)  # beside 1, which fades nothing
SHARES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)  # of the events, the latest; 1 counts all
READERS = {"words": "TF-IDF", "language model": "language model"}
SPLITS = {
    "temporal": temporal_split,
    "leave-one-out": leave_one_out,
    "random": partial(random_split, validation=0.2, test=0.2),  # users with five items have both
}


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
    check_seed(seed)
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
    timed : bool; whether old events may count less, and popularity of late competes
    tell : callable

    Returns
    -------
    list of Candidate
    """

    def compete(name, uses, make, steps, item_vectors=None):
        found.append(tune_and_test(name, uses, make, steps, cut, item_vectors, k, tell))
        return found[-1]

    found, faded = [], [{"decay": DECAYS}] if timed else []
    compete("popularity", "behaviour", Popularity, [])
    if timed:
        compete("recent popularity", "behaviour", RecentPopularity, [{"share": SHARES}])
    first = {"n_neighbours": (50, 200, 800), "shrinkage": (0.0,), "decay": (1.0,)}
    steps = [first, {"shrinkage": (10.0, 50.0, 200.0)}, *faded]
    compete("item-kNN", "behaviour", FadedItemKNN, steps)
    if cut.testing.train.n_items <= EASE_ITEMS:
        learner, name = EASE, "EASE"
        penalties = {"regularization": (10.0, 30.0, 100.0, 300.0, 1000.0)}
        steps = [{**penalties, "decay": (1.0,)}]
        if timed:  # with faded rows another penalty may be best
            steps += [*faded, penalties]
    else:
        learner, name = MatrixFactorization, "iALS"
        first = {"n_factors": (64,), "alpha": (0.03, 0.1, 0.3, 1.0)}
        steps = [first, {"n_factors": (32, 128)}]
    learned = compete(name, "behaviour", learner, steps)
    for uses, title in READERS.items():
        steps = [{"decay": (1.0,)}, *faded]
        read = compete(title, uses, ContentBased, steps, vectors[uses])
        blend = partial(Blend, learner(**learned.setting), ContentBased(**read.setting))
        compete(f"{name} + {title}", uses, blend, [{"weight": WEIGHTS}], vectors[uses])
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
    check_seed(seed)
    try:
        split = cold_item_split(log, seed=seed, min_rating=None)
    except ValueError:
        return [], None
    n_cold = min(int(mask.sum()) for mask in split.candidates.values())
    users = min(_known_users(split, part) for part in ("validation", "test"))
    if n_cold < 2 * k or users < FEW_USERS:
        return [], None
    cut = fewer_users(split, max_users, seed, tell)
    make, steps = ContentBased, []
    if log.n_users * log.n_items <= RIDGE_CELLS:
        make, steps = ItemRidge, [{"regularization": (1.0, 3.0, 10.0, 30.0, 100.0)}]
    found = []
    for uses, title in READERS.items():
        texts = unit_scale(vectors[uses])
        name = f"{title}, cold items"
        found.append(tune_and_test(name, uses, make, steps, cut, texts, k, tell))
    return found, cut.testing.test
