"""Calibration: equal to scikit-learn and to counting by hand, and the temperature found again."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from plmrec_lite.evaluation.calibration import (
    expected_calibration_error,
    fit_temperature,
    reliability,
)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def drawn(n, temperature=1.0, seed=0):
    """Logits, and outcomes that come true as often as the logits over the temperature say."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 3, n)
    return z, (rng.random(n) < sigmoid(z / temperature)).astype(int)


def test_what_is_said_to_be_certain_counts():
    assert expected_calibration_error([0, 1, 1], [0, 1, 0]) == pytest.approx(1 / 3)


def test_reliability_by_hand():
    steps = reliability([0.1, 0.15, 0.8, 0.9, 1.0], [0, 1, 1, 1, 0], n_bins=5)
    assert steps.low.tolist() == [0.0, 0.8]  # 0.8 goes up, empty steps are left out
    assert steps.high.tolist() == [0.2, 1.0]
    assert steps["count"].tolist() == [2, 3]
    assert steps.said.tolist() == pytest.approx([0.125, 0.9])
    assert steps.came_true.tolist() == pytest.approx([0.5, 2 / 3])


@pytest.mark.parametrize("n_bins", [1, 5, 17])
def test_reliability_equals_scikit_learn(n_bins):
    z, y = drawn(400)
    steps = reliability(sigmoid(z), y, n_bins)
    came_true, said = calibration_curve(y, sigmoid(z), n_bins=n_bins)
    np.testing.assert_allclose(steps.said, said)
    np.testing.assert_allclose(steps.came_true, came_true)
    assert steps["count"].sum() == 400


def test_the_error_is_the_weighted_gap():
    # Ten cases called 90 %, of which 7 come true; thirty called 20 %, of which 6 do.
    said = np.repeat([0.9, 0.2], [10, 30])
    came_true = np.concatenate([np.repeat([1, 0], [7, 3]), np.repeat([1, 0], [6, 24])])
    error = expected_calibration_error(said, came_true)
    assert error == pytest.approx(10 / 40 * 0.2 + 30 / 40 * 0.0)


def test_only_calibrated_probabilities_have_a_small_error():
    z, y = drawn(50_000)
    assert expected_calibration_error(sigmoid(z), y) < 0.01
    assert expected_calibration_error(sigmoid(3 * z), y) > 0.05
    assert expected_calibration_error(sigmoid(z / 3), y) > 0.05


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_the_temperature_that_drew_the_outcomes_is_found_again(temperature):
    z, y = drawn(50_000, temperature)
    assert fit_temperature(z, y) == pytest.approx(temperature, rel=0.05)


def test_no_other_temperature_has_a_smaller_loss():
    z, y = drawn(300, 2.0, seed=1)
    best = log_loss(y, sigmoid(z / fit_temperature(z, y)))
    assert all(best <= log_loss(y, sigmoid(z / t)) + 1e-9 for t in np.geomspace(0.05, 50, 200))


@pytest.mark.parametrize(
    ("probabilities", "outcomes", "message"),
    [
        ([1.2, 0.5], [1, 0], r"probability 1\.2 is outside \[0, 1\]"),
        ([np.nan, 0.5], [1, 0], "probability nan"),
        ([0.2, 0.5], [1, 2], r"outcome 2\.0 is neither 0 nor 1"),
        ([0.2, 0.5], [1], r"probabilities \(2,\) and outcomes \(1,\)"),
        ([], [], r"n >= 1"),
    ],
)
def test_what_is_no_probability_or_outcome_is_refused(probabilities, outcomes, message):
    for function in (reliability, expected_calibration_error):
        with pytest.raises(ValueError, match=message):
            function(probabilities, outcomes)


def test_bad_settings_are_refused():
    with pytest.raises(ValueError, match="n_bins=0"):
        reliability([0.5], [1], n_bins=0)
    with pytest.raises(ValueError, match="logit inf is not finite"):
        fit_temperature([np.inf, 0.0], [1, 0])
    with pytest.raises(ValueError, match=r"logits \(2,\) and outcomes \(3,\)"):
        fit_temperature([1.0, 0.0], [1, 0, 1])
