"""Items as the mean of their texts, compared by the cosine."""

import numpy as np
import pytest

from plmrec_lite.applications.search.dense import cosines, mean_by_item, means_without, unit


def test_an_item_is_the_mean_of_its_texts_whatever_their_lengths():
    vectors = np.array([[2.0, 0], [0, 5], [0, 1], [3, 4]], dtype=np.float32)
    found = mean_by_item(vectors, np.array([1, 1, 0, 0]), 2)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[1], [0.5**0.5] * 2, rtol=1e-6)
    np.testing.assert_allclose(found[0], unit(np.array([0.6, 1.8])), rtol=1e-6)


def test_cosines_by_hand():
    scores = cosines(np.array([[2.0, 0], [1, 1], [0, 0]]), np.array([[0.0, 3], [4, 0]]))
    np.testing.assert_allclose(scores, [[0, 1], [0.5**0.5, 0.5**0.5], [0, 0]], atol=1e-12)


def test_a_query_is_left_out_of_what_describes_its_item():
    rng = np.random.default_rng(0)
    vectors, about = rng.normal(size=(9, 4)).astype(np.float32), np.arange(9) % 3
    found = means_without(vectors, about, 3, [4, 0, 4])
    assert found.dtype == np.float32
    for mean, row in zip(found, (4, 0, 4), strict=True):
        others = np.delete(np.arange(9), row)
        left = mean_by_item(vectors[others], about[others], 3)[about[row]]
        np.testing.assert_allclose(mean, left, rtol=1e-5)
    vectors[4] = 100  # whatever the query's own vector is
    np.testing.assert_allclose(means_without(vectors, about, 3, [4])[0], found[0], rtol=1e-5)


def test_bad_input():
    with pytest.raises(ValueError, match="item 1 has one text"):
        means_without(np.ones((3, 2)), np.array([0, 0, 1]), 2, [0, 2])
    with pytest.raises(ValueError, match="item 1 has no text"):
        mean_by_item(np.ones((2, 2)), np.array([0, 2]), 3)
    with pytest.raises(ValueError, match=r"queries \(1, 2\) and documents \(1, 3\)"):
        cosines(np.ones((1, 2)), np.ones((1, 3)))
