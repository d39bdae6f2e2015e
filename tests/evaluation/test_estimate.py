"""Three numbers, and what they rest on."""

import copy
import pickle

import pytest
from scipy.stats import norm

from plmrec_lite.evaluation.estimate import UNITS, Estimate, check_level

E = Estimate(0.5, 0.41, 0.5888, "choices")


def test_estimate_as_text():
    assert str(E) == "0.500 [0.410, 0.589]"
    assert f"{E:+.2f}" == "+0.50 [+0.41, +0.59]"
    assert repr(E) == "Estimate(0.5, 0.41, 0.5888, over='choices')"


def test_what_it_rests_on_is_told_on_request():
    assert E.describe() == "0.500 [0.410, 0.589] over choices"
    assert E.describe("+.1f") == "+0.5 [+0.4, +0.6] over choices"
    assert Estimate(1, 0, 2).describe(".0f") == "1 [0, 2]"


def test_it_is_a_tuple_of_three_numbers():
    value, low, high = E
    assert (value, low, high) == (E.value, E.low, E.high) == E
    assert Estimate(*E).over == ""


@pytest.mark.parametrize("copied", [copy.copy(E), copy.deepcopy(E), pickle.loads(pickle.dumps(E))])
def test_a_copy_rests_on_the_same(copied):
    assert (copied, copied.over) == (E, "choices")


def test_a_sentence_about_unseen_items_needs_items_drawn_again():
    covers = {unit: Estimate(0, 0, 0, unit).covers_items() for unit in ("", *UNITS)}
    assert [unit for unit in covers if covers[unit]] == ["items", "persons and items", "choices"]


@pytest.mark.parametrize("over", ["films", "Persons", "persons "])
def test_units_are_known_ones(over):
    with pytest.raises(ValueError, match="use one of 'persons', 'items'"):
        Estimate(0, 0, 0, over)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95, float("nan")])
def test_a_level_is_a_share(level):
    check_level(0.95)
    with pytest.raises(ValueError, match=f"level={level}"):
        check_level(level)


def test_from_the_variance_of_a_mean():
    found = Estimate.from_variance(1.0, 0.25, df=10**9, level=0.9, over="texts")
    half = norm.ppf(0.95) / 2
    assert found == pytest.approx((1.0, 1.0 - half, 1.0 + half))
    assert found.over == "texts"
    assert Estimate.from_variance(0.0, 1.0, df=1).high == pytest.approx(12.7062, abs=1e-4)


def test_without_a_form_three_digits_are_written():
    assert f"{Estimate(0.5, 0.41, 0.5888)}" == str(Estimate(0.5, 0.41, 0.5888))
    assert f"{Estimate(0.5, 0.41, 0.5888)}" == "0.500 [0.410, 0.589]"
