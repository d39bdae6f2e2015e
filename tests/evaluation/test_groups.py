"""Gaps of two groups: against scipy's Welch test, against statsmodels' numbers, by simulation."""

import numpy as np
import pytest
from scipy import stats

from plmrec_lite.evaluation.groups import detectable_gap, gap, group_needed, permuted_gaps


def two_groups(n_first=40, n_second=90, apart=0.3, seed=0):
    rng = np.random.default_rng(seed)
    values = np.r_[rng.normal(apart, 1.0, n_first), rng.normal(0, 2.0, n_second)]
    first = np.arange(len(values)) < n_first
    order = rng.permutation(len(values))
    return values[order], first[order]


def test_the_interval_is_that_of_welch():
    values, first = two_groups()
    found = gap(values, first, level=0.9)
    test = stats.ttest_ind(values[first], values[~first], equal_var=False)
    ends = test.confidence_interval(0.9)
    assert found.value == pytest.approx(values[first].mean() - values[~first].mean())
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    assert found.over == "persons"


def test_permuted_groups_have_the_same_sizes_and_no_gap():
    values, first = two_groups(apart=5.0)
    drawn = permuted_gaps(values, first, 400)
    assert abs(drawn.mean()) < 0.1 < 1 < gap(values, first).value
    assert np.array_equal(drawn, permuted_gaps(values, first, 400))
    lonely = permuted_gaps([0.0, 0.0, 0.0, 1.0], np.array([True, True, False, False]), 50)
    assert set(lonely.round(6)) == {-0.5, 0.5}


def test_permuted_gaps_spread_as_theory_says():
    values, first = two_groups(apart=0.0)
    n, m = first.sum(), (~first).sum()
    expected = values.std(ddof=1) * np.sqrt(1 / n + 1 / m)
    assert permuted_gaps(values, first).std() == pytest.approx(expected, rel=0.05)


def test_known_numbers():
    # z(0.975) + z(0.8) = 2.801585
    assert group_needed(0.5, [1, 1]) == 63
    assert group_needed(0.01, [0.3, 0.4]) == 19623
    assert detectable_gap([1, 1], [63, 63]) == pytest.approx(2.801585 * np.sqrt(2 / 63))
    assert detectable_gap([1, 3], [10, 90]) == pytest.approx(2.801585 * np.sqrt(0.2))
    assert detectable_gap([1, 1], [50, 50], power=0.5) == pytest.approx(1.959964 * 0.2)


def test_a_gap_of_that_size_is_shown_four_times_in_five():
    rng, sizes = np.random.default_rng(3), (60, 140)
    true = detectable_gap([1.0, 0.5], sizes)
    first = np.arange(200) < 60
    shown = 0
    for _ in range(400):
        values = np.r_[rng.normal(true, 1.0, 60), rng.normal(0, 0.5, 140)]
        shown += gap(values, first).low > 0
    assert shown / 400 == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gap([1.0, 2.0], np.array([1, 0])), "int64"),
        (lambda: gap([1.0, 2.0, 3.0], np.array([True, True])), r"\(3,\)"),
        (lambda: gap([1.0, 2.0, 3.0], np.array([True, False, False])), "groups of 1 and 2"),
        (lambda: gap([1.0, np.nan, 1, 1], np.array([True, True, False, False])), r"\[1\]"),
        (lambda: gap([1.0, 1, 1, 1], np.array([True, True, False, False])), "no spread"),
        (lambda: permuted_gaps(*two_groups(), 0), "n_permutations=0"),
        (lambda: detectable_gap([0.0, 1], [5, 5]), r"spread=0\.0"),
        (lambda: detectable_gap([1, 1], [1, 5]), "size=1"),
        (lambda: detectable_gap([1, 1], [5, 5], power=1.0), r"power=1\.0"),
        (lambda: detectable_gap([1, 1], [5, 5], level=1.0), r"level=1\.0"),
        (lambda: group_needed(0.0, [1, 1]), r"true_gap=0\.0"),
    ],
)
def test_what_is_out_of_range_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
