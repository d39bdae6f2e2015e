import numpy as np
import pytest
from sklearn.cluster import KMeans

from plmrec_lite.recommenders.generative.codes import (
    ItemCodes,
    first_centres,
    k_means,
    lloyd,
    residual_codes,
)


@pytest.fixture
def vectors():
    """Numbers without groups, in which every centre has to move."""
    return np.random.default_rng(0).normal(size=(200, 5))


def test_lloyd_is_scikit_learns(vectors):
    start = vectors[:7]
    groups, centres = lloyd(vectors, start, 300)
    theirs = KMeans(7, init=start, n_init=1, max_iter=300, tol=0, algorithm="lloyd").fit(vectors)
    assert np.array_equal(groups, theirs.labels_)
    np.testing.assert_allclose(centres, theirs.cluster_centers_, atol=1e-10)


def test_each_round_brings_the_centres_nearer(vectors):
    spread = []
    for n_rounds in (1, 2, 3, 10, 100):
        groups, centres = lloyd(vectors, vectors[:7], n_rounds)
        spread.append(((vectors - centres[groups]) ** 2).sum())
    assert spread == sorted(spread, reverse=True)
    assert spread[0] > spread[-1]


def test_no_group_is_empty():
    points = np.array([[0.0], [0.1], [0.2], [9.0]])
    groups, centres = lloyd(points, np.array([[0.0], [50.0], [60.0]]))
    assert sorted(set(groups)) == [0, 1, 2]
    assert np.isfinite(centres).all()


def test_equal_vectors_have_centres_too():
    groups, centres = k_means(np.ones((4, 2)), 3)
    assert len(groups) == 4
    np.testing.assert_array_equal(centres, 1)


def test_what_lloyd_cannot_use_is_named():
    with pytest.raises(ValueError, match=r"vectors\[1\] holds NaN"):
        lloyd(np.array([[0.0], [np.nan]]), np.zeros((1, 1)))
    with pytest.raises(ValueError, match=r"centres has shape \(1, 2\): .*\(n, 1\)"):
        lloyd(np.zeros((2, 1)), np.zeros((1, 2)))


def test_the_first_centres_lie_apart():
    """Of two far groups of unequal size, each gets one of two centres."""
    points = np.concatenate([np.zeros((99, 1)), np.full((1, 1), 100.0)])
    for seed in range(20):
        drawn = first_centres(points, 2, np.random.default_rng(seed))
        assert sorted(drawn.ravel()) == [0, 100]


def test_of_several_starts_the_nearest_stays(vectors):
    """The starts are drawn one after the other from one generator."""
    rng = np.random.default_rng(4)
    starts = [lloyd(vectors, first_centres(vectors, 9, rng)) for _ in range(6)]
    left = [((vectors - centres[groups]) ** 2).sum() for groups, centres in starts]
    assert len({round(one, 6) for one in left}) > 2
    groups, centres = k_means(vectors, 9, seed=4, n_starts=6)
    assert np.array_equal(centres, starts[int(np.argmin(left))][1])
    assert ((vectors - centres[groups]) ** 2).sum() == min(left)


def test_no_start_is_refused(vectors):
    with pytest.raises(ValueError, match="n_starts=0"):
        k_means(vectors, 9, n_starts=0)


def test_the_seed_decides(vectors):
    first, again, other = (k_means(vectors, 9, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_each_level_codes_what_is_left(vectors):
    found = residual_codes(vectors, (4, 5, 6), seed=3)
    assert found.codes.shape == (200, 3)
    assert [len(book) for book in found.codebooks] == [4, 5, 6]
    left = vectors - found.vectors(1)
    groups, centres = k_means(left, 5, 4)
    assert np.array_equal(found.codes[:, 1], groups)
    np.testing.assert_array_equal(found.codebooks[1], centres)
    errors = [((vectors - found.vectors(n)) ** 2).sum() for n in (1, 2, 3)]
    assert errors == sorted(errors, reverse=True)


def test_a_code_stands_for_the_sum_of_its_centres(vectors):
    found = residual_codes(vectors, (4, 5))
    a, b = found.codes[17]
    np.testing.assert_allclose(found.vectors()[17], found.codebooks[0][a] + found.codebooks[1][b])


def test_other_vectors_get_the_nearest_centres_of_each_level(vectors):
    found = residual_codes(vectors, (4, 5, 6))
    np.testing.assert_array_equal(found.of(vectors), found.codes)
    new = vectors[:3] + 0.1
    for code, vector in zip(found.of(new), new, strict=True):
        for digit, book in zip(code, found.codebooks, strict=True):
            assert digit == np.linalg.norm(book - vector, axis=1).argmin()
            vector = vector - book[digit]
    with pytest.raises(ValueError, match=r"shape \(3, 4\): give one vector a row, \(n, 5\)"):
        found.of(new[:, :4])


@pytest.mark.parametrize("n_levels", [0, 3, 1.5])
def test_levels_that_are_not_there_are_refused(vectors, n_levels):
    with pytest.raises(ValueError, match=f"n_levels={n_levels}: give an integer from 1 to 2"):
        residual_codes(vectors, (4, 5)).vectors(n_levels)


def test_the_last_digit_makes_each_code_one_items():
    found = ItemCodes(np.array([[0, 1], [2, 2], [0, 1], [0, 1]]), ())
    assert found.unique().tolist() == [[0, 1, 0], [2, 2, 0], [0, 1, 1], [0, 1, 2]]
    assert found.collisions() == 0.75


def test_entropy_is_the_bits_that_a_level_uses():
    found = ItemCodes(np.array([[0, 0], [1, 0], [2, 0], [3, 0]]), ())
    np.testing.assert_allclose(found.entropies(), [2, 0])


def test_shuffled_codes_are_the_same_codes_on_other_items(vectors):
    found = residual_codes(vectors, (4, 5))
    shuffled = found.shuffled(1)
    assert sorted(map(tuple, shuffled.codes)) == sorted(map(tuple, found.codes))
    assert (shuffled.codes != found.codes).any(axis=1).mean() > 0.5
    assert np.array_equal(shuffled.codes, found.shuffled(1).codes)


@pytest.mark.parametrize(
    ("vectors", "n_centres", "said"),
    [
        (np.ones(3), (1,), r"vectors has shape \(3,\): give one vector a row"),
        (np.array([[1.0], [np.nan]]), (1,), r"vectors\[1\] holds NaN"),
        (np.ones((3, 2)), (4,), "n_centres=4: give an integer from 1 to 3"),
        (np.ones((3, 2)), (), r"n_centres=\(\): give the number of centres of each level"),
        (np.ones((3, 2)), 2, "n_centres=2: give the number of centres of each level"),
    ],
)
def test_what_cannot_be_coded_is_named(vectors, n_centres, said):
    with pytest.raises(ValueError, match=said):
        residual_codes(vectors, n_centres)
