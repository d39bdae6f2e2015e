"""Vectors of items from who met them."""

import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.generative.behaviour import behaviour_vectors


def log_of(rows):
    users, items = np.nonzero(rows)
    return Interactions(users, items, None, np.arange(len(users)), *np.shape(rows))


def cosines(vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


ROWS = np.array([[1, 1, 0, 0, 0], [1, 1, 0, 1, 0], [0, 0, 1, 1, 0], [0, 0, 1, 0, 0]])


def test_the_vectors_are_rows_of_the_singular_vectors_made_as_long_as_each_other():
    found = behaviour_vectors(log_of(ROWS), 3)
    vectors = np.linalg.svd(ROWS.astype(float))[2][:3].T[:4]  # (4, 3): somebody met these
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.abs(found[:4]) == pytest.approx(np.abs(vectors / lengths))
    assert found[:4] @ found[:4].T == pytest.approx(cosines(vectors))


def test_items_that_the_same_people_met_have_one_vector_and_one_that_nobody_met_has_zeros():
    found = behaviour_vectors(log_of(ROWS), 3)
    assert found[0] == pytest.approx(found[1])
    assert np.abs(found[0] - found[2]).max() > 0.1
    assert (found[4] == 0).all()


def test_directions_that_the_log_lacks_are_zero():
    found = behaviour_vectors(log_of([[1, 1, 0], [1, 1, 0], [1, 1, 0]]), 2)
    assert np.abs(found[:, 0]) == pytest.approx([1, 1, 0])
    assert (found[:, 1] == 0).all()


@pytest.mark.parametrize("n_numbers", [0, 4, 1.5])
def test_more_directions_than_the_log_has_are_refused(n_numbers):
    with pytest.raises(ValueError, match=f"n_numbers={n_numbers}"):
        behaviour_vectors(log_of(ROWS), n_numbers)


def test_a_bad_seed_is_refused():
    with pytest.raises(ValueError, match="seed=-1"):
        behaviour_vectors(log_of(ROWS), 2, seed=-1)
