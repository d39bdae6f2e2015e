"""Two methods on the same choices: Student's interval, and the one for choices that overlap."""

import numpy as np
import pytest
from scipy.stats import t, ttest_rel

from plmrec_lite.evaluation.intervals import compare_choices

RNG = np.random.default_rng(0)
THEIRS = RNG.normal(0.25, 0.05, 5)
MINE = THEIRS + RNG.normal(0.02, 0.01, 5)


@pytest.mark.parametrize("level", [0.95, 0.5])
def test_it_is_the_paired_t_interval_of_scipy(level):
    expected = ttest_rel(MINE, THEIRS).confidence_interval(level)
    found = compare_choices(MINE, THEIRS, level)
    np.testing.assert_allclose(found, (np.mean(MINE - THEIRS), *expected))


@pytest.mark.parametrize("level", [0.95, 0.5])
@pytest.mark.parametrize(("n_test", "n_train"), [(336, 1346), (1, 3)])
def test_for_overlapping_choices_it_is_nadeau_and_bengio(level, n_test, n_train):
    apart = MINE - THEIRS
    error = np.sqrt((1 / 5 + n_test / n_train) * apart.var(ddof=1))
    half = t.ppf((1 + level) / 2, df=4) * error
    found = compare_choices(MINE, THEIRS, level, n_test=n_test, n_train=n_train)
    np.testing.assert_allclose(found, (apart.mean(), apart.mean() - half, apart.mean() + half))


def test_it_rests_on_choices_only_where_their_overlap_is_allowed_for():
    assert compare_choices(MINE, THEIRS, n_test=1, n_train=4).over == "choices"
    assert compare_choices(MINE, THEIRS).over == ""
    assert compare_choices(MINE, THEIRS, over="seeds").over == "seeds"
    assert compare_choices(MINE, THEIRS, n_test=1, n_train=4, over="texts").over == "texts"


@pytest.mark.parametrize("sizes", [(20, None), (None, 80), (0, 80), (20, 0), (20, -80)])
def test_sizes_come_together(sizes):
    with pytest.raises(ValueError, match=f"n_test={sizes[0]}, n_train={sizes[1]}"):
        compare_choices(MINE, THEIRS, n_test=sizes[0], n_train=sizes[1])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_a_choice_without_value_is_named(bad, side):
    values = [MINE.copy(), THEIRS.copy()]
    values[side][3] = bad
    with pytest.raises(ValueError, match=r"choices \[3\]"):
        compare_choices(*values)


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
