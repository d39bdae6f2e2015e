"""Vectors in fewer bytes: what is kept, what is found, and what it takes."""

import numpy as np
import pytest

from plmrec_lite.applications.nearest.compressed import (
    CompressedIndex,
    main_directions,
    shortened,
)
from plmrec_lite.applications.nearest.trial import shares_found

RNG = np.random.default_rng(0)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


# Long in a few directions, as vectors of texts are.
VECTORS = unit((RNG.normal(size=(300, 32)) / np.arange(1, 33)).astype(np.float32))
QUERIES = unit((RNG.normal(size=(40, 32)) / np.arange(1, 33)).astype(np.float32))
EXACT = np.argsort(-(QUERIES @ VECTORS.T), axis=1, kind="stable")[:, :10]


def found(*how, **options):
    return shares_found(CompressedIndex(VECTORS, *how, **options).search(QUERIES), EXACT).mean()


def test_float32_is_the_exact_search():
    index = CompressedIndex(VECTORS, "float32")
    assert np.array_equal(index.search(QUERIES), EXACT)
    assert np.array_equal(index.decoded(), VECTORS)
    assert len(index) == 300


def test_fewer_bytes_find_less_and_rescoring_finds_more_of_it():
    assert found("int8") > 0.9
    assert found("binary") < found("binary", rescore=4) < found("binary", rescore=12)
    assert found("binary") < 0.7
    all_of_them = CompressedIndex(VECTORS, "binary", rescore=30)
    assert np.array_equal(all_of_them.search(QUERIES), CompressedIndex(VECTORS).search(QUERIES))


def test_bytes_are_counted_where_they_are_read():
    sizes = {
        ("float32", None): (300 * 32 * 4, 0),
        ("int8", None): (300 * 32, 0),
        ("binary", None): (300 * 4, 0),
        ("binary", 4): (300 * 4, 300 * 32),
    }
    for (kind, rescore), expected in sizes.items():
        index = CompressedIndex(VECTORS, kind, rescore)
        assert (index.n_bytes, index.n_bytes_beside) == expected


def test_a_byte_is_within_a_step_of_its_number():
    steps = (VECTORS.max(axis=0) - VECTORS.min(axis=0)) / 255
    apart = np.abs(CompressedIndex(VECTORS, "int8").decoded() - VECTORS)
    assert (apart <= steps * 1.01).all()
    assert apart.max() > 0


def test_a_bit_is_the_sign_and_is_found_by_the_number_of_equal_signs():
    index = CompressedIndex(VECTORS, "binary")
    signs = np.where(VECTORS > 0, 1, -1)
    np.testing.assert_allclose(index.decoded(), signs / 32**0.5, rtol=1e-6)
    equal = np.where(QUERIES > 0, 1, -1) @ signs.T
    best = np.take_along_axis(equal, index.search(QUERIES), axis=1)
    assert np.array_equal(best, -np.sort(-equal, axis=1)[:, :10])


def test_the_main_directions_keep_more_than_the_first_numbers_of_turned_vectors():
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(32, 32)))[0].astype(np.float32)
    vectors, queries = VECTORS @ turn, QUERIES @ turn
    directions = main_directions(vectors, 8)
    np.testing.assert_allclose(directions.T @ directions, np.eye(8), atol=1e-5)
    recall = {
        name: shares_found(
            CompressedIndex(shortened(vectors, 8, basis), "float32").search(
                shortened(queries, 8, basis)
            ),
            EXACT,
        ).mean()
        for name, basis in (("first", None), ("main", directions))
    }
    assert recall["main"] > recall["first"] + 0.2
    kept = np.square(vectors @ directions).sum()
    assert kept == pytest.approx(np.sort(np.linalg.eigvalsh(vectors.T @ vectors))[-8:].sum(), 1e-4)


def test_what_is_shortened_has_length_one_and_the_first_numbers_in_proportion():
    short = shortened(VECTORS, 5)
    np.testing.assert_allclose(np.linalg.norm(short, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(
        short * np.linalg.norm(VECTORS[:, :5], axis=1)[:, None], VECTORS[:, :5], atol=1e-6
    )
    np.testing.assert_allclose(shortened(VECTORS, 32), VECTORS, atol=1e-6)
    directions = main_directions(VECTORS, 8)
    assert np.array_equal(
        shortened(VECTORS, 3, directions), shortened(VECTORS, 3, directions[:, :3])
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CompressedIndex(VECTORS, "int4"), "kind='int4'"),
        (lambda: CompressedIndex(VECTORS, "int8", rescore=4), "rescore=4 with kind='int8'"),
        (lambda: CompressedIndex(VECTORS, "binary", rescore=0), "rescore=0"),
        (lambda: CompressedIndex(VECTORS[:, :30], "binary"), "30 numbers: bits need a multiple"),
        (lambda: CompressedIndex(VECTORS * np.nan), "give rows of finite numbers"),
        (lambda: CompressedIndex(VECTORS[:0]), r"shape \(0, 32\)"),
        (lambda: CompressedIndex(VECTORS).search(QUERIES[:, :4]), r"\(40, 4\): give rows of 32"),
        (lambda: CompressedIndex(VECTORS).search(QUERIES, 301), "k=301"),
        (lambda: shortened(VECTORS, 33), "n=33"),
        (lambda: shortened(VECTORS, 3, np.eye(8)), r"directions of shape \(8, 8\)"),
        (lambda: shortened(VECTORS, 3, np.eye(32)[:, :2]), r"directions of shape \(32, 2\)"),
        (lambda: main_directions(VECTORS, 0), "n=0"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
