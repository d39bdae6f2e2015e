from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import ItemRidge

N_USERS, N_ITEMS, COLD = 12, 20, [3, 11, 19]
VECTORS = np.random.default_rng(1).normal(2, 1, size=(N_ITEMS, 5))
MET = np.random.default_rng(0).random((N_USERS, N_ITEMS)) < 0.4
MET[:, COLD] = False
WARM = np.setdiff1d(np.arange(N_ITEMS), COLD)


def log_of(met):
    users, items = met.nonzero()
    return Interactions(users, items, np.ones(len(users)), np.zeros(len(users), int), *met.shape)


def scores(vectors=VECTORS, met=MET, regularization=3.0):
    return ItemRidge(regularization).fit(log_of(met), vectors).score(np.arange(N_USERS))


@pytest.mark.parametrize("d", [5, 40])  # fewer and more dimensions than items
def test_it_is_the_ridge_regression_of_scikit_learn(d):
    vectors = np.random.default_rng(2).normal(1, 2, size=(N_ITEMS, d))
    ridge = Ridge(alpha=3.0).fit(vectors[WARM], MET[:, WARM].T.astype(float))
    expected = ridge.predict(vectors) - ridge.predict(vectors[WARM].mean(0, keepdims=True))
    np.testing.assert_allclose(scores(vectors), expected.T, atol=1e-6)


def test_the_vectors_of_cold_items_do_not_touch_the_fit():
    poisoned = VECTORS.copy()
    poisoned[COLD] = 1e6
    assert (scores(poisoned)[:, WARM] == scores()[:, WARM]).all()


def test_a_cold_item_is_scored_as_a_warm_one_with_its_vector():
    vectors = VECTORS.copy()
    vectors[COLD] = vectors[[0, 1, 2]]
    np.testing.assert_allclose(scores(vectors)[:, COLD], scores(vectors)[:, [0, 1, 2]], atol=1e-7)


def test_a_shift_of_all_vectors_changes_nothing():
    np.testing.assert_allclose(scores(VECTORS + 7), scores(), atol=1e-6)


def test_more_regularization_pulls_scores_to_zero():
    assert np.abs(scores(regularization=1e6)).max() < 1e-3 < np.abs(scores()).max()


@pytest.mark.parametrize("d", [5, 40])
def test_a_user_who_met_every_warm_item_likes_nothing_more_than_the_rest(d):
    met = MET.copy()
    met[4, WARM] = True
    vectors = np.random.default_rng(2).normal(1, 2, size=(N_ITEMS, d))
    assert not scores(vectors, met)[4].any()  # zeros to the last bit: ties go by id


@pytest.mark.parametrize("d", [5, 40])
def test_it_is_the_closed_form_of_the_docstring(d):
    V = np.random.default_rng(2).normal(1, 2, size=(N_ITEMS, d))
    model = ItemRidge(3.0).fit(log_of(MET), V)
    Y = MET[:, WARM].T - MET[:, WARM].T.mean(axis=0)
    W = V[WARM] - V[WARM].mean(axis=0)
    expected = W.T @ np.linalg.solve(W @ W.T + 3.0 * np.eye(len(WARM)), Y)
    np.testing.assert_allclose(model.W_, expected, atol=1e-12)


def test_what_cannot_fit_is_refused_with_a_cure(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=3000))
    words = r"ridge would take 0\.0 GB for a taste of 5 numbers for each of 12 users.*whiten"
    with pytest.raises(MemoryError, match=words):
        ItemRidge().fit(log_of(MET), VECTORS)
    ItemRidge().fit(log_of(MET), VECTORS[:, :2])


def test_item_vectors_are_needed():
    with pytest.raises(ValueError, match="ridge needs item_vectors"):
        ItemRidge().fit(log_of(MET))


@pytest.mark.parametrize("value", [0, -1.0, np.nan])
def test_regularization_is_above_zero(value):
    with pytest.raises(ValueError, match="regularization="):
        ItemRidge(value).fit(log_of(MET), VECTORS)
