"""The attack by shadow models: perfect where a member leaves a trace, chance where none does."""

import numpy as np
import pytest
from scipy.stats import norm

from plmrec_lite.applications.privacy.attack_rates import (
    auc_over_people,
    found_at,
    found_shares,
    more_auc,
    more_found,
    roc,
    true_positive_rate,
)
from plmrec_lite.applications.privacy.membership import likelihood_ratio, random_halves

N, K = 300, 20


def traces(effect, halves, seed=0):
    """People differ a lot from each other; being a member adds ``effect``."""
    rng = np.random.default_rng(seed)
    own = 5 * rng.normal(size=N)
    return own + effect * halves + rng.normal(size=halves.shape)


def attacked(values, halves, **how):
    return np.array([likelihood_ratio(values, halves, t, **how) for t in range(4)]).ravel()


def auc(scores, members):
    false, true = roc(scores, members)
    return np.trapezoid(true, false)


def test_each_person_is_in_half_of_the_models_and_the_seed_decides_which():
    halves = random_halves(101, 6, seed=3)
    assert halves.shape == (6, 101)
    assert (halves.sum(axis=0) == 3).all()
    assert set(halves.sum(axis=1)) == {50, 51}
    assert (halves == random_halves(101, 6, seed=3)).all()
    assert (halves != random_halves(101, 6, seed=4)).any()
    assert 15 < (halves[0] & halves[2]).sum() < 35  # the second draw is another one


@pytest.mark.parametrize("n_models", [3, 0])
def test_an_odd_number_of_models_is_refused(n_models):
    with pytest.raises(ValueError, match=f"n_models={n_models}"):
        random_halves(10, n_models)


def test_shadow_models_find_what_the_fit_alone_does_not():
    halves = random_halves(N, K)
    values = traces(4.0, halves)
    members = halves[:4].ravel()
    assert auc(attacked(values, halves), members) > 0.98
    assert auc(attacked(values, halves, two_sided=False), members) > 0.96
    assert auc(attacked(values, halves, common_spread=True), members) > 0.98
    assert auc(values[:4].ravel(), members) < 0.8


def test_without_a_trace_the_attack_is_chance():
    halves = random_halves(N, K)
    for how in ({}, {"two_sided": False}, {"common_spread": True}):
        scores = attacked(traces(0.0, halves), halves, **how)
        assert auc(scores, halves[:4].ravel()) == pytest.approx(0.5, abs=0.05)


def test_the_score_is_the_log_ratio_of_two_normal_distributions():
    halves = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [1, 0]], dtype=bool)
    values = np.array([[3.0, 0], [5, 0], [0, 1], [2, 1], [4, 0]])
    values[:, 1] = [0.5, 1.5, 2, 4, 1]
    found = likelihood_ratio(values, halves, 4)
    inside = norm(4, np.std([3, 5], ddof=1)).logpdf(4)
    outside = norm(1, np.std([0, 2], ddof=1)).logpdf(4)
    assert found[0] == pytest.approx(inside - outside)
    one_sided = likelihood_ratio(values, halves, 4, two_sided=False)
    assert one_sided[0] == pytest.approx((4 - 1) / np.std([0, 2], ddof=1))
    common = likelihood_ratio(values, halves, 4, two_sided=False, common_spread=True)
    # without: 0, 2 of the first; 0.5, 1.5 of the second; two degrees of freedom in all
    assert common[0] == pytest.approx(3 / np.sqrt((1 + 1 + 0.25 + 0.25) / 2))


def test_the_target_is_no_shadow_of_itself():
    halves = random_halves(N, K)
    values = traces(0.0, halves)
    values[0] += 1000
    far = likelihood_ratio(values, halves, 0, two_sided=False)
    assert far.min() > 100  # else it would have widened its own spread


def test_bad_input_is_named():
    halves = random_halves(4, 4)
    values = np.random.default_rng(0).normal(size=(4, 4))
    with pytest.raises(ValueError, match="target=4"):
        likelihood_ratio(values, halves, 4)
    with pytest.raises(ValueError, match=r"1 shadow models with.*at least 2"):
        likelihood_ratio(values, halves, 0)
    values[1, 2] = np.nan
    with pytest.raises(ValueError, match="trace of 2 in model 1"):
        likelihood_ratio(values, halves, 0)
    with pytest.raises(ValueError, match=r"\(4, 4\) and members of shape \(4, 4\), int"):
        likelihood_ratio(values, halves.astype(int), 0)


def test_rates_at_each_threshold_and_ties_are_called_together():
    false, true = roc([0.9, 0.9, 0.5, 0.1], [True, False, True, False])
    assert false.tolist() == [0, 0.5, 0.5, 1]
    assert true.tolist() == [0, 0.5, 1, 1]


def test_the_rate_never_spends_more_false_alarms_than_it_may():
    scores = np.arange(200)[::-1]
    members = np.ones(200, dtype=bool)
    members[[10, 20, 30, *range(103, 200)]] = False  # a hundred others
    assert true_positive_rate(scores, members, at=0.0) == pytest.approx(10 / 100)
    assert true_positive_rate(scores, members, at=0.01) == pytest.approx(19 / 100)
    assert true_positive_rate(scores, members, at=0.0199) == pytest.approx(19 / 100)
    assert true_positive_rate(scores, members, at=0.02) == pytest.approx(28 / 100)


def test_the_interval_draws_people_whole():
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(100), 20)  # the twenty scores of a person are alike
    members = np.tile([True, False], 1000)
    scores = np.repeat(rng.normal(size=100), 20) + members
    whole, single = (auc_over_people(scores, members, owner) for owner in (people, np.arange(2000)))
    assert whole.over == "persons"
    assert whole.value == pytest.approx(auc(scores, members)) == single.value
    assert whole.low < whole.value < whole.high
    # what a person adds to both sides is drawn together
    assert whole.high - whole.low != pytest.approx(single.high - single.low, rel=0.1)
    rate = found_at(scores, members, people)
    assert rate.value == true_positive_rate(scores, members)
    assert rate.low <= rate.value <= rate.high
    assert rate == found_at(scores, members, people)


def test_two_attacks_are_compared_on_the_same_draws():
    rng = np.random.default_rng(1)
    people, members = np.repeat(np.arange(200), 2), np.tile([True, False], 200)
    rival = rng.normal(size=400) + members
    better = rival + 2 * members
    more = more_found(better, rival, members, people)
    both = [found_at(one, members, people) for one in (better, rival)]
    assert more.value == pytest.approx(both[0].value - both[1].value)
    assert 0 < more.low < more.value < more.high
    assert more_found(rival, rival, members, people)[1:] == (0, 0)
    area = more_auc(better, rival, members, people)
    assert area.value == pytest.approx(auc(better, members) - auc(rival, members))
    assert 0 < area.low < area.value < area.high and area.over == "persons"


def test_how_often_each_person_is_found():
    scores = np.array([9, 5, 8, 1, 0, 7, 2, 6.0])
    members = np.array([True, True, True, True, False, False, False, False])
    people = np.array([4, 4, 7, 7, 4, 7, 9, 9])
    shares = found_shares(scores, members, people, at=0.25)  # 7 may be called, so 6 is the limit
    assert shares[:2].tolist() == [0.5, 0.5] and np.isnan(shares[2])
    assert np.nanmean(shares) == true_positive_rate(scores, members, at=0.25)


def test_scores_of_nobody_are_refused():
    with pytest.raises(ValueError, match="3 of 3 are members"):
        roc([1, 2, 3], [True] * 3)
    with pytest.raises(ValueError, match="score 1 is NaN"):
        roc([1, np.nan], [True, False])
    with pytest.raises(ValueError, match=r"\(2,\), members of shape \(1,\)"):
        roc([1, 2], [True])
    with pytest.raises(ValueError, match="at=1"):
        true_positive_rate([1, 2], [True, False], at=1)
    with pytest.raises(ValueError, match=r"\(1,\) people for 2 scores"):
        found_at([1, 2], [True, False], [0])
