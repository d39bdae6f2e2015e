"""What the contest of models hands on: which split, which settings, which seed, which vectors."""

import numpy as np
import pytest

from plmrec_lite.applications import contest, grids
from plmrec_lite.data import Interactions, cold_item_split, temporal_split
from plmrec_lite.vectors import unit_scale

N_USERS, N_ITEMS = 150, 120


@pytest.fixture(scope="module")
def log():
    rng = np.random.default_rng(0)
    items = np.concatenate([rng.choice(N_ITEMS, 8, replace=False) for _ in range(N_USERS)])
    users = np.repeat(np.arange(N_USERS), 8)
    return Interactions(users, items, None, rng.permutation(len(users)), N_USERS, N_ITEMS)


@pytest.fixture
def asked(monkeypatch):
    """What ``tune_and_test`` was asked to do; it chooses the first value of each setting."""
    calls = {}

    def tune(name, uses, make, steps, cut, vectors, k, tell):
        setting = {key: values[-1] for step in steps for key, values in step.items()}
        calls[name] = (make, setting, cut, vectors)
        return grids.Candidate(name, uses, setting, 0.1, None, 1.0)

    monkeypatch.setattr(contest, "tune_and_test", tune)
    return calls


def vectors(seed=3):
    rng = np.random.default_rng(seed)
    return {uses: 7 + 5 * rng.normal(size=(N_ITEMS, 4)) for uses in contest.READERS}


def quiet(line):
    """Say nothing."""


@pytest.mark.parametrize(("test", "validation"), [(49, 60), (60, 49)])
def test_a_split_with_few_users_in_either_part_is_passed_by(monkeypatch, log, test, validation):
    counted = {"test": test, "validation": validation}
    monkeypatch.setattr(contest, "_known_users", lambda cut, part: counted[part])
    told = []
    assert contest.hold_out(log, "auto", told.append)[0] == "leave-one-out"
    assert told == [
        f"no temporal split: only {test} users have a past and something in the test, "
        f"{validation} in validation"
    ]
    counted |= {"test": 50, "validation": 50}
    assert contest.hold_out(log, "auto", told.append)[0] == "temporal"


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("most", [N_ITEMS, N_ITEMS - 1])
def test_a_blend_is_of_the_two_models_as_they_were_chosen(monkeypatch, log, asked, timed, most):
    monkeypatch.setattr(contest, "EASE_ITEMS", most)
    cut, given = contest.Cut(*[temporal_split(log)] * 2), vectors()
    contest.compare_models(cut, given, 10, timed, quiet)
    learner = "EASE" if most == N_ITEMS else "iALS"
    for uses, read in contest.READERS.items():
        make, _, _, blended = asked[f"{learner} + {read}"]
        blend = make(weight=0.2)
        assert blend.weight == 0.2
        for part, name in ((blend.first, learner), (blend.second, read)):
            for key, value in asked[name][1].items():
                assert getattr(part, key) == value, (name, key)
        assert blended is asked[read][3] is given[uses]
    assert asked[read][1]["decay"] == (contest.DECAYS[-1] if timed else 1.0)


@pytest.mark.parametrize("seed", [0, 4])
def test_cold_items_are_drawn_by_the_seed_and_read_at_one_scale(log, asked, seed):
    given = vectors()
    found, held_out = contest.compare_cold(log, given, 6, 5000, seed, quiet)
    wanted = cold_item_split(log, seed=seed, min_rating=None)
    np.testing.assert_array_equal(held_out.items, wanted.test.items)
    assert [candidate.name for candidate in found] == list(asked)
    for uses, read in contest.READERS.items():
        _, _, cut, texts = asked[f"{read}, cold items"]
        np.testing.assert_array_equal(cut.testing.candidates["test"], wanted.candidates["test"])
        np.testing.assert_allclose(texts, unit_scale(given[uses]))
        assert (texts**2).sum(axis=1).mean() == pytest.approx(1)


def test_a_dense_table_is_made_up_to_its_size(monkeypatch, log, asked):
    for cells, model in ((N_USERS * N_ITEMS, "ItemRidge"), (N_USERS * N_ITEMS - 1, "ContentBased")):
        monkeypatch.setattr(contest, "RIDGE_CELLS", cells)
        contest.compare_cold(log, vectors(), 6, 5000, 0, quiet)
        assert {make.__name__ for make, *_ in asked.values()} == {model}


def test_fifty_known_users_are_enough_for_cold_items_and_none_is_thinned(monkeypatch, log, asked):
    monkeypatch.setattr(contest, "_known_users", lambda cut, part: 50)
    assert contest.compare_cold(log, vectors(), 6, 5000, 0, quiet)[1] is not None
    cut, told = temporal_split(log), []
    users = {part: len(np.unique(cut.held_out(part).users)) for part in ("validation", "test")}
    contest.fewer_users(cut, max(users.values()), 0, told.append)
    assert told == []


def test_too_few_cold_items_or_users_are_not_compared(log, asked):
    assert contest.compare_cold(log, vectors(), 6, 5000, 0, quiet)[1] is not None
    assert contest.compare_cold(log, vectors(), 7, 5000, 0, quiet) == ([], None)
    few = log.select(log.users < 49)
    assert contest.compare_cold(few, vectors(), 5, 5000, 0, quiet) == ([], None)
