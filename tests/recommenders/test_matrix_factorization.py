from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import MatrixFactorization, matrix_factorization
from plmrec_lite.recommenders.matrix_factorization import solve_rows

X = (np.random.default_rng(0).random((30, 20)) < 0.25).astype(np.float32)
LOG = Interactions(*X.nonzero(), np.ones(int(X.sum())), np.zeros(int(X.sum()), int), *X.shape)
ALPHA, REGULARIZATION = 0.3, 0.02


def fitted(n_epochs):
    return MatrixFactorization(4, ALPHA, REGULARIZATION, n_epochs).fit(LOG)


def objective(P, Q):
    scores = P @ Q.T
    w_users = X.sum(axis=1) + ALPHA * X.shape[1]
    w_items = X.sum(axis=0) + ALPHA * X.shape[0]
    penalty = w_users @ (P**2).sum(axis=1) + w_items @ (Q**2).sum(axis=1)
    fit = ((1 - scores[X > 0]) ** 2).sum() + ALPHA * (scores**2).sum()
    return fit + REGULARIZATION * penalty


def test_the_objective_falls_with_each_epoch_and_each_side():
    losses = [objective(model.P_, model.Q_) for model in map(fitted, range(1, 8))]
    assert all(later < earlier for earlier, later in pairwise(losses))
    model = fitted(3)
    better_users = solve_rows(csr_array(X), model.Q_, ALPHA, REGULARIZATION)
    assert objective(better_users, model.Q_) < objective(model.P_, model.Q_)


def test_an_epoch_solves_the_users_and_then_the_items(monkeypatch):
    solved = []

    def spy(rows, *others):
        solved.append(rows.shape)
        return solve_rows(rows, *others)

    monkeypatch.setattr(matrix_factorization, "solve_rows", spy)
    for n_epochs in (1, 3):
        solved.clear()
        fitted(n_epochs)
        assert solved == n_epochs * [(30, 20), (20, 30)]


def test_each_row_solves_its_own_weighted_least_squares():
    """One user against the dense problem: weight 1 + alpha on met items, alpha on all others."""
    Q = np.random.default_rng(1).normal(size=(20, 4))
    P = solve_rows(csr_array(X), Q, ALPHA, REGULARIZATION)
    for user in range(30):
        met = X[user] > 0
        weights, target = met + ALPHA, np.where(met, 1 / (1 + ALPHA), 0)
        strength = REGULARIZATION * (met.sum() + ALPHA * 20)
        A = np.vstack([np.sqrt(weights)[:, None] * Q, np.sqrt(strength) * np.eye(4)])
        b = np.concatenate([np.sqrt(weights) * target, np.zeros(4)])
        expected = np.linalg.lstsq(A, b, rcond=None)[0]
        np.testing.assert_allclose(P[user], expected, atol=1e-10)


@pytest.mark.parametrize("at_once", [1, 300, 10**6])
@pytest.mark.parametrize("d", [1, 3, 9, 25])  # below and above the number of events of a row
def test_rows_solved_together_are_solved_as_alone(at_once, d, monkeypatch):
    monkeypatch.setattr(matrix_factorization, "NUMBERS_AT_ONCE", at_once)
    ragged = X.copy()
    ragged[3], ragged[4], ragged[5, :1] = 0, 1, 1  # no event, all of them
    Q = np.random.default_rng(1).normal(size=(20, d))
    P = solve_rows(csr_array(ragged), Q, ALPHA, REGULARIZATION)
    for user in range(30):
        met = Q[ragged[user] > 0]
        weight = REGULARIZATION * (len(met) + ALPHA * 20)
        A = met.T @ met + ALPHA * Q.T @ Q + weight * np.eye(d)
        np.testing.assert_allclose(P[user], np.linalg.solve(A, met.sum(axis=0)), atol=1e-10)


def test_an_empty_row_gets_zeros():
    assert not solve_rows(csr_array((2, 20)), np.ones((20, 4)), ALPHA, REGULARIZATION).any()


def test_enough_factors_and_little_regularization_rebuild_the_matrix():
    model = MatrixFactorization(20, 1e-6, 1e-6, n_epochs=50).fit(LOG)
    users = np.flatnonzero(X.any(axis=1))
    assert (model.score(users)[X[users] > 0] > 0.95).all()


def test_the_seed_sets_the_start():
    one, two = (
        MatrixFactorization(4, n_epochs=1, seed=seed).fit(LOG).score([0]) for seed in (0, 1)
    )
    assert (one != two).any()


@pytest.mark.parametrize(
    "setting", [{"n_factors": 0}, {"n_epochs": 0}, {"alpha": 0}, {"regularization": np.nan}]
)
def test_impossible_settings_are_named(setting):
    ((name, value),) = setting.items()
    with pytest.raises(ValueError, match=f"{name}={value}"):
        MatrixFactorization(**setting).fit(LOG)
