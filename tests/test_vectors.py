"""Tables of vectors: what the other tests of vectors leave out."""

import numpy as np
import pytest

from plmrec_lite.vectors import centre, join, unit_scale, whiten

VECTORS = np.random.default_rng(0).normal(3, 1, (7, 4)).astype(np.float32)


def test_centred_vectors_keep_their_differences_and_their_dtype():
    centred = centre(VECTORS)
    assert centred.dtype == np.float32
    np.testing.assert_allclose(centred.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(centred[1] - centred[0], VECTORS[1] - VECTORS[0], atol=1e-6)


def test_each_whitened_column_has_the_one_sign_of_its_largest_entry():
    for seed in range(5):
        white = whiten(np.random.default_rng(seed).normal(size=(9, 4)))
        largest = np.abs(white).argmax(axis=0)
        assert (white[largest, range(4)] > 0).all()


def test_the_unit_of_the_vectors_does_not_matter_to_whitening():
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(9, 2)) @ rng.normal(size=(2, 4))
    white = whiten(flat)
    assert white.shape == (9, 2)  # the directions in which they spread
    for unit in (1e-9, 1e9):
        np.testing.assert_allclose(whiten(unit * flat), white, atol=1e-6)


def test_a_join_may_hold_one_kind_alone():
    other = np.random.default_rng(1).normal(size=(7, 2))
    for weight, kind in ((0, VECTORS), (1, other)):
        joined = join(VECTORS, other, weight)
        assert joined.shape == (7, 6)
        np.testing.assert_allclose(joined @ joined.T, unit_scale(kind) @ unit_scale(kind).T)
    for weight in (-0.01, 1.01):
        with pytest.raises(ValueError, match=f"weight={weight}"):
            join(VECTORS, other, weight)


def test_one_vector_is_its_own_mean():
    assert not centre(VECTORS[:1]).any()
