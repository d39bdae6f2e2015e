import numpy as np
import pandas as pd
import pytest
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from plmrec_lite.applications.choices import Choices, conditional_logit, tuned_logit


def made(n, weights, seed=0, counts=None):
    """Choices that follow a conditional logit with these weights."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(2, 9, n) if counts is None else np.full(n, counts)
    table = rng.normal(size=(counts.sum(), len(weights)))
    noisy = table @ weights + rng.gumbel(size=len(table))
    chosen = [part.argmax() for part in np.split(noisy, np.cumsum(counts)[:-1])]
    features = {f"x{i}": column for i, column in enumerate(table.T)}
    return Choices(chosen, counts, features, pd.DataFrame({"number": range(n)}))


@pytest.fixture
def three():
    features = {"a": [3.0, 1, 2, 5, 5, 5, 0, 1], "b": np.arange(8.0)}
    return Choices([0, 1, 0], [3, 3, 2], features, pd.DataFrame({"person": [7, 8, 9]}))


def test_gain_of_first_tied_and_last_place(three):
    gains = three.gains(three.features["a"])
    places = np.array([0, 1, 1])  # the middle of three that are equal
    np.testing.assert_allclose(gains, 1 / np.log2(places + 2))
    assert three.gains(three.features["a"], k=1).tolist() == [1, 0, 0]


def test_gains_by_chance_are_those_of_all_orders(three):
    rng = np.random.default_rng(0)
    mean = np.mean([three.gains(rng.random(8), k=2) for _ in range(4000)], axis=0)
    np.testing.assert_allclose(three.gains_by_chance(k=2), mean, atol=0.03)
    np.testing.assert_allclose(three.gains_by_chance(k=2)[2], (1 + 1 / np.log2(3)) / 2)


def test_log_chances_are_a_softmax_in_each_choice(three):
    scores = three.features["a"] + 1000
    wanted = np.concatenate([log_softmax(x) for x in np.split(scores, [3, 6])])
    np.testing.assert_allclose(three.log_chances(scores), wanted)


def test_a_part_keeps_candidates_with_their_choice(three):
    part = three.part(1, 3)
    assert len(part) == 2 and part.about["person"].tolist() == [8, 9]
    assert part.features["b"].tolist() == [3, 4, 5, 6, 7]
    assert part.rows.tolist() == [1, 3] and part.starts.tolist() == [0, 3]
    np.testing.assert_array_equal(
        part.gains(part.features["a"]), three.gains(three.features["a"])[1:]
    )


def test_of_two_candidates_it_is_a_logistic_regression():
    choices = made(300, [1.0, -0.5], counts=2)
    table = choices.table(["x0", "x1"])
    scaled = table / table.std(axis=0)
    sign = np.random.default_rng(1).choice([-1, 1], 300)  # both classes must occur
    apart = scaled[choices.rows] - scaled[choices.starts + 1 - choices.chosen]
    peer = LogisticRegression(C=1 / (2 * 3.0), fit_intercept=False, tol=1e-10)
    peer.fit(apart * sign[:, None], sign)
    mine = conditional_logit(choices, ["x0", "x1"], penalty=3.0)
    np.testing.assert_allclose(mine * table.std(axis=0), peer.coef_[0], rtol=1e-3)


def test_weights_are_recovered_and_do_not_depend_on_units():
    choices = made(3000, [1.5, -0.7, 0.0])
    names = ["x0", "x1", "x2"]
    found = conditional_logit(choices, names, penalty=0)
    np.testing.assert_allclose(found, [1.5, -0.7, 0], atol=0.1)
    choices.features["x1"] = choices.features["x1"] * 1000
    again = conditional_logit(choices, names, penalty=0)
    np.testing.assert_allclose(again * [1, 1000, 1], found, atol=1e-3)


def test_penalty_is_chosen_on_the_last_quarter():
    choices = made(80, [2.0])
    choices.features["x0"][choices.part(0, 60).counts.sum() :] *= -1  # the taste turns round
    weights = tuned_logit(choices, ["x0"], (0.0, 1e4))
    np.testing.assert_allclose(weights, conditional_logit(choices, ["x0"], 1e4))
    choices = made(80, [2.0])
    weights = tuned_logit(choices, ["x0"], (0.0, 1e4))
    np.testing.assert_allclose(weights, conditional_logit(choices, ["x0"], 0.0))


def test_penalty_is_chosen_on_choices_that_were_not_fitted():
    choices, penalties = made(40, np.zeros(8)), (0.0, 1.0, 100.0)
    names = list(choices.features)
    first, last = choices.part(0, 30), choices.part(30, 40)

    def likelihood(fitted, penalty):
        weights = conditional_logit(fitted, names, penalty)
        return last.log_chances(last.table(names) @ weights)[last.rows].mean()

    best, of_all = (max(penalties, key=lambda p: likelihood(c, p)) for c in (first, choices))
    assert best > of_all == 0  # eight columns of noise: what is fitted likes them
    weights = tuned_logit(choices, names, penalties)
    np.testing.assert_allclose(weights, conditional_logit(choices, names, best))


def test_four_choices_are_enough_to_choose_a_penalty():
    assert np.isfinite(tuned_logit(made(4, [1.0]), ["x0"])).all()
    with pytest.raises(ValueError, match="0 chosen, 0 counts and 0 rows"):
        Choices([], [], {}, pd.DataFrame())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chosen": [0, 3, 0]}, "choice 1 took candidate 3 of 3"),
        ({"chosen": [0, -1, 0]}, "choice 1 took candidate -1"),
        ({"counts": [3, 3]}, "3 chosen, 2 counts and 3 rows"),
        ({"features": {"a": [1.0, 2.0]}}, r"feature 'a' has shape \(2,\).*8 candidates"),
    ],
)
def test_what_does_not_fit_is_refused(three, change, message):
    given = {name: getattr(three, name) for name in ("chosen", "counts", "features", "about")}
    with pytest.raises(ValueError, match=message):
        Choices(**given | change)


def test_errors_name_the_value(three):
    with pytest.raises(ValueError, match="feature 'c': there are a, b"):
        three.table(["a", "c"])
    with pytest.raises(ValueError, match="penalty=-1"):
        conditional_logit(three, ["a"], -1)
    with pytest.raises(ValueError, match="3 choices: at least 4"):
        tuned_logit(three, ["a"])
