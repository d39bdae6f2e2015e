"""Settings chosen on validation, and the ends of what was tried."""

from functools import partial

import numpy as np
import pytest

from plmrec_lite.applications import comparisons, contest, grids
from plmrec_lite.applications.judge_report import chosen_words
from plmrec_lite.data import Interactions, leave_one_out, temporal_split
from plmrec_lite.evaluation.protocol import evaluate
from plmrec_lite.recommenders import EASE, Blend, ContentBased, FadedItemKNN, Popularity


def made_cut(split=leave_one_out):
    rng, rows = np.random.default_rng(1), []
    for user in range(60):
        rows += [(user, item) for item in rng.choice(20, 6, replace=False)]
    users, items = np.array(rows).T
    log = Interactions(users, items, None, rng.permutation(len(rows)), 60, 20)
    return contest.Cut(*[split(log)] * 2)


class Scored:
    """In the place of a report: its mean."""

    def __init__(self, ndcg):
        self.ndcg = ndcg

    def mean(self):
        return {"ndcg": self.ndcg}


def replaced(monkeypatch, value):
    """Let a function of a model say how good it is; what was asked for is returned."""
    asked = []

    def evaluated(model, *rest):
        asked.append(model.get_params(deep=False))
        return Scored(value(model))

    monkeypatch.setattr(grids, "evaluate", evaluated)
    return asked


def test_of_a_grid_the_best_and_of_equals_the_first(monkeypatch):
    values = {50: 0.1, 200: 0.3, 800: 0.3}
    replaced(monkeypatch, lambda model: values[model.n_neighbours])
    steps = [{"n_neighbours": tuple(values)}]
    assert grids.choose(FadedItemKNN, steps, made_cut(), None, 10) == ({"n_neighbours": 200}, 0.3)


def test_a_step_starts_from_the_best_of_the_steps_before(monkeypatch):
    asked = replaced(
        monkeypatch, lambda m: 1 - abs(m.regularization - 30) / 99 - abs(m.decay - 0.8)
    )
    penalties = {"regularization": (10.0, 30.0, 90.0)}
    steps = [{**penalties, "decay": (1.0,)}, {"decay": (0.9, 0.8)}, penalties]
    found, best = grids.choose(EASE, steps, made_cut(), None, 10)
    assert (found, best) == ({"regularization": 30.0, "decay": 0.8}, 1.0)
    tried = [(one["regularization"], one["decay"]) for one in asked]
    assert tried[:5] == [(10, 1), (30, 1), (90, 1), (30, 0.9), (30, 0.8)]
    assert tried[5:] == [(10, 0.8), (30, 0.8), (90, 0.8)]


def test_without_steps_the_plain_model_is_evaluated(monkeypatch):
    asked = replaced(monkeypatch, lambda model: 0.25)
    assert grids.choose(Popularity, [], made_cut(), None, 10) == ({}, 0.25)
    assert asked == [{}]


@pytest.mark.parametrize(
    ("make", "n_fits", "steps"),
    [
        (EASE, 2, [{"regularization": (9.0, 90.0), "decay": (1.0,)}, {"decay": (0.7, 0.4)}]),
        (FadedItemKNN, 2, [{"n_neighbours": (2, 9), "decay": (1.0,)}, {"decay": (0.7, 0.4)}]),
        (ContentBased, 1, [{"decay": (1.0,)}, {"decay": (0.7, 0.4)}]),
        (partial(Blend, EASE(), ContentBased()), 1, [{"weight": (0.0, 0.4, 1.0)}]),
    ],
)
def test_what_is_not_fitted_again_scores_as_if_it_were(monkeypatch, make, n_fits, steps):
    cut, vectors = made_cut(), np.random.default_rng(2).normal(size=(20, 3))
    fits, seen, fit = [], [], grids.Blend.fit

    def spy(self, *data):
        fits.append(self)
        return fit(self, *data)

    def evaluated(model, split, k, part):
        seen.append((model.get_params(deep=False), evaluate(model, split, k, part).per_user))
        return Scored(0.1 * len(seen))

    with monkeypatch.context() as patched:
        patched.setattr(type(make()), "fit", spy)
        patched.setattr(grids, "evaluate", evaluated)
        grids.choose(make, steps, cut, vectors, 5)
    assert len(fits) == n_fits < len(seen)
    for setting, per_user in seen:
        names = {name for step in steps for name in step}
        again = make(**{name: setting[name] for name in names}).fit(cut.validating.train, vectors)
        expected = evaluate(again, cut.validating, 5, "validation").per_user
        np.testing.assert_array_equal(per_user, expected)


STEPS = [
    {"regularization": (10.0, 30.0, 90.0), "decay": (1.0,)},
    {"decay": (0.9, 0.8)},
    {
        "weight": (0.0, 0.5, 1.0),
        "shrinkage": (0.0, 9.0),
        "n_neighbours": (5, 20),
        "share": (1, 0.1),
    },
]


@pytest.mark.parametrize(
    ("setting", "at_edge"),
    [
        ({"regularization": 10.0, "decay": 0.9}, {"regularization": "smallest"}),
        ({"regularization": 90.0, "decay": 1.0}, {"regularization": "largest"}),
        ({"regularization": 30.0, "decay": 0.8}, {"decay": "smallest"}),
        ({"weight": 0.0}, {}),  # nothing lies beyond
        ({"weight": 1.0, "shrinkage": 0.0, "share": 1}, {}),
        (
            {"weight": 0.5, "shrinkage": 9.0, "share": 0.1},
            {"shrinkage": "largest", "share": "smallest"},
        ),
        ({"n_neighbours": 20}, {}),  # all items
        ({"n_neighbours": 5}, {"n_neighbours": "smallest"}),
        ({}, {}),
    ],
)
def test_the_end_of_what_was_tried_is_told_where_something_lies_beyond(setting, at_edge):
    assert grids.edges(setting, STEPS, n_items=20) == at_edge


def test_one_value_alone_is_no_grid():
    assert grids.edges({"decay": 0.7}, [{"decay": (0.7,)}], n_items=20) == {}
    assert grids.edges({"n_neighbours": 20}, [{"n_neighbours": (5, 20)}], n_items=21) == {
        "n_neighbours": "largest"
    }


def test_a_candidate_is_fitted_anew_before_the_test_and_knows_its_edges(monkeypatch):
    cut, sizes, fit = made_cut(temporal_split), [], EASE.fit

    def spy(self, train, item_vectors=None):
        sizes.append(len(train))
        return fit(self, train, item_vectors)

    monkeypatch.setattr(EASE, "fit", spy)
    steps, told = [{"regularization": (1e-3, 1e9)}], []
    found = grids.tune_and_test("E", "behaviour", EASE, steps, cut, None, 5, told.append)
    known = cut.testing.known("test")
    assert sizes == [len(cut.validating.train)] * 2 + [len(known)]
    assert found.at_edge == {
        "regularization": {1e-3: "smallest", 1e9: "largest"}[found.setting["regularization"]]
    }
    expected = evaluate(EASE(**found.setting).fit(known), cut.testing, 5).per_user
    np.testing.assert_array_equal(found.report.per_user, expected)
    assert (found.name, told[0].split(":")[0]) == ("E", "E")


def test_an_edge_is_told_in_the_table_and_beside_the_verdict():
    assert chosen_words({"decay": 0.5, "weight": 0.1}, {"decay": "smallest"}) == (
        "decay=0.5 (smallest), weight=0.1"
    )
    model = contest_candidate({"decay": 0.5}, {"decay": "smallest"})
    assert comparisons.at_edge(model) == ["m's decay=0.5 is the smallest tried"]
    assert comparisons.at_edge(contest_candidate({"decay": 0.5}, {})) == []


def contest_candidate(setting, at_edge):
    return grids.Candidate("m", "behaviour", setting, 0.1, None, 1.0, at_edge)
