"""A prior lifts items by the logarithm of how many reviews they have."""

import numpy as np
import pytest

from plmrec_lite.applications.search.popularity import add_prior


def test_the_prior_by_hand():
    scores = np.array([[0.0, 1.0, -np.inf], [2.0, 0.0, 0.0]])
    found = add_prior(scores, [np.e - 1, 0, 9], 0.5)
    np.testing.assert_allclose(found, [[0.5, 1, -np.inf], [2.5, 0, 0.5 * np.log(10)]])


def test_without_weight_nothing_changes_and_the_type_stays():
    scores = np.array([[0.25, 0.5]], dtype=np.float32)
    found = add_prior(scores, [3, 4], 0)
    np.testing.assert_array_equal(found, scores)
    assert found.dtype == np.float32
    assert add_prior(scores, [3, 4], 0.3).dtype == np.float32
    np.testing.assert_array_equal(scores, [[0.25, 0.5]])


def test_twice_as_many_reviews_are_worth_as_much_everywhere():
    found = add_prior(np.zeros((1, 4)), [0, 1, 99, 199], 1.0)[0]
    assert found[1] - found[0] == pytest.approx(found[3] - found[2])


@pytest.mark.parametrize(
    ("counts", "weight", "message"),
    [
        ([1, 2, 3], 1, r"counts of shape \(3,\)"),
        ([1, -1], 1, "count -1 of item 1"),
        ([1, 2], -1, "weight=-1"),
        ([1, 2], float("nan"), "weight=nan"),
    ],
)
def test_bad_input(counts, weight, message):
    with pytest.raises(ValueError, match=message):
        add_prior(np.zeros((1, 2)), counts, weight)
