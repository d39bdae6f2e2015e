"""Off-policy estimates against a policy whose value is known."""

import numpy as np
import pytest

from plmrec_lite.evaluation.off_policy import (
    direct,
    doubly_robust,
    effective_size,
    importance_weights,
    ips,
    snips,
)

TRUTH = np.array([0.8, 0.3, 0.1])  # of a click on each of three items
LOGGING, TARGET = np.array([0.2, 0.3, 0.5]), np.array([0.6, 0.4, 0.0])
VALUE = TARGET @ TRUTH


def logged(n=400, seed=0):
    rng = np.random.default_rng(seed)
    shown = rng.choice(3, size=n, p=LOGGING)
    return shown, (rng.random(n) < TRUTH[shown]).astype(float)


def estimates(seed, n=400, model=(0.5, 0.5, 0.5)):
    shown, rewards = logged(n, seed)
    model = np.array(model)
    given = rewards, LOGGING[shown], TARGET[shown]
    expected = np.full(n, TARGET @ model)
    return {
        "ips": ips(*given),
        "clipped": ips(*given, clip=1.5),
        "snips": snips(*given),
        "direct": direct(expected),
        "dr": doubly_robust(*given, model[shown], expected),
        "naive": direct(rewards),
    }


@pytest.fixture(scope="module")
def many():
    runs = [estimates(seed) for seed in range(400)]
    return {name: [run[name] for run in runs] for name in runs[0]}


def test_by_hand():
    rewards, logging, target = [1, 0, 1], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25]
    assert ips(rewards, logging, target).value == pytest.approx((0.5 + 1) / 3)
    assert ips(rewards, logging, target, clip=0.4).value == pytest.approx(0.8 / 3)
    assert snips(rewards, logging, target).value == pytest.approx(1.5 / 3.5)
    found = doubly_robust(rewards, logging, target, [0.5, 0.5, 0.5], [0.5, 0.6, 0.7])
    assert found.value == pytest.approx((0.6 * 3 + 0.5 * 0.5 - 2 * 0.5 + 1 * 0.5) / 3)
    assert direct([0.5, 0.6, 0.7]).value == pytest.approx(0.6)
    assert effective_size(logging, target) == pytest.approx(3.5**2 / (0.25 + 4 + 1))


def test_one_and_the_same_policy_gives_the_mean_reward():
    shown, rewards = logged()
    p = LOGGING[shown]
    plain = direct(rewards)
    for found in (ips(rewards, p, p), snips(rewards, p, p)):
        assert found == pytest.approx(plain)
    assert effective_size(p, p) == pytest.approx(len(p))


def test_snips_does_not_mind_a_common_factor():
    shown, rewards = logged()
    usual = snips(rewards, LOGGING[shown], TARGET[shown])
    half = snips(rewards, LOGGING[shown], TARGET[shown] / 2)
    assert (half.low, half.value, half.high) == pytest.approx((usual.low, usual.value, usual.high))


@pytest.mark.parametrize(("name", "bias"), [("ips", 0), ("snips", 0), ("dr", 0), ("clipped", 1)])
def test_bias_is_where_it_must_be(many, name, bias):
    mean = np.mean([one.value for one in many[name]])
    if bias:
        assert mean < VALUE - 0.1
    else:
        assert mean == pytest.approx(VALUE, abs=0.008)


def test_the_log_itself_says_nothing_of_the_other_policy(many):
    assert np.mean([one.value for one in many["naive"]]) == pytest.approx(LOGGING @ TRUTH, abs=0.01)
    assert LOGGING @ TRUTH < VALUE - 0.2


@pytest.mark.parametrize("name", ["ips", "snips", "dr"])
def test_intervals_hold_the_truth_as_often_as_they_say(many, name):
    held = np.mean([one.low <= VALUE <= one.high for one in many[name]])
    assert held == pytest.approx(0.95, abs=0.03)


def test_levels_change_the_width():
    shown, rewards = logged()
    given = rewards, LOGGING[shown], TARGET[shown]
    for estimate in (ips, snips):
        wide, usual = estimate(*given, level=0.99), estimate(*given)
        assert (wide.high - wide.low) / (usual.high - usual.low) == pytest.approx(
            2.5758 / 1.96, 1e-3
        )


def test_a_right_model_lowers_the_variance_and_a_wrong_one_leaves_no_bias(many):
    spread = {name: np.std([one.value for one in found]) for name, found in many.items()}
    right = [estimates(seed, model=TRUTH)["dr"].value for seed in range(100)]
    assert np.std(right) < 0.8 * spread["ips"]
    assert spread["dr"] < spread["ips"]
    assert abs(many["direct"][0].value - VALUE) > 0.05


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: importance_weights([0.5, 0.0], [0.5, 0.5]), "event 1 is 0, and it was shown"),
        (lambda: importance_weights([0.5], [1.5]), "target of event 0 is 1.5"),
        (lambda: importance_weights([-0.5], [0.5]), "logging of event 0 is -0.5"),
        (lambda: importance_weights([0.5], [np.nan]), "target of event 0 is nan"),
        (lambda: importance_weights([], []), r"\(0,\)"),
        (lambda: ips([1.0], [0.5, 0.5], [0.5, 0.5]), r"rewards of shape \(1,\)"),
        (lambda: ips([np.nan], [0.5], [0.5]), "rewards of event 0 is nan"),
        (lambda: ips([1.0], [0.5], [0.5], clip=0), "clip=0"),
        (lambda: snips([1.0], [0.5], [0.0]), "all weights are 0"),
        (lambda: direct([]), r"expected of shape \(0,\)"),
        (lambda: doubly_robust([1.0], [0.5], [0.5], [1.0, 1], [1.0]), "predicted of shape"),
    ],
)
def test_what_cannot_be_weighted_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
