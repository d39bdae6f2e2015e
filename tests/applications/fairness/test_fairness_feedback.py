"""The world of clicks: probabilities that mean what they say, and a loop that closes."""

import numpy as np
import pytest

from plmrec_lite.applications.fairness.feedback import (
    drawn_by_taste,
    feedback_loop,
    with_random_items,
)
from plmrec_lite.applications.fairness.taste import clicks_on, examination, fitted_taste
from plmrec_lite.data import Interactions, random_split
from plmrec_lite.evaluation.calibration import expected_calibration_error
from plmrec_lite.recommenders import EASE, MatrixFactorization, Popularity

N_USERS, N_ITEMS = 80, 60


def made_log(seed=0):
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(N_USERS, 2)) @ rng.normal(size=(2, N_ITEMS)) - 1
    users, items = (rng.random(level.shape) < 1 / (1 + np.exp(-level))).nonzero()
    return Interactions(users, items, None, None, N_USERS, N_ITEMS)


@pytest.fixture(scope="module")
def split():
    return random_split(made_log(), seed=0)


@pytest.fixture(scope="module")
def taste(split):
    return fitted_taste(MatrixFactorization(8).fit(split.train), split)


def test_of_pairs_called_p_a_share_of_p_is_met(split, taste):
    assert taste.shape == (N_USERS, N_ITEMS)
    assert ((taste >= 0) & (taste <= 1)).all()
    unmet = split.known("test").matrix().toarray() == 0
    met = split.test.matrix().toarray()[unmet]
    said = taste[unmet].astype(float)
    assert said.mean() == pytest.approx(met.mean(), rel=0.02)
    assert expected_calibration_error(said, met) < 0.03
    assert said[met == 1].mean() > said[met == 0].mean() + 0.02


def test_a_model_that_knows_the_answers_is_refused(split):
    with pytest.raises(ValueError, match="was fitted on the test part"):
        fitted_taste(MatrixFactorization(8).fit(split.train + split.test), split)
    empty = random_split(made_log(), validation=0, seed=0)
    with pytest.raises(ValueError, match="validation part is empty"):
        fitted_taste(MatrixFactorization(8).fit(empty.train), empty, "validation")


def test_clicks_come_by_place_and_taste():
    taste = np.zeros((3, 4))
    taste[0] = 1.0
    taste[1] = 0.5
    lists = np.tile([2, 0, 1], (3, 1))
    lists[:, 2] = -1
    rng = np.random.default_rng(0)
    shares = np.mean([clicks_on(lists, np.arange(3), taste, rng) for _ in range(3000)], axis=0)
    by_hand = np.outer([1, 0.5, 0], examination(3)) * [1, 1, 0]
    np.testing.assert_allclose(shares, by_hand, atol=0.03)


def test_random_items_are_new_and_unmet():
    met = made_log().matrix()
    lists = Popularity().fit(made_log()).recommend(np.arange(N_USERS), 10)
    rng = np.random.default_rng(0)
    mixed = with_random_items(lists, met, 0.3, rng)
    assert (mixed != lists).mean() == pytest.approx(0.3, abs=0.05)
    assert met[np.arange(N_USERS)[:, None], mixed].sum() == 0
    assert all(len(set(row)) == 10 for row in mixed.tolist())
    assert (with_random_items(lists, met, 0.0, rng) == lists).all()
    every = with_random_items(lists, met, 1.0, rng)
    assert not any(set(a) & set(b) for a, b in zip(every.tolist(), lists.tolist(), strict=True))


def test_events_without_a_list_come_in_proportion_to_taste():
    taste = np.tile([0.6, 0.3, 0.1, 0.0], (4000, 1))
    met = Interactions([0], [0], None, None, 4000, 4).matrix()
    counts = np.ones(4000, dtype=int)
    users, items = drawn_by_taste(counts, taste, met, np.random.default_rng(0))
    assert (users == np.arange(4000)).all()
    assert items[0] != 0
    shares = np.bincount(items, minlength=4) / 4000
    np.testing.assert_allclose(shares, [0.6, 0.3, 0.1, 0], atol=0.03)
    users, items = drawn_by_taste(4 * counts[:2], taste[:2], met[:2], np.random.default_rng(0))
    assert np.bincount(users).tolist() == [2, 3]
    assert drawn_by_taste(0 * counts, taste, met, np.random.default_rng(0))[0].size == 0


def test_a_loop_learns_what_was_clicked(taste):
    start = Interactions(np.arange(N_USERS), np.arange(N_USERS) % 5, None, None, N_USERS, N_ITEMS)
    found = feedback_loop(EASE(10.0), start, taste, n_rounds=4)
    assert found.index.tolist() == [1, 2, 3, 4]
    assert found.events[1] == N_USERS
    grown = found.events.iloc[:-1] + (found.clicks.iloc[:-1] * N_USERS)
    np.testing.assert_allclose(grown, found.events.iloc[1:])
    assert (found.gini == found.gini_own).all()
    assert (found.liked == found.liked_own).all()
    again = feedback_loop(EASE(10.0), start, taste, n_rounds=4)
    assert found.equals(again)
    assert not found.equals(feedback_loop(EASE(10.0), start, taste, n_rounds=4, seed=1))


def test_exploration_shows_more_items_and_the_control_learns_elsewhere(taste):
    start = Interactions(np.arange(N_USERS), np.arange(N_USERS) % 5, None, None, N_USERS, N_ITEMS)
    closed = feedback_loop(EASE(10.0), start, taste, n_rounds=4)
    explored = feedback_loop(EASE(10.0), start, taste, n_rounds=4, explore=0.5)
    assert (explored.gini < closed.gini).all()
    assert explored.gini_own[1] == closed.gini_own[1]
    control = feedback_loop(EASE(10.0), start, taste, n_rounds=4, learns="taste")
    assert control.events[2] == closed.events[2]
    assert control.gini[4] != closed.gini[4]
    assert control.loc[1].equals(closed.loc[1])


def test_the_control_gets_the_events_of_the_loop_in_each_round(taste):
    start = Interactions(np.arange(N_USERS), np.arange(N_USERS) % 5, None, None, N_USERS, N_ITEMS)
    closed = feedback_loop(EASE(10.0), start, taste, n_rounds=4)
    counts = closed.attrs["counts"]
    assert counts.shape == (4, N_USERS)
    np.testing.assert_allclose(counts.mean(axis=1), closed.clicks)
    control = feedback_loop(EASE(10.0), start, taste, 4, learns="taste", counts=counts)
    assert control.events.equals(closed.events)
    assert (control.attrs["counts"] == counts).all()
    assert control.clicks[4] != closed.clicks[4]
    with pytest.raises(ValueError, match=r'counts= with learns="lists"'):
        feedback_loop(EASE(10.0), start, taste, 4, counts=counts)
    with pytest.raises(ValueError, match=r"counts of shape \(3, 80\).*\(4, 80\)"):
        feedback_loop(EASE(10.0), start, taste, 4, learns="taste", counts=counts[:3])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"explore": 1.5}, r"explore=1\.5"),
        ({"n_rounds": 0}, "n_rounds=0"),
        ({"learns": "clicks"}, "learns='clicks'"),
    ],
)
def test_a_setting_out_of_range_is_named(taste, options, words):
    with pytest.raises(ValueError, match=words):
        feedback_loop(EASE(), made_log(), taste, **options)


def test_a_taste_of_other_people_is_refused(taste):
    with pytest.raises(ValueError, match=r"taste of shape \(79, 60\) for 80 users"):
        feedback_loop(EASE(), made_log(), taste[1:])
    with pytest.raises(ValueError, match="k=0"):
        examination(0)
