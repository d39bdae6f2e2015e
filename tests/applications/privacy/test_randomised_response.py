"""Randomised response promises what it says, and its sums are honest on the mean."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array

from plmrec_lite.applications.attacks.shilling import log_of
from plmrec_lite.applications.privacy.randomised_response import (
    ClickPrivacy,
    corrected,
    private_weights,
    randomised,
)
from plmrec_lite.recommenders import EASE
from plmrec_lite.recommenders.item_updates import weights_of

N_USERS, N_ITEMS = 40, 12


@pytest.fixture
def met():
    return (np.random.default_rng(4).random((N_USERS, N_ITEMS)) < 0.3).astype(float)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 4.0, 30.0])
def test_the_odds_of_an_answer_are_e_to_the_epsilon(epsilon):
    promise = ClickPrivacy(epsilon, 5)
    truth, lie = 1 - promise.flip, promise.flip
    assert math.log(truth / lie) == pytest.approx(epsilon, rel=1e-4)
    assert 0 < promise.flip < 0.5
    assert promise.delta == 0
    assert promise.epsilon_between(2) == pytest.approx(2 * epsilon)
    assert promise.epsilon_of_person == promise.epsilon_between(5)


def test_two_rows_are_told_apart_by_the_sum_of_their_differences():
    promise = ClickPrivacy(1.5, 3)
    first, second = np.array([1, 0, 0]), np.array([0, 1, 0])

    def chance(sent, row):
        n_lies = int((np.array(sent) != row).sum())
        return promise.flip**n_lies * (1 - promise.flip) ** (3 - n_lies)

    every = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    assert sum(chance(sent, first) for sent in every) == pytest.approx(1)
    odds = [math.log(chance(sent, first) / chance(sent, second)) for sent in every]
    assert max(odds) == pytest.approx(promise.epsilon_between(2))
    assert min(odds) == pytest.approx(-promise.epsilon_between(2))


def test_flips_are_as_frequent_as_promised_and_of_both_kinds(met):
    promise = ClickPrivacy(math.log(4), N_ITEMS)  # a flip in five
    rows = csr_array(np.tile(met, (100, 1)))
    sent = randomised(rows, promise, seed=1)
    assert sent.dtype == bool
    true = rows.toarray() == 1
    assert (~sent[true]).mean() == pytest.approx(0.2, abs=0.01)
    assert sent[~true].mean() == pytest.approx(0.2, abs=0.01)
    assert (sent == randomised(rows, promise, seed=1)).all()
    assert (sent != randomised(rows, promise, seed=2)).any()


def test_corrected_rows_are_unbiased_with_the_variance_that_is_said(met):
    promise = ClickPrivacy(1.0, N_ITEMS)
    rows = csr_array(met)
    draws = np.array([corrected(randomised(rows, promise, s), promise) for s in range(2000)])
    spread = math.sqrt(promise.variance / 2000)
    assert np.abs(draws.mean(axis=0) - met).max() < 5 * spread
    assert draws.var(axis=0).mean() == pytest.approx(promise.variance, rel=0.02)


def test_the_matrix_behind_private_weights_is_unbiased_off_the_diagonal(met):
    promise = ClickPrivacy(2.0, N_ITEMS)
    rows, total = csr_array(met), np.zeros((N_ITEMS, N_ITEMS))
    for seed in range(1500):
        Z = corrected(randomised(rows, promise, seed), promise)
        total += Z.T @ Z
    surplus = total / 1500 - met.T @ met
    assert np.diag(surplus) == pytest.approx(np.full(N_ITEMS, N_USERS * promise.variance), rel=0.1)
    np.fill_diagonal(surplus, 0)
    assert np.abs(surplus).max() < 1.0


def test_with_hardly_any_noise_the_weights_are_those_of_ease(met):
    promise = ClickPrivacy(40.0, N_ITEMS)
    sent = randomised(csr_array(met), promise)
    one, two = private_weights(sent, promise, [7.0, 30.0])
    assert one == pytest.approx(EASE(7.0).fit(log_of(csr_array(met))).B_, abs=1e-9)
    assert two == pytest.approx(private_weights(sent, promise, 30.0))
    noisy = ClickPrivacy(1.0, N_ITEMS)
    sent = randomised(csr_array(met), noisy)
    Z = corrected(sent, noisy)
    by_hand = weights_of(np.linalg.inv(Z.T @ Z + 7.0 * np.eye(N_ITEMS)))
    assert private_weights(sent, noisy, 7.0) == pytest.approx(by_hand, abs=1e-10)


def test_wrong_input_is_named(met):
    for epsilon in (0, -1.0, math.inf, "1"):
        with pytest.raises(ValueError, match="epsilon="):
            ClickPrivacy(epsilon, 3)
    with pytest.raises(ValueError, match="n_items=0"):
        ClickPrivacy(1.0, 0)
    promise = ClickPrivacy(1.0, N_ITEMS)
    with pytest.raises(ValueError, match="n_different=13"):
        promise.epsilon_between(13)
    with pytest.raises(ValueError, match="rows of 12 items, a promise for 5"):
        randomised(csr_array(met), ClickPrivacy(1.0, 5))
    with pytest.raises(ValueError, match=r"rows hold \[2.0\]"):
        randomised(csr_array(2 * met), promise)
    with pytest.raises(ValueError, match="regularization=0"):
        private_weights(randomised(csr_array(met), promise), promise, [1.0, 0])
