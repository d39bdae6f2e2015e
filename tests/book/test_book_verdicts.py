"""The verdict that an interval gives a sentence, and the fixed smallest effects."""

import datetime
import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_rel

from plmrec_lite.book import verdicts
from plmrec_lite.book.verdicts import combined, judged, p_value
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.evaluation.intervals import compare_choices

# Intervals by where their ends lie, with a smallest effect of 0.01.
FAR_ABOVE, ABOVE, JUST_ABOVE = (0.02, 0.04), (0.001, 0.04), (0.001, 0.009)
ACROSS, TIGHT = (-0.04, 0.04), (-0.009, 0.009)
JUST_BELOW, BELOW, FAR_BELOW = (-0.009, -0.001), (-0.04, -0.001), (-0.04, -0.02)
NO_WORSE, NO_BETTER = (-0.009, 0.04), (-0.04, 0.009)
YES, NO, OPEN = "holds", "does not hold", "not shown"


@pytest.mark.parametrize(
    ("effect", "results"),
    [
        ("gain", [YES, YES, NO, OPEN, NO, NO, NO, NO, OPEN, NO]),
        ("loss", [NO, NO, NO, OPEN, NO, NO, YES, YES, NO, OPEN]),
        ("none", [NO, OPEN, YES, OPEN, YES, YES, OPEN, NO, OPEN, OPEN]),
        ("no loss", [YES, YES, YES, OPEN, YES, YES, OPEN, NO, YES, OPEN]),
    ],
)
def test_the_verdict_follows_from_the_interval_and_the_effect(effect, results):
    ends = [FAR_ABOVE, ABOVE, JUST_ABOVE, ACROSS, TIGHT, JUST_BELOW, BELOW, FAR_BELOW]
    ends += [NO_WORSE, NO_BETTER]
    found = [judged(Estimate(sum(e) / 2, *e), 0.01, effect) for e in ends]
    assert found == results


def test_an_unknown_effect_is_refused():
    with pytest.raises(ValueError, match="effect='better'"):
        judged(Estimate(0, -1, 1), 0.01, "better")


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ([YES, YES], YES),
        ([NO, NO], NO),
        ([OPEN], OPEN),
        ([YES, NO], "holds in part"),
        ([YES, OPEN], "holds in part"),
        ([NO, OPEN], OPEN),
        (["holds in part", NO], "holds in part"),
        (["holds in part", OPEN], "holds in part"),
    ],
)
def test_several_verdicts_come_to_one(several, one):
    assert combined(several) == one
    assert combined(several[::-1]) == one


@pytest.mark.parametrize("bad", [[], ["maybe"], [YES, "fails"]])
def test_only_verdicts_are_combined(bad):
    with pytest.raises(ValueError, match="verdicts"):
        combined(bad)


def test_p_is_that_of_students_test():
    rng = np.random.default_rng(0)
    mine, theirs = rng.normal(0.05, 0.02, 6), rng.normal(0, 0.02, 6)
    gain = compare_choices(mine, theirs, over="seeds")
    assert p_value(gain, 0.01, "gain", n=6) == pytest.approx(ttest_rel(mine, theirs).pvalue)
    loss = compare_choices(theirs, mine, over="seeds")
    assert p_value(loss, 0.01, "loss", n=6) == pytest.approx(ttest_rel(mine, theirs).pvalue)
    assert p_value(gain, 0.01, "gain") < p_value(gain, 0.01, "gain", n=6)


@pytest.mark.parametrize(
    ("effect", "shift", "boundary"),
    [
        ("gain", 0.0, 0.02),  # does not hold: lies below the smallest effect
        ("loss", 0.0, -0.02),
        ("none", 0.004, 0.02),
        ("none", 0.06, 0.02),  # does not hold: lies beyond
        ("no loss", 0.004, -0.02),
        ("no loss", -0.06, -0.02),
    ],
)
def test_p_is_against_the_boundary_that_the_verdict_crosses(effect, shift, boundary):
    values = np.random.default_rng(1).normal(0, 0.005, 8) + shift
    estimate = compare_choices(values, np.zeros(8), over="seeds")
    assert judged(estimate, 0.02, effect) != OPEN
    expected = ttest_1samp(values, boundary).pvalue
    assert p_value(estimate, 0.02, effect, n=8) == pytest.approx(expected)


def test_what_is_not_shown_has_no_p():
    assert math.isnan(p_value(Estimate(0.0, -1.0, 1.0), 0.01))
    assert p_value(Estimate(0.5, 0.5, 0.5), 0.01) == 0
    with pytest.raises(ValueError, match="n=1"):
        p_value(Estimate(0.5, 0.4, 0.6), 0.01, n=1)


def test_the_smallest_effects_are_fixed_with_a_date_and_a_reason():
    assert datetime.date.fromisoformat(verdicts.FIXED_ON) == datetime.date(2026, 11, 26)
    sizes = {name: effect.size for name, effect in verdicts.SMALLEST_EFFECTS.items()}
    assert sizes == {
        "ndcg": 0.005,
        "cold ndcg": 0.01,
        "choice ndcg": 0.01,
        "mrr": 0.01,
        "macro-f1": 0.01,
        "accuracy": 0.01,
        "auc": 0.01,
        "r2": 0.02,
        "exposure": 0.02,
        "places": 0.05,
        "lists": 0.01,
        "clicks": 0.01,
        "faithfulness": 0.05,
        "found": 0.02,
        "attack auc": 0.02,
        "nats": 0.05,
    }, "a smallest effect was changed: change the date it was fixed on as well"
    assert all(effect.measure and effect.reason for effect in verdicts.SMALLEST_EFFECTS.values())
