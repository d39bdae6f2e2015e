"""Unlearning is exact: what is left of a person is what a stranger leaves."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from plmrec_lite.applications.privacy.unlearning import (
    ForgettingEASE,
    largest_difference,
    membership_scores,
    refitted_without,
    remove_rows,
)
from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import EASE, ItemKNN
from plmrec_lite.recommenders.ease import inverse
from plmrec_lite.recommenders.item_updates import remove_row

N_USERS, N_ITEMS = 60, 25


def log_of(X):
    users, items = np.nonzero(X)
    return Interactions(users, items, None, None, *X.shape)


@pytest.fixture
def met():
    return (np.random.default_rng(2).random((N_USERS, N_ITEMS)) < 0.25).astype(float)


@pytest.mark.parametrize("n", [0, 1, 10, 59])
def test_removing_rows_equals_an_inverse_without_them(met, n):
    whole, rest = (inverse(X.T @ X, 5.0) for X in (met, met[n:]))
    left = remove_rows(whole, csr_array(met[:n]))
    np.testing.assert_allclose(left, rest, rtol=0, atol=1e-12)
    assert (left == left.T).all()
    assert remove_rows(whole, met[:n]) == pytest.approx(left, abs=1e-15)


def test_one_row_is_the_downdate_of_one_person(met):
    P = inverse(met.T @ met, 5.0)
    by_one = remove_row(P, np.flatnonzero(met[4]))
    np.testing.assert_allclose(remove_rows(P, csr_array(met[4:5])), by_one, atol=1e-14)


def test_rows_that_are_not_there_are_refused(met):
    P = inverse(met[2:3].T @ met[2:3], 0.5)
    with pytest.raises(ValueError, match="the 2 rows are not all in the matrix"):
        remove_rows(P, met[2:4])
    with pytest.raises(ValueError, match=r"rows of shape \(1, 24\) for 25 items"):
        remove_rows(P, met[:1, :-1])


@pytest.mark.parametrize("people", [[7], list(range(3, 33)), [0, N_USERS - 1]])
def test_forgetting_equals_a_new_fit(met, people):
    train, model = log_of(met), EASE(5.0)
    live = ForgettingEASE(model, train)
    assert live.forget(people) == met[people].sum()
    anew = refitted_without(model, train, people)
    absolute, relative = largest_difference(live.weights(), anew)
    assert absolute < 1e-12
    assert relative < 1e-11
    assert largest_difference(EASE(5.0).fit(train).B_, anew)[0] > 1e-3
    assert live.rows()[people].nnz == 0
    assert live.rows().nnz == met.sum() - met[people].sum()


def test_membership_is_gone_and_a_person_may_come_back(met):
    train = log_of(met)
    live = ForgettingEASE(EASE(5.0), train)
    before, row = live.weights(), csr_array(met[[9]])
    live.forget([9])
    after = membership_scores(live.weights(), row)
    never = membership_scores(refitted_without(EASE(5.0), train, [9]), row)
    assert after == pytest.approx(never, abs=1e-12)
    assert membership_scores(before, row)[0] > never[0] + 0.01
    for item in np.flatnonzero(met[9]):
        assert live.add(9, int(item))
    assert live.weights() == pytest.approx(before, abs=1e-12)


def test_membership_scores_by_hand():
    B = np.array([[0, 0.5, 0.1], [0.25, 0, 0.1], [0, 0, 0]])
    rows = csr_array(np.array([[1.0, 1, 0], [0, 0, 0], [0, 0, 1]]))
    assert membership_scores(B, rows) == pytest.approx([0.375, 0, 0])


def test_largest_difference_by_hand():
    found = largest_difference(np.array([[0, 1.0], [2, 0]]), np.array([[0, 1.0], [-4, 0]]))
    assert found == (6.0, 1.5)


def test_what_cannot_be_forgotten_changes_nothing(met):
    live = ForgettingEASE(EASE(5.0), log_of(met))
    before = live.P
    with pytest.raises(ValueError, match="people: 1 of 1 are out of range 0 to 59"):
        live.forget([60])
    with pytest.raises(ValueError, match=r"people \[3, 3\]: name each once"):
        live.forget([3, 3])
    assert live.P is before
    assert live.forget([]) == 0
    live.forget([3])
    changed = live.P
    assert live.forget([3]) == 0  # nothing is left to go
    assert live.P is changed
    with pytest.raises(ValueError, match="cannot be kept up to date"):
        ForgettingEASE(ItemKNN(), log_of(met))
    with pytest.raises(ValueError, match="out of range 0 to 59"):
        refitted_without(EASE(), log_of(met), [-2])
