"""EASE kept up to date equals EASE fitted anew, events coming and going."""

import numpy as np
import pytest

from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import EASE, MatrixFactorization
from plmrec_lite.recommenders.ease import inverse
from plmrec_lite.recommenders.item_updates import LiveEASE, add_row, remove_row, weights_of
from plmrec_lite.recommenders.matrix_factorization import solve_rows

N_USERS, N_ITEMS = 30, 12


def log_of(X):
    users, items = np.nonzero(X)
    return Interactions(users, items, None, None, X.shape[0], X.shape[1])


@pytest.fixture
def met():
    X = (np.random.default_rng(3).random((N_USERS, N_ITEMS)) < 0.3).astype(float)
    X[5, :3] = [1, 0, 0]
    return X


def anew(X, penalty=7.0):
    return EASE(penalty).fit(log_of(X)).B_


def test_by_hand_one_item():
    P = np.array([[1 / 3.0]])  # two people, lambda 1
    assert add_row(P, [0])[0, 0] == pytest.approx(1 / 4)
    assert remove_row(P, [0])[0, 0] == pytest.approx(1 / 2)


def test_a_new_person_is_a_step_of_rank_one(met):
    X = met
    before, after = (inverse(x.T @ x, 7.0) for x in (X[:-1], X))
    items = np.flatnonzero(X[-1])
    assert add_row(before, items) == pytest.approx(after, abs=1e-12)
    assert remove_row(after, items) == pytest.approx(before, abs=1e-12)
    assert np.linalg.matrix_rank(after - before, tol=1e-12) == 1
    assert weights_of(after) == pytest.approx(anew(X), abs=1e-12)


def test_an_event_of_a_known_person_is_a_step_of_rank_two(met):
    X = met
    before = inverse(X.T @ X, 7.0)
    X[5, 1] = 1
    after = inverse(X.T @ X, 7.0)
    assert np.linalg.matrix_rank(after - before, tol=1e-12) == 2


def test_events_that_come_and_go_equal_a_new_fit(met):
    X = met
    live, rng = LiveEASE(EASE(7.0), log_of(X)), np.random.default_rng(0)
    X = np.vstack([X, np.zeros(N_ITEMS)])  # a new person comes too
    X[N_USERS, 4] = 1
    assert live.add(N_USERS, 4)
    for _ in range(400):
        user, item = rng.integers(N_USERS + 1), rng.integers(N_ITEMS)
        if rng.random() < 0.5:
            assert live.add(user, item) == (X[user, item] == 0)
            X[user, item] = 1
        else:
            assert live.remove(user, item) == (X[user, item] == 1)
            X[user, item] = 0
    assert live.weights() == pytest.approx(anew(X), abs=1e-10)
    assert (live.rows().toarray() == X).all()
    assert (live.P == live.P.T).all()  # to the last bit, as after a fit


def test_the_first_event_and_the_last_of_a_person(met):
    X = met
    X[7] = 0
    live = LiveEASE(EASE(7.0), log_of(X))
    start = live.weights()
    assert live.add(7, 2)
    X[7, 2] = 1
    assert live.weights() == pytest.approx(anew(X), abs=1e-12)
    assert live.remove(7, 2)
    assert live.weights() == pytest.approx(start, abs=1e-12)


def test_nothing_changes_for_an_event_that_is_there_or_not_there(met):
    X = met
    live = LiveEASE(EASE(7.0), log_of(X))
    P = live.P.copy()
    assert not live.add(5, 0)
    assert not live.remove(5, 1)
    assert (live.P == P).all()


@pytest.mark.parametrize("items", [[1, 1], [-1], [N_ITEMS], [0, N_ITEMS]])
def test_rows_that_are_none_are_refused(met, items):
    X = met
    P = inverse(X.T @ X, 7.0)
    for step in (add_row, remove_row):
        with pytest.raises(ValueError, match=r"items \["):
            step(P, items)


def test_a_row_that_is_not_there_cannot_be_taken_out(met):
    X = met
    X[:, 0] = 0
    with pytest.raises(ValueError, match="take out only what was put in"):
        remove_row(inverse(X.T @ X, 1e-12 + 1.0), [0])


def test_a_failed_step_leaves_the_model_as_it_was(met):
    X = met
    live = LiveEASE(EASE(7.0), log_of(X))
    P = live.P.copy()
    with pytest.raises(ValueError, match="fit the model anew"):
        live.add(5, N_ITEMS)
    assert (live.P == P).all()
    assert (live.rows().toarray() == X).all()


@pytest.mark.parametrize("user", [-1, N_USERS + 1])
def test_people_without_a_number_are_refused(met, user):
    X = met
    live = LiveEASE(EASE(7.0), log_of(X))
    with pytest.raises(ValueError, match=f"user={user}"):
        live.add(user, 0)
    with pytest.raises(ValueError, match=f"user={user}"):
        live.remove(user, 0)


def test_a_new_person_cannot_forget(met):
    X = met
    with pytest.raises(ValueError, match=f"user={N_USERS}"):
        LiveEASE(EASE(7.0), log_of(X)).remove(N_USERS, 0)


@pytest.mark.parametrize("model", [EASE(7.0, decay=0.9), MatrixFactorization()])
def test_models_of_another_kind_are_refused(met, model):
    X = met
    with pytest.raises(ValueError, match="give EASE with decay=1"):
        LiveEASE(model, log_of(X))


def test_folding_a_user_into_als_is_the_exact_step_of_that_user(met):
    X = met
    model = MatrixFactorization(n_factors=3, n_epochs=3).fit(log_of(X))
    rows = solve_rows(log_of(X).matrix(), model.Q_, model.alpha, model.regularization)
    one = solve_rows(log_of(X[5:6]).matrix(), model.Q_, model.alpha, model.regularization)
    assert one[0] == pytest.approx(rows[5], rel=1e-9)
    Q, n = model.Q_, X[5].sum()
    A = Q.T @ (X[5][:, None] * Q) + model.alpha * Q.T @ Q
    A += model.regularization * (n + model.alpha * N_ITEMS) * np.eye(3)
    assert one[0] == pytest.approx(np.linalg.solve(A, Q.T @ X[5]), rel=1e-9)
