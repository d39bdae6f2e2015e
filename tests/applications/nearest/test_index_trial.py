"""Made vectors lie between real ones; what is found is counted."""

import time

import numpy as np
import pytest

from plmrec_lite.applications.nearest.trial import milliseconds, mixtures, shares_found


def test_mixtures_lie_between_two_vectors():
    vectors = np.eye(6)
    made = mixtures(vectors, 70_000, noise=0)
    assert made.shape == (70_000, 6)
    assert made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx(1, abs=1e-5)
    assert ((made > 0).sum(axis=1) <= 2).all()
    assert (made >= 0).all()
    assert len(np.unique(made[:, 0])) > 10_000


def test_noise_has_about_the_length_that_is_asked_for():
    vectors = np.eye(400)[:1]
    made = mixtures(vectors, 500, noise=0.5)
    assert np.median(made[:, 0]) == pytest.approx(1 / np.sqrt(1.25), abs=0.02)


def test_a_seed_gives_the_same_and_another_gives_others():
    vectors = np.eye(5)
    assert (mixtures(vectors, 9, seed=1) == mixtures(vectors, 9, seed=1)).all()
    assert (mixtures(vectors, 9, seed=1) != mixtures(vectors, 9, seed=2)).any()


@pytest.mark.parametrize(("n", "noise", "word"), [(0, 0.1, "n"), (3, -0.1, "noise")])
def test_numbers_out_of_range_are_refused(n, noise, word):
    with pytest.raises(ValueError, match=word):
        mixtures(np.eye(3), n, noise)


def test_the_share_that_is_found():
    found, nearest = np.array([[3, 1], [4, -1], [7, 8]]), np.array([[1, 3], [4, 5], [1, 2]])
    assert shares_found(found, nearest).tolist() == [1, 0.5, 0]


def test_milliseconds_are_of_each_query():
    asked = []

    def ask(seconds):
        asked.append(seconds)
        time.sleep(seconds)

    taken = milliseconds(ask, [0.02, 0.001])
    assert asked == [0.02, 0.02, 0.001]
    assert taken[0] >= 20
    assert taken[1] >= 1
