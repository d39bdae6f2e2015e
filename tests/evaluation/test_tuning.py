import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import leave_one_out
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.tuning import tune
from plmrec_lite.recommenders import ContentBased, Popularity, Recommender

# Everyone meets items 0 to 3 in some order; then item 4 (validation) and item 5 (test).
USERS = np.repeat(np.arange(4), 5)
ITEMS = np.array([[u, (u + 1) % 4, (u + 2) % 4, 4, 5] for u in range(4)]).ravel()
LOG = Interactions(USERS, ITEMS, np.ones(20), np.tile(np.arange(5), 4), n_users=4, n_items=8)
SPLIT = leave_one_out(LOG)


class Favours(Recommender):
    """Puts one item first for everyone, and remembers what it was fitted on."""

    def __init__(self, item):
        self.item = item
        self.fits = []

    def _fit(self, train, item_vectors):
        self.fits.append((len(train), item_vectors))

    def _score(self, users):
        return np.tile(np.eye(8)[self.item], (len(users), 1))


def test_the_best_on_validation_is_tested_even_if_the_test_likes_another():
    candidates = {"test's": (Favours(5), None), "validation's": (Favours(4), None)}
    tuned = tune(candidates, SPLIT, k=1)
    assert tuned.choice == "validation's"
    assert tuned.validation == {"test's": 0.0, "validation's": 1.0}
    assert tuned.report.mean()["ndcg"] == 0.0
    assert tuned.report.part == "test"


def test_the_chosen_one_alone_is_fitted_anew_on_all_that_is_known():
    vectors = np.eye(8)
    right, wrong = Favours(4), Favours(7)
    tune({1: (wrong, None), 2: (right, vectors)}, SPLIT, k=1)
    assert [n for n, _ in right.fits] == [12, 16]
    assert [n for n, _ in wrong.fits] == [12]
    assert all((seen == vectors).all() for _, seen in right.fits)


def test_of_equals_the_first_is_chosen():
    twins = {name: (Popularity(), None) for name in "ba"}
    assert tune(twins, SPLIT, k=3).choice == "b"


def test_the_metric_and_the_length_decide():
    report = tune({"one": (Favours(5), None)}, SPLIT, k=1, metric="recall").report
    assert report.k == 1
    assert report.mean()["recall"] == 1.0


def test_it_is_evaluate_on_the_known():
    vectors = np.random.default_rng(0).normal(size=(8, 3))
    model = ContentBased().fit(SPLIT.known("test"), vectors)
    expected = evaluate(model, SPLIT, k=3)
    assert tune({0: (ContentBased(), vectors)}, SPLIT, k=3).report.per_user.equals(
        expected.per_user
    )


def test_nothing_to_choose_from():
    with pytest.raises(ValueError, match="no candidates"):
        tune({}, SPLIT)
