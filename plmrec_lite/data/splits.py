"""Four ways to split interactions into training, validation and test; each answers a question."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral

import numpy as np

from plmrec_lite.data.order import first_meetings, in_order
from plmrec_lite.data.parts import PARTS, Split
from plmrec_lite.runtime import check_seed


def leave_one_out(interactions):
    """Hold out each user's last item for the test, and the last but one for validation.

    It answers "what next?" for users already known, as most papers do. Other users' events from
    after the test item stay in training: a softer test than ``temporal_split``.

    Parameters
    ----------
    interactions : Interactions; a repeated (user, item) pair counts at its first event only

    Returns
    -------
    Split; users with fewer than three items stay in training whole; of events at the same time the
        one further down the log is the later

    Source: He et al. 2017.
    """
    interactions.require("timestamps", "leave_one_out")
    log = first_meetings(interactions)
    order = in_order(log.users, log.timestamps)
    counts = np.bincount(log.users, minlength=log.n_users)
    from_end = np.empty(len(log), dtype=np.int64)  # 1 for a user's last event, 2 for the one before
    from_end[order] = np.cumsum(counts)[log.users[order]] - np.arange(len(log))
    splittable = counts[log.users] >= 3
    return _split(
        log,
        validation=splittable & (from_end == 2),
        test=splittable & (from_end == 1),
        name="leave-one-out",
    )


def temporal_split(interactions, validation=0.1, test=0.1):
    """Cut at two moments: the past trains, the near future validates, the rest tests.

    It answers "what would this model have recommended on that day?": the strictest split. Users who
    join late have nothing in training.

    Parameters
    ----------
    interactions : Interactions; a repeated (user, item) pair counts at its first event only
    validation, test : float; the share of the events in each part; together below 1

    Returns
    -------
    Split; events at the very moment of a cut go to the later part, so parts never share a time

    Raises
    ------
    ValueError: the shares are impossible or leave nothing to train on, or the log has no times

    Source: Meng et al. 2020.
    """
    _check_shares(validation=validation, test=test)
    interactions.require("timestamps", "temporal_split")
    log = first_meetings(interactions)
    times = np.sort(log.timestamps)
    if not len(times):
        return _split(log, np.zeros(0, bool), np.zeros(0, bool), "temporal")
    first_test = times[min(_floor(len(times) * (1 - test)), len(times) - 1)]
    first_validation = min(times[_floor(len(times) * (1 - test - validation))], first_test)
    if first_validation == times[0]:
        raise ValueError(
            f"validation={validation}, test={test} of {len(times)} events leave nothing before "
            f"time {first_validation} to train on: lower the shares, or check the timestamps"
        )
    later = log.timestamps >= first_test
    return _split(
        log, validation=(log.timestamps >= first_validation) & ~later, test=later, name="temporal"
    )


def random_split(interactions, validation=0.1, test=0.2, seed=0):
    """Hold out a random share of every user's items.

    It answers "which of the items that this user met were hidden?". Training may hold events from
    after the test: do not read it as a forecast.

    Parameters
    ----------
    interactions : Interactions; a repeated (user, item) pair counts at its first event only
    validation, test : float; the share of each user's items, rounded down; together below 1
    seed : int

    Returns
    -------
    Split; every user keeps at least one item in training

    Raises
    ------
    ValueError: the shares are impossible

    Source: Meng et al. 2020.
    """
    check_seed(seed)
    _check_shares(validation=validation, test=test)
    log = first_meetings(interactions)
    order = np.lexsort((np.random.default_rng(seed).random(len(log)), log.users))
    counts = np.bincount(log.users, minlength=log.n_users)
    rank = np.empty(len(log), dtype=np.int64)  # 0, 1, 2, ... in each user's shuffled list
    rank[order] = np.arange(len(log)) - (np.cumsum(counts) - counts)[log.users[order]]
    n_test, n_validation = (_floor(counts * share)[log.users] for share in (test, validation))
    return _split(
        log,
        validation=(rank >= n_test) & (rank < n_test + n_validation),
        test=rank < n_test,
        name="random",
    )


def cold_item_split(interactions, share=0.2, validation_share=0.1, seed=0, min_rating=4, fold=None):
    """Hide a random share of the items from training altogether.

    It answers "how well is an item ranked that has no events yet?". The cold items of a part are
    ranked among themselves, and only those that a user liked are relevant; see `among_all`.

    Parameters
    ----------
    interactions : Interactions; a repeated (user, item) pair counts at its first event only
    share, validation_share : float; the share of the items with events that is cold in the test
        and, other items, in validation; together below 1
    seed : int; the choice of items matters, so report several
    min_rating : float or None; an item is relevant to a user who rated it so; None: who met it
    fold : int or None; which of the ``1 / share`` disjoint parts of the seed's order is cold in the
        test, from 0: over the folds each item is cold exactly once; None draws the share

    Returns
    -------
    Split; its ``candidates`` differ between the two parts and never occur in training

    Raises
    ------
    ValueError: impossible shares, ``1 / share`` no whole number of folds, no such ``fold``, or a
        ``min_rating`` and no ratings

    Source: Schein et al. 2002; Nadeau and Bengio 2003 (intervals over overlapping choices).
    """
    check_seed(seed)
    _check_shares(validation_share=validation_share, share=share)
    log = first_meetings(interactions)
    items = np.random.default_rng(seed).permutation(np.flatnonzero(log.popularity()))
    n_test, n_validation = (_floor(len(items) * part) for part in (share, validation_share))
    if fold is not None:
        folds = np.array_split(items, _n_folds(share, fold))
        n_test = len(folds[fold])
        items = np.concatenate([*folds[fold:], *folds[:fold]])
    cold = {part: np.zeros(log.n_items, dtype=bool) for part in PARTS}
    cold["test"][items[:n_test]] = True
    cold["validation"][items[n_test : n_test + n_validation]] = True
    liked = np.ones(len(log), dtype=bool)
    if min_rating is not None:
        liked = log.require("ratings", f"min_rating={min_rating}") >= min_rating
    return Split(
        train=log.select(~(cold["test"] | cold["validation"])[log.items]),
        validation=log.select(cold["validation"][log.items] & liked),
        test=log.select(cold["test"][log.items] & liked),
        candidates=cold,
        name="cold items",
    )


def among_all(split):
    """Return the same split with known items among the candidates, beside the cold ones.

    On validation the cold items of the test are left out: they would stand high, and be wrong.

    Parameters
    ----------
    split : Split

    Returns
    -------
    Split
        Its name says so. What a user is known to have met stays out of the list.
    """
    later = split.candidates["test"] & ~split.candidates["validation"]
    every = {"validation": ~later, "test": np.ones(split.train.n_items, dtype=bool)}
    return replace(split, candidates=every, name=f"{split.name}, among all")


def _n_folds(share, fold):
    """How many folds there are, refusing shares that are no part of the whole."""
    n_folds = round(1 / share)
    if abs(n_folds * share - 1) > 1e-9:
        raise ValueError(f"share={share}: for folds give 1 / n, such as 0.2 for five of them")
    if isinstance(fold, bool) or not isinstance(fold, Integral) or not 0 <= fold < n_folds:
        raise ValueError(f"fold={fold!r}: give an integer from 0 to {n_folds - 1}, or None")
    return n_folds


def _split(log, validation, test, name):
    """Cut a log by two masks; every item may be ranked."""
    candidates = {part: np.ones(log.n_items, dtype=bool) for part in PARTS}
    train = log.select(~(validation | test))
    return Split(train, log.select(validation), log.select(test), candidates, name)


def _check_shares(**shares):
    """Refuse shares below 0, an empty test, or shares that leave nothing to train on."""
    held_out, tested = list(shares.values())
    if not (held_out >= 0 and tested > 0 and held_out + tested < 1):
        raise ValueError(f"shares {shares}: the first 0 or more, the second above 0, sum below 1")


def _floor(numbers):
    """Round down to int, forgiving the last digit: 0.29 * 100 is 29."""
    return np.floor(np.asarray(numbers) + 1e-9).astype(np.int64)
