"""Genres of lists against genres of people: shares, and their divergence by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import rel_entr

from plmrec_lite.evaluation.miscalibration import (
    divergence_of,
    genre_shares,
    list_shares,
    miscalibration,
    profile_shares,
)

SHARES = genre_shares([("War",), ("Drama", "War"), (), ("Drama",)], ["Comedy", "Drama", "War"])


def test_an_item_divides_one_unit_among_its_genres():
    assert SHARES.tolist() == [[0, 0, 1], [0, 0.5, 0.5], [0, 0, 0], [0, 1, 0]]


def test_a_genre_nobody_named_is_refused():
    with pytest.raises(ValueError, match="'Noir' of item 1"):
        genre_shares([("War",), ("Noir",)], ["War"])


def test_profiles_and_lists_count_alike():
    met = csr_array(np.array([[1, 1, 0, 0], [0, 0, 1, 0], [1, 1, 0, 1]]))
    profile = profile_shares(met, SHARES)
    np.testing.assert_allclose(profile, [[0, 0.25, 0.75], [0, 0, 0], [0, 0.5, 0.5]])
    lists = np.array([[1, 0, -1], [2, -1, -1], [3, 0, 1]])
    np.testing.assert_allclose(list_shares(lists, SHARES), profile)


def test_divergence_is_that_of_scipy():
    p, q = np.random.default_rng(0).dirichlet(np.ones(6), size=(2, 5))
    np.testing.assert_allclose(divergence_of(p, q), rel_entr(p, q).sum(axis=1))
    mixed = 0.9 * q + 0.1 * p
    np.testing.assert_allclose(miscalibration(p, q, 0.1), rel_entr(p, mixed).sum(axis=1))


def test_equal_shares_diverge_by_nothing_and_a_missing_genre_by_much():
    profile = np.array([[0.0, 0.5, 0.5]] * 3 + [[0, 0, 0]])
    listed = np.array([[0, 0.5, 0.5], [0, 1, 0], [0, 0, 0], [0, 1, 0]])
    by_hand = 0.5 * np.log(0.5 / 0.995) + 0.5 * np.log(0.5 / 0.005)
    np.testing.assert_allclose(
        miscalibration(profile, listed), [0, by_hand, np.nan, np.nan], atol=1e-12
    )


@pytest.mark.parametrize("smoothing", [0, 1, -0.1])
def test_a_smoothing_that_is_no_share_is_refused(smoothing):
    with pytest.raises(ValueError, match=f"smoothing={smoothing}"):
        miscalibration([[1.0]], [[1.0]], smoothing)


def test_other_genres_are_refused():
    with pytest.raises(ValueError, match=r"\(1, 2\) and \(1, 3\)"):
        miscalibration([[0.5, 0.5]], [[0.2, 0.3, 0.5]])
