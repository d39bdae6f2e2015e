"""How many people a test needs: against statsmodels' numbers, and against tests that were made."""

import math

import numpy as np
import pytest

from plmrec_lite.evaluation import power
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.evaluation.intervals import mean_over_people
from plmrec_lite.evaluation.power import (
    detectable_gain,
    people_needed,
    power_of,
    simulated_power,
    spread_of,
)


def test_known_numbers():
    # z(0.975) + z(0.8) = 1.959964 + 0.841621; half a standard deviation takes 31.4 people
    assert people_needed(0.5, 1.0) == 32
    assert people_needed(0.01, 1.0) == 78489
    assert people_needed(0.5, 1.0, power=0.9) == 43
    assert people_needed(0.5, 1.0, level=0.99) == 47
    assert power_of(0.5, 1.0, 31) == pytest.approx(0.7951, abs=1e-4)
    assert power_of(0.0, 1.0, 100) == pytest.approx(0.025)
    assert power_of(0.0, 1.0, 100, level=0.9) == pytest.approx(0.05)
    assert power_of(detectable_gain(1.0, 50, level=0.99), 1.0, 50, level=0.99) == pytest.approx(0.8)
    assert power_of(-1.0, 1.0, 100) < 1e-12


@pytest.mark.parametrize("n", [60, 943, 10_000])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_the_three_ask_for_one_and_the_same(n, power):
    gain = detectable_gain(0.2, n, power)
    assert power_of(gain, 0.2, n) == pytest.approx(power)
    assert people_needed(gain * (1 + 1e-9), 0.2, power) == n
    assert people_needed(gain / 2, 0.2, power) == pytest.approx(4 * n, abs=2)


def test_the_spread_is_read_back_from_an_interval():
    rng = np.random.default_rng(0)
    differences = rng.normal(0.02, 0.3, 4000)
    found = spread_of(mean_over_people(differences), 4000)
    assert found == pytest.approx(differences.std(), rel=0.06)
    wide = Estimate(0.0, -2.5758, 2.5758)
    assert spread_of(wide, 100, level=0.99) == pytest.approx(10, rel=1e-4)


def test_tests_that_are_made_show_as_often_as_computed():
    rng = np.random.default_rng(1)
    moved = rng.random(2000) < 0.3  # most lists stay as they were, as with recommenders
    differences = moved * rng.normal(0.2, 0.3, 2000)
    gain, spread = differences.mean(), differences.std()
    n = people_needed(gain, spread, 0.8)
    made = simulated_power(differences, n, n_tests=100)
    assert made == pytest.approx(power_of(gain, spread, n), abs=0.1)
    assert simulated_power(differences - gain, n, n_tests=100) < 0.08
    assert simulated_power(np.zeros(3), 4, n_tests=2) == 0  # an interval from 0 to 0 shows nothing
    assert simulated_power(differences, 4 * n, n_tests=50) > 0.95
    assert made == simulated_power(differences, n, n_tests=100)


def test_each_made_test_has_an_interval_of_its_own(monkeypatch):
    seeds, mean = [], power.mean_over_people

    def spy(drawn, *, level, seed):
        seeds.append(seed)
        return mean(drawn, level=level, seed=seed)

    monkeypatch.setattr(power, "mean_over_people", spy)
    simulated_power(np.arange(9.0), 5, n_tests=7)
    assert len(set(seeds)) == 7


def test_other_levels_are_harder():
    differences = np.random.default_rng(2).normal(0.1, 0.4, 500)
    strict, usual = (simulated_power(differences, 60, 60, level) for level in (0.999, 0.9))
    assert strict < usual - 0.2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: people_needed(0.0, 1.0), "gain=0"),
        (lambda: people_needed(0.1, 0.0), "spread=0"),
        (lambda: people_needed(0.1, 1.0, power=1), "power=1"),
        (lambda: people_needed(0.1, 1.0, power=0.3), "power=0.3"),
        (lambda: people_needed(0.1, 1.0, level=1.0), "level=1.0"),
        (lambda: power_of(math.nan, 1.0, 5), "gain="),
        (lambda: power_of(0.1, -1.0, 5), "spread=-1"),
        (lambda: power_of(0.1, 1.0, 0), "n=0"),
        (lambda: detectable_gain(0.0, 5), "spread=0"),
        (lambda: detectable_gain(1.0, 0.5), "n=0.5"),
        (lambda: spread_of(Estimate(0, -1, 1), 1), "n=1"),
        (lambda: spread_of(Estimate(0, -math.inf, 1), 9), "no ends"),
        (lambda: simulated_power([], 5), r"shape \(0,\)"),
        (lambda: simulated_power([0.1], 0), "n=0"),
        (lambda: simulated_power([0.1], 5, n_tests=0), "n_tests=0"),
    ],
)
def test_what_is_out_of_range_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
