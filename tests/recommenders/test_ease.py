from types import SimpleNamespace

import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, Blend, ColdStartPolicy, Popularity
from plmrec_lite.recommenders.ease import inverse
from plmrec_lite.recommenders.memory import check_memory

REGULARIZATION = 3.0


def log_of(X):
    users, items = X.nonzero()
    return Interactions(users, items, np.ones(len(users)), np.zeros(len(users), int), *X.shape)


@pytest.fixture(scope="module")
def fitted():
    X = (np.random.default_rng(0).random((40, 15)) < 0.3).astype(float)
    return X, EASE(REGULARIZATION).fit(log_of(X))


def loss(X, B):
    return ((X - X @ B) ** 2).sum() + REGULARIZATION * (B**2).sum()


def test_no_item_explains_itself(fitted):
    assert (np.diag(fitted[1].B_) == 0).all()


def test_the_gradient_vanishes_off_the_diagonal(fitted):
    X, model = fitted
    gradient = -2 * X.T @ (X - X @ model.B_) + 2 * REGULARIZATION * model.B_
    off = ~np.eye(15, dtype=bool)
    np.testing.assert_allclose(gradient[off], 0, atol=1e-10)
    assert (np.abs(gradient[~off]) > 1e-3).all()  # the constraint binds for each item


def test_each_column_is_the_ridge_regression_on_the_other_items(fitted):
    X, model = fitted
    for item in range(15):
        others = np.delete(X, item, axis=1)
        ridge = others.T @ others + REGULARIZATION * np.eye(14)
        expected = np.linalg.solve(ridge, others.T @ X[:, item])
        np.testing.assert_allclose(np.delete(model.B_[:, item], item), expected, atol=1e-12)


def test_any_step_away_is_worse(fitted):
    X, model = fitted
    rng = np.random.default_rng(1)
    for _ in range(20):
        step = rng.normal(size=(15, 15)) * 1e-3
        np.fill_diagonal(step, 0)
        assert loss(X, model.B_ + step) > loss(X, model.B_)


def test_scores_are_the_history_times_the_weights(fitted):
    X, model = fitted
    users = np.flatnonzero(X.any(axis=1))
    np.testing.assert_allclose(model.score(users), X[users] @ model.B_, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("value", [0, -1.0, np.nan])
def test_regularization_is_above_zero(fitted, value):
    with pytest.raises(ValueError, match="regularization="):
        EASE(value).fit(log_of(fitted[0]))


def test_decay_fades_the_history_but_not_the_weights(fitted):
    X, plain = fitted
    users, items = X.nonzero()
    n = len(users)
    log = Interactions(users, items, np.ones(n), np.arange(n), *X.shape)  # item ids rise in time
    model = EASE(REGULARIZATION, decay=0.5).fit(log)
    np.testing.assert_array_equal(model.B_, plain.B_)
    faded = X * 0.5 ** (X.sum(1, keepdims=True) - X.cumsum(1))
    met = np.flatnonzero(X.any(axis=1))
    np.testing.assert_allclose(model.score(met), faded[met] @ plain.B_, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("value", [0, 1.5, np.nan])
def test_decay_is_a_share(fitted, value):
    with pytest.raises(ValueError, match="decay="):
        EASE(decay=value).fit(log_of(fitted[0]))


def test_the_inverse_is_that_of_numpy():
    X = np.random.default_rng(3).normal(size=(30, 12))
    expected = np.linalg.inv(X.T @ X + 0.7 * np.eye(12))
    P = inverse(X.T @ X, 0.7)
    np.testing.assert_allclose(P, expected, rtol=1e-10)
    assert (P == P.T).all()


def test_a_catalogue_that_cannot_fit_is_refused_before_anything_is_done(fitted, monkeypatch):
    log = log_of(fitted[0])
    free = 3 * 8 * 15**2
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=free))
    EASE().fit(log)
    model, spoiled = EASE(), Interactions([], [], [], [], 2, 16)
    monkeypatch.setattr(EASE, "_fit", None)
    words = r"EASE would take 0\.0 GB for 16 x 16 weights, .* 0\.0 GB are free: use ItemKNN"
    with pytest.raises(MemoryError, match=words):
        model.fit(spoiled)
    with pytest.raises(MemoryError, match="16 x 16"):
        Blend(Popularity(), model).fit(spoiled)
    with pytest.raises(MemoryError, match="16 x 16"):
        ColdStartPolicy(model, Popularity()).fit(spoiled)


def test_what_just_fits_is_let_through(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=2_000_000_000))
    check_memory("EASE", 2_000_000_000, "weights", "less")
    words = r"EASE would take 2\.0 GB for weights, and 2\.0 GB are free: use less"
    with pytest.raises(MemoryError, match=words):
        check_memory("EASE", 2_000_000_001, "weights", "less")


def test_the_memory_of_a_large_catalogue_is_told():
    with pytest.raises(MemoryError, match=r"would take 24,000\.0 GB for 1,000,000 x 1,000,000"):
        EASE().fit(Interactions([0], [0], [1], [1], 1, 1_000_000))
