"""Made-up people are what the attack says they are, and their place is counted right."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from plmrec_lite.applications.attacks.shilling import (
    ATTACKS,
    coherence,
    learn_from_some,
    log_of,
    places_of,
    real_clicks,
    shilling_profiles,
    with_profiles,
)
from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import EASE, ItemKNN, UserKNN

N_ITEMS = 60


@pytest.fixture
def popularity():
    return np.arange(N_ITEMS)[::-1] ** 2 + 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_profile_holds_the_pushed_item_and_as_many_fillers(popularity, attack):
    rows = shilling_profiles(popularity, 50, 300, 20, attack, seed=3)
    assert rows.shape == (300, N_ITEMS)
    assert (rows.data == 1).all()
    assert (np.diff(rows.indptr) == 21).all()
    assert (rows[:, [50]].toarray() == 1).all()
    assert all(len(set(row)) == 21 for row in np.split(rows.indices, rows.indptr[1:-1]))
    again = shilling_profiles(popularity, 50, 300, 20, attack, seed=3)
    assert (rows != again).nnz == 0
    assert (rows != shilling_profiles(popularity, 50, 300, 20, attack, seed=4)).nnz > 0


def test_fillers_are_chosen_as_the_attack_says(popularity):
    shares = {
        attack: shilling_profiles(popularity, 50, 2000, 15, attack).toarray().mean(axis=0)
        for attack in ATTACKS
    }
    others = np.arange(N_ITEMS) != 50
    assert shares["random"][others] == pytest.approx(np.full(59, 15 / 59), abs=0.05)
    assert shares["average"][0] > 2 * shares["average"][30] > 4 * shares["average"][55]
    assert (shares["bandwagon"][:10] == 1).all()
    assert shares["bandwagon"][10:][others[10:]] == pytest.approx(np.full(49, 5 / 49), abs=0.05)


def test_a_bandwagon_skips_the_item_that_is_pushed_and_may_be_short(popularity):
    rows = shilling_profiles(popularity, 0, 3, 4, "bandwagon").toarray()
    assert np.flatnonzero(rows[0]).tolist() == [0, 1, 2, 3, 4]
    assert shilling_profiles(popularity, 7, 2, 0, "random").toarray().sum() == 2


def test_wrong_attacks_are_named(popularity):
    with pytest.raises(ValueError, match="attack='love'"):
        shilling_profiles(popularity, 0, 1, 1, "love")
    with pytest.raises(ValueError, match="item=60"):
        shilling_profiles(popularity, 60, 1, 1)
    with pytest.raises(ValueError, match="n_filler=60: give an integer from 0 to 59"):
        shilling_profiles(popularity, 0, 1, 60)
    with pytest.raises(ValueError, match="n_profiles=0"):
        shilling_profiles(popularity, 0, 0, 3)
    unmet = np.where(np.arange(N_ITEMS) < 5, 3, 0)
    with pytest.raises(ValueError, match="n_filler=6: give an integer from 0 to 5"):
        shilling_profiles(unmet, 50, 1, 6, "average")


@pytest.fixture
def log():
    X = np.random.default_rng(1).random((30, 8)) < 0.4
    return log_of(csr_array(X.astype(np.float32)))


def test_profiles_come_after_the_real_people(log):
    rows = shilling_profiles(log.popularity(), 2, 5, 3)
    both = with_profiles(log, rows)
    assert both.n_users == 35
    assert (both.matrix()[:30] != log.matrix()).nnz == 0
    assert (both.matrix()[30:] != rows).nnz == 0
    with pytest.raises(ValueError, match="profiles of 7 items for a log of 8"):
        with_profiles(log, rows[:, :7])


def test_real_clicks_are_of_people_who_had_not_met_the_item(log):
    before = log.popularity()
    clicked = real_clicks(log, 3, 6, seed=2)
    assert clicked.n_users == 30
    assert (clicked.popularity() - before).tolist() == [0, 0, 0, 6, 0, 0, 0, 0]
    assert clicked.matrix().sum() == log.matrix().sum() + 6
    free = 30 - before[3]
    with pytest.raises(ValueError, match=f"n_clicks={free + 1}: give an integer from 0 to {free}"):
        real_clicks(log, 3, int(free) + 1)


def test_places_by_hand():
    scores = np.array([[3.0, 2, 2, 1], [0, 2, 2, 9], [5, 1, 4, 0]])
    met = csr_array(np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]))
    assert places_of(scores, met, 2).tolist() == [1, 1]  # a tie goes to the lower id
    assert places_of(scores, met, 1).tolist() == [0, 0, 1]
    with pytest.raises(ValueError, match="scores of shape"):
        places_of(scores[:2], met, 0)


def test_who_clicks_on_an_item_has_no_place_for_it(log):
    clicked = real_clicks(log, 3, 6, seed=2)
    scores = ItemKNN(4).fit(clicked).score(np.arange(30))
    clickers = (clicked.matrix() - log.matrix()).toarray()[:, 3] > 0
    stay = (log.matrix()[:, [3]].toarray()[:, 0] == 0) & ~clickers
    places = places_of(scores, clicked.matrix(), 3)
    assert len(places) == 30 - log.popularity()[3] - 6
    assert places.tolist() == places_of(scores[stay], log.matrix()[stay], 3).tolist()


def test_coherence_by_hand_and_of_thrown_together_rows():
    rows = csr_array(np.array([[1.0, 1, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1], [0, 0, 0]]))
    near, far = 2 / np.sqrt(2 * 3), 1 / np.sqrt(3 * 2)
    assert coherence(rows) == pytest.approx([near, near, far, 0, 0])
    rng = np.random.default_rng(0)
    tastes = np.zeros((40, 20))
    tastes[:20, :10] = rng.random((20, 10)) < 0.7
    tastes[20:, 10:] = rng.random((20, 10)) < 0.7
    made_up = np.zeros((4, 20))
    made_up[:, [0, 3, 6, 11, 14, 17]] = 1
    found = coherence(csr_array(np.vstack([tastes, made_up])))
    assert found[40:].max() < np.quantile(found[:40], 0.25)


@pytest.mark.parametrize("model", [EASE(5.0), ItemKNN(4)])
def test_those_left_out_teach_nothing_and_are_scored(model, log):
    people = np.arange(30) < 20
    fitted = learn_from_some(model, log, people)
    scores = fitted.score(np.arange(30))
    some = log.select(people[log.users])
    plain = type(model)(**model.get_params()).fit(some)
    weights = plain.B_ if isinstance(model, EASE) else plain.similarity_.toarray()
    assert scores == pytest.approx(log.matrix().toarray() @ weights, abs=1e-5)
    assert (fitted.recommend([25], 3) >= 0).sum() == min(3, 8 - log.matrix()[[25]].sum())


def test_learning_from_some_refuses_what_it_cannot_do(log):
    with pytest.raises(ValueError, match="does not learn items by items"):
        learn_from_some(UserKNN(), log, np.ones(30, dtype=bool))
    with pytest.raises(ValueError, match="people is int64"):
        learn_from_some(EASE(), log, np.arange(30))


def test_a_log_of_rows_has_neither_ratings_nor_times(log):
    assert isinstance(log, Interactions)
    assert log.ratings is None
    assert log.timestamps is None
    assert (log.n_users, log.n_items) == (30, 8)
