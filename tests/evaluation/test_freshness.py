"""Profiles at a moment: nothing later than the delay allows, and no future at all."""

import numpy as np
import pytest

from plmrec_lite.data import Interactions
from plmrec_lite.evaluation.freshness import (
    NEVER,
    DelayTrial,
    next_item_gains,
    popularity_at,
    profiles_at,
)
from plmrec_lite.ranking import top_k


def log_of(users, items, times, n_users=3, n_items=5):
    return Interactions(np.array(users), np.array(items), None, np.array(times), n_users, n_items)


@pytest.fixture
def log():  # of person 1: item 3 at 10, item 0 at 20, items 1 and 4 at 30
    return log_of([1, 0, 1, 1, 1, 2], [1, 2, 3, 0, 4, 2], [30, 5, 10, 20, 30, 40])


def known(log, time, delay, user=1, decay=1.0):
    row = profiles_at(log, [user], [time], delay, decay).toarray()[0]
    return {int(item): float(row[item]) for item in np.flatnonzero(row)}


@pytest.mark.parametrize(
    ("time", "delay", "items"),
    [
        (31, 0, {0, 1, 3, 4}),
        (30, 0, {0, 3}),  # what happens in the same second is not known
        (30, 10, {3}),
        (30, 9, {0, 3}),
        (20, 0, {3}),
        (10, 0, set()),
        (100, 1000, set()),
    ],
)
def test_only_what_has_arrived_counts(log, time, delay, items):
    assert set(known(log, time, delay)) == items


def test_other_people_do_not_count(log):
    assert known(log, 100, 0, user=0) == {2: 1.0}
    assert known(log, 1, 0, user=0) == {}


def test_each_event_fades_by_the_later_ones_that_have_arrived(log):
    assert known(log, 31, 0, decay=0.5) == {
        3: 0.125,
        0: 0.25,
        1: 0.5,
        4: 1.0,
    }  # ties: as in the log
    assert known(log, 31, 5, decay=0.5) == {3: 0.5, 0: 1.0}


def test_an_item_met_twice_counts_at_its_latest_event():
    log = log_of([0, 0, 0], [2, 1, 2], [1, 2, 3])
    assert known(log, 9, 0, user=0, decay=0.5) == {1: 0.5, 2: 1.0}
    assert known(log, 3, 0, user=0, decay=0.5) == {2: 0.5, 1: 1.0}


def test_many_moments_at_once_are_each_their_own(log):
    users, times = [1, 0, 1, 2, 1], [31, 9, 25, 9, 15]
    rows = profiles_at(log, users, times, decay=0.5)
    for row, (user, time) in enumerate(zip(users, times, strict=True)):
        alone = profiles_at(log, [user], [time], decay=0.5)
        assert (rows[[row]].toarray() == alone.toarray()).all()


def test_a_later_event_changes_nothing_before_it(log):
    later = log_of([*log.users, 1], [*log.items, 2], [*log.timestamps, 50])
    assert known(later, 50, 0) == known(log, 50, 0)
    assert popularity_at(later, [50]).tolist() == popularity_at(log, [50]).tolist()


def test_popularity_counts_the_window_before_the_delay(log):
    counts = popularity_at(log, [41, 30, 6, 41], delay=0)
    assert counts.tolist() == [
        [1, 1, 2, 1, 1],
        [1, 0, 1, 1, 0],
        [0, 0, 1, 0, 0],
        [1, 1, 2, 1, 1],
    ]
    assert popularity_at(log, [41], delay=11).tolist() == [[1, 0, 1, 1, 0]]
    assert popularity_at(log, [41], window=11).tolist() == [[0, 1, 1, 0, 1]]
    assert popularity_at(log, [41], window=10.5).tolist() == [[0, 0, 1, 0, 0]]
    assert popularity_at(log, [41], 1, 10).tolist() == [[0, 1, 0, 0, 1]]


def test_the_gain_is_that_of_the_list():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 4, (60, 20)).astype(np.float32)  # with many ties
    items = rng.integers(0, 15, 60)
    candidates = np.arange(20) < 15
    users = np.repeat(np.arange(60), 3)
    met_items = rng.integers(0, 20, 180)
    keep = met_items != items[users]
    met = log_of(users[keep], met_items[keep], np.zeros(keep.sum()), 60, 20).matrix()
    gains = next_item_gains(scores, met, items, candidates, k=4)
    open_to = np.where(candidates, scores, -np.inf)
    open_to[met.nonzero()] = -np.inf
    lists = top_k(open_to, 4)
    for row in range(60):
        place = np.flatnonzero(lists[row] == items[row])
        assert gains[row] == pytest.approx(1 / np.log2(2 + place[0]) if len(place) else 0)
    assert 0 < (gains > 0).mean() < 1


def test_an_item_that_cannot_be_recommended_is_refused(log):
    met = log.matrix()
    with pytest.raises(ValueError, match="item 2 of row 0"):
        next_item_gains(np.zeros((3, 5)), met, [2, 2, 1], np.ones(5, bool))
    with pytest.raises(ValueError, match="item 4 of row 2"):
        next_item_gains(np.zeros((3, 5)), met, [1, 2, 4], np.arange(5) < 4)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"delay": -1}, "delay"), ({"decay": 0}, "decay"), ({"delay": np.nan}, "delay")],
)
def test_numbers_out_of_range_are_refused(log, changes, message):
    with pytest.raises(ValueError, match=message):
        profiles_at(log, [1], [9], **changes)


def test_a_log_without_times_and_an_empty_window_are_refused(log):
    timeless = Interactions(log.users, log.items, None, None, 3, 5)
    with pytest.raises(ValueError, match="times"):
        profiles_at(timeless, [1], [9])
    with pytest.raises(ValueError, match="times"):
        popularity_at(timeless, [9])
    with pytest.raises(ValueError, match="window=0"):
        popularity_at(log, [9], window=0)
    with pytest.raises(ValueError, match="delay"):
        popularity_at(log, [9], delay=-1)


@pytest.fixture
def trial():  # item 4 is new at 100; person 2 comes at 110
    users = [0, 0, 1, 1, 0, 0, 2, 2, 1]
    items = [0, 1, 1, 2, 2, 4, 3, 0, 1]
    times = [1, 2, 3, 60, 100, 105, 110, 130, 140]
    log = log_of([*users, 1], [*items, 3], [*times, 50])
    return DelayTrial(log, 100, 135)


def test_a_trial_asks_for_first_meetings_of_known_items(trial):
    assert trial.candidates.tolist() == [True, True, True, True, False]
    assert trial.asked.users.tolist() == [0, 2, 2]
    assert trial.asked.items.tolist() == [2, 3, 0]
    assert trial.met.toarray().tolist() == [[1, 1, 0, 0, 0], [0] * 5, [0, 0, 0, 1, 0]]
    assert len(trial.known) == 5


def test_an_item_that_is_met_again_is_not_asked(trial):
    with pytest.raises(ValueError, match="no event from 136 to 150"):
        DelayTrial(trial.log, 136, 150)


@pytest.mark.parametrize(
    ("delay", "profiles"),
    [
        (0, [{0, 1}, set(), {3}]),
        (10, [{0, 1}, set(), {3}]),
        (20, [{0, 1}, set(), set()]),
        (98.5, [{0}, set(), set()]),
        (NEVER, [{0, 1}, set(), set()]),
    ],
)
def test_scores_are_sums_over_what_has_arrived(trial, delay, profiles):
    weights = np.random.default_rng(0).random((5, 5)).astype(np.float32)
    scores = trial.scores(weights, delay)
    for row, items in enumerate(profiles):
        time = 100 if delay is NEVER else trial.asked.timestamps[row]
        counts = popularity_at(trial.log, [time], delay or 0)[0]
        wanted = weights[sorted(items)].sum(axis=0) if items else counts
        assert scores[row] == pytest.approx(wanted)
    counts = trial.popularity(delay)
    times = [100] * 3 if delay is NEVER else trial.asked.timestamps
    assert (counts == popularity_at(trial.log, times, delay or 0)).all()


def test_the_latest_event_weighs_most(trial):
    weights = np.eye(5, dtype=np.float32)
    assert trial.scores(weights, 0, decay=0.5)[0].tolist() == [0.5, 1, 0, 0, 0]


def test_a_late_filter_repeats_what_was_met(trial):
    scores = np.tile(np.array([5, 4, 3, 6, 0], dtype=np.float32), (3, 1))
    assert trial.gains(scores).tolist() == pytest.approx([0.630930, 1, 1], abs=1e-5)
    late = trial.gains(scores, delay=25)  # item 3, met at 110, stands first at 130
    assert late.tolist() == pytest.approx([0.630930, 1, 0.630930], abs=1e-5)
    assert trial.gains(scores, NEVER).tolist() == pytest.approx(late.tolist())


def test_pauses_are_since_the_last_event(trial):
    assert trial.pauses().tolist() == [98, np.inf, 20]
