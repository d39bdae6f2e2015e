import numpy as np
import pytest
from scipy.stats import ttest_rel

from plmrec_lite.evaluation.intervals import compare_choices

RNG = np.random.default_rng(0)
THEIRS = RNG.normal(0.25, 0.05, 5)
MINE = THEIRS + RNG.normal(0.02, 0.01, 5)


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_it_is_the_paired_t_interval_of_scipy(level):
    expected = ttest_rel(MINE, THEIRS).confidence_interval(level)
    found = compare_choices(MINE, THEIRS, level)
    np.testing.assert_allclose(found, (np.mean(MINE - THEIRS), *expected))


def test_what_moves_both_alike_does_not_widen_it():
    moved = 10 * RNG.random(5)
    found = compare_choices(MINE + moved, THEIRS + moved)
    np.testing.assert_allclose(found, compare_choices(MINE, THEIRS), atol=1e-12)


def test_equal_differences_leave_no_doubt():
    found = compare_choices(THEIRS + 0.5, THEIRS)
    np.testing.assert_allclose(found, (0.5, 0.5, 0.5))


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        ([0.1, 0.2], [0.1, 0.2, 0.3], r"\(2,\) and \(3,\)"),
        ([0.1], [0.2], r"at least two"),
        ([[0.1, 0.2]], [[0.1, 0.2]], r"\(1, 2\)"),
    ],
)
def test_values_that_cannot_be_paired_are_named(mine, theirs, words):
    with pytest.raises(ValueError, match=words):
        compare_choices(mine, theirs)


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_the_level_is_a_share(level):
    with pytest.raises(ValueError, match="level="):
        compare_choices(MINE, THEIRS, level)
