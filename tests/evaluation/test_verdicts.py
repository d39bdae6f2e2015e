"""What an interval shows: the truth table, two one-sided tests, and many findings at once."""

import itertools

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.evaluation.verdicts import equivalent, expected_false, holm, verdict

SMALLEST = 0.01
TABLE = [
    # low, high, the claim "helps", the claim "helps by 0.01"
    (-0.03, -0.02, "does not hold", "does not hold"),
    (-0.03, 0.00, "does not hold", "does not hold"),
    (-0.009, 0.009, "does not hold", "does not hold"),
    (0.002, 0.009, "does not hold", "does not hold"),  # there, and not worth having
    (-0.03, 0.01, "not shown", "not shown"),  # touches the smallest effect
    (-0.03, 0.05, "not shown", "not shown"),
    (0.00, 0.05, "not shown", "not shown"),  # touches zero
    (0.002, 0.01, "holds", "not shown"),
    (0.002, 0.05, "holds", "not shown"),
    (0.01, 0.05, "holds", "not shown"),  # touches what is claimed
    (0.011, 0.05, "holds", "holds"),
]


@pytest.mark.parametrize(("low", "high", "helps", "by_as_much"), TABLE)
def test_truth_table(low, high, helps, by_as_much):
    estimate = Estimate((low + high) / 2, low, high)
    assert verdict(estimate, SMALLEST) == helps
    assert verdict(estimate, SMALLEST, claimed=SMALLEST) == by_as_much


def test_the_value_alone_decides_nothing():
    found = {verdict(Estimate(value, -0.03, 0.05), SMALLEST) for value in (-0.02, 0.0, 0.04)}
    assert found == {"not shown"}


@pytest.mark.parametrize(
    ("low", "high"), [*itertools.product((-0.02, -0.01, -0.005), (0.005, 0.01))]
)
def test_equivalent_is_the_open_range(low, high):
    assert equivalent(Estimate(0.0, low, high), 0.01) == (low == -0.005 and high == 0.005)


@pytest.mark.parametrize("centre", [-0.2, 0.0, 0.1])
@pytest.mark.parametrize("level", [0.90, 0.95])
def test_equivalence_is_two_one_sided_tests(centre, level):
    decided = set()
    for seed, smallest in itertools.product(range(6), (0.05, 0.2, 0.35, 0.6)):
        x = np.random.default_rng(seed).normal(centre, 0.5, 30)
        below = ttest_1samp(x, smallest, alternative="less").pvalue
        above = ttest_1samp(x, -smallest, alternative="greater").pvalue
        both = max(below, above) < (1 - level) / 2
        interval = ttest_1samp(x, 0.0).confidence_interval(level)
        assert equivalent(Estimate(x.mean(), *interval), smallest) == both
        decided.add(both)
    assert decided == {True, False}


BAD = [
    (Estimate(0, 0, 0), 0, "smallest_effect=0"),
    (Estimate(0, 0, 0), -0.1, "smallest_effect=-0.1"),
    (Estimate(0, 0, 0), float("nan"), "smallest_effect=nan"),
    (Estimate(0, 0, 0), float("inf"), "smallest_effect=inf"),
    (Estimate(0, float("nan"), 1), 0.1, "no ends in order"),
    (Estimate(0, 0, float("nan")), 0.1, "no ends in order"),
    (Estimate(0, 1, -1), 0.1, "no ends in order"),
]


@pytest.mark.parametrize(("estimate", "smallest", "words"), BAD)
@pytest.mark.parametrize("judge", [verdict, equivalent])
def test_nothing_is_judged_without_an_effect_and_an_interval(judge, estimate, smallest, words):
    with pytest.raises(ValueError, match=words):
        judge(estimate, smallest)


@pytest.mark.parametrize("claimed", [-0.01, 0.02, float("nan")])
def test_no_more_is_claimed_than_is_worth_having(claimed):
    with pytest.raises(ValueError, match=f"claimed={claimed}"):
        verdict(Estimate(0, 0, 0), 0.01, claimed)


def test_expected_false():
    assert expected_false(0) == 0
    assert expected_false(40) == pytest.approx(2)
    assert expected_false(40, level=0.9) == pytest.approx(4)
    with pytest.raises(ValueError, match="n_findings=-1"):
        expected_false(-1)
    with pytest.raises(ValueError, match="level=95"):
        expected_false(40, level=95)


def test_holm_by_hand():
    # in order 0.005, 0.01, 0.03, 0.04: times 4, 3, 2, 1 is 0.02, 0.03, 0.06, 0.04 -> 0.06
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.9, 0.8]), [1, 1])  # and not 1.6
    assert holm([]).tolist() == []
    assert holm([0, 1]).tolist() == [0, 1]


def test_holm_as_published():
    # the example of HDLSSkST (CRAN); the values are those of statsmodels' multipletests
    found = holm([0.50, 0.01, 0.001, 0.69, 0.02, 0.05, 0.0025])
    np.testing.assert_allclose(found, [1, 0.05, 0.007, 1, 0.08, 0.15, 0.015])


@pytest.mark.parametrize(
    ("p_values", "words"),
    [
        ([0.1, 1.5], r"\[1\.5\]"),
        ([-0.1], r"-0\.1"),
        ([float("nan")], "nan"),
        ([[0.1]], r"\(1, 1\)"),
    ],
)
def test_holm_takes_probabilities(p_values, words):
    with pytest.raises(ValueError, match=words):
        holm(p_values)
