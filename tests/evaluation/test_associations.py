"""Associations of word vectors: a planted one is found, by hand and by counting divisions."""

import itertools

import numpy as np
import pytest

from plmrec_lite.evaluation.associations import association_test, nearer_to_first

A, B = np.array([[1.0, 0], [2, 0.1]]), np.array([[0, 1.0], [0.1, 3]])
X = np.array([[1, 0.2], [3, 0.3], [1, 0.4]])
Y = np.array([[0.2, 1], [0.3, 2], [0.9, 1]])


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_nearness_is_a_difference_of_mean_cosines():
    by_hand = [np.mean([cosine(w, a) for a in A]) - np.mean([cosine(w, b) for b in B]) for w in X]
    np.testing.assert_allclose(nearer_to_first(X, A, B), by_hand)
    np.testing.assert_allclose(nearer_to_first(5 * X, A, 2 * B), by_hand)
    np.testing.assert_allclose(nearer_to_first(X, B, A), [-one for one in by_hand])


def test_effect_and_p_by_hand():
    s = np.r_[nearer_to_first(X, A, B), nearer_to_first(Y, A, B)]
    found = association_test(X, Y, A, B)
    assert found.effect == pytest.approx((s[:3].mean() - s[3:].mean()) / s.std(ddof=1))
    drawn = [s[list(c)].sum() for c in itertools.combinations(range(6), 3)]
    assert found.p == np.mean(np.array(drawn) >= s[:3].sum() - 1e-12) == 1 / 20
    assert found.n_divisions == 20
    opposite = association_test(Y, X, A, B)
    assert opposite.effect == pytest.approx(-found.effect)
    assert opposite.p == 1


def test_random_divisions_agree_with_all_of_them():
    rng = np.random.default_rng(0)
    targets, others = rng.normal(size=(6, 5)) + 0.3, rng.normal(size=(7, 5))
    first, second = rng.normal(size=(4, 5)) + 0.5, rng.normal(size=(4, 5))
    every = association_test(targets, others, first, second)
    drawn = association_test(targets, others, first, second, n_divisions=1000)
    assert every.n_divisions == 1716
    assert drawn.n_divisions == 1000
    assert drawn.p == pytest.approx(every.p, abs=0.04)
    assert 0.02 < every.p < 0.98


def test_without_an_association_p_is_spread_evenly():
    rng = np.random.default_rng(1)
    p = [association_test(*rng.normal(size=(4, 5, 8)), n_divisions=252).p for _ in range(200)]
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.06)
    assert np.mean(p) == pytest.approx(0.5, abs=0.07)


def test_p_of_random_divisions_is_never_zero():
    rng = np.random.default_rng(2)
    far = 0.1 * rng.normal(size=(4, 12, 2)) + np.array([[5, 0], [0, 5], [5, 0], [0, 5]])[:, None]
    assert association_test(*far, n_divisions=99).p == 0.01


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nearer_to_first(X, A, np.zeros((1, 2))), "vector 0 has no direction"),
        (lambda: nearer_to_first(X, A, np.ones((1, 3))), "differ in length"),
        (lambda: nearer_to_first(X, A, np.zeros((0, 2))), r"shape \(0, 2\)"),
        (lambda: nearer_to_first(X[0], A, B), r"shape \(2,\)"),
        (lambda: association_test(X[:1], Y, A, B), "1 and 3 targets"),
        (lambda: association_test(X, Y, A, B, n_divisions=0), "n_divisions=0"),
    ],
)
def test_what_cannot_be_compared_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
