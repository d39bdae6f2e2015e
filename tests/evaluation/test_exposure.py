"""Exposure: counts, Gini against its definition, the long tail, popularity of lists."""

import numpy as np
import pytest

from plmrec_lite.evaluation.exposure import (
    average_popularity,
    exposure,
    gini,
    long_tail,
    tail_share,
)

LISTS = np.array([[0, 1, 2], [0, 2, -1], [-1, -1, -1]])


def test_every_filled_place_is_one_exposure():
    assert exposure(LISTS, n_items=4).tolist() == [2, 1, 2, 0]


def test_gini_is_half_the_mean_difference_over_the_mean():
    amounts = np.random.default_rng(0).exponential(size=50)
    differences = np.abs(amounts[:, None] - amounts[None, :]).mean()
    assert gini(amounts) == pytest.approx(differences / (2 * amounts.mean()))
    assert gini(amounts) == pytest.approx(gini(3 * amounts[::-1]))


def test_gini_is_zero_for_equals_and_highest_for_one_who_has_all():
    assert gini([2, 2, 2]) == pytest.approx(0)
    assert gini([0] * 99 + [5]) == pytest.approx(0.99)


def test_the_tail_holds_at_most_its_share_and_the_next_item_would_exceed_it():
    popularity = np.random.default_rng(1).integers(0, 100, size=200)
    tail = long_tail(popularity, 0.3)
    held = popularity[tail].sum() / popularity.sum()
    assert held <= 0.3 < held + popularity[~tail].min() / popularity.sum()
    assert popularity[tail].max() <= popularity[~tail].min()
    assert long_tail(popularity, 0.6).sum() > tail.sum()


def test_of_equally_popular_items_the_higher_id_is_in_the_tail_first():
    assert long_tail([1, 1, 1, 1], 0.5).tolist() == [False, False, True, True]


def test_lists_are_described_by_their_filled_places():
    tail = np.array([False, True, True, False])
    np.testing.assert_allclose(tail_share(LISTS, tail), [2 / 3, 1 / 2, np.nan])
    np.testing.assert_allclose(average_popularity(LISTS, [9, 3, 3, 8]), [5, 6, np.nan])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: exposure(LISTS, 2), "item 2 with n_items=2"),
        (lambda: exposure(LISTS.astype(float), 4), "float64"),
        (lambda: tail_share([1, 2], np.ones(3)), r"shape \(2,\)"),
        (lambda: gini([1, -1]), "from 0"),
        (lambda: gini([]), r"shape \(0,\)"),
        (lambda: gini([np.nan, 1]), "from 0"),
        (lambda: gini([0, 0]), "all amounts are 0"),
        (lambda: long_tail([1, 2], 1.0), r"share=1\.0"),
        (lambda: long_tail([1, 2], 0.0), r"share=0\.0"),
    ],
)
def test_what_cannot_be_counted_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
