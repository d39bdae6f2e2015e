"""A seal recognises an answer as far as it may be off, and cannot be read."""

import json

import numpy as np
import pytest
import torch

from plmrec_lite.book.sealed import (
    numbers_of,
    packed_seals,
    says_to,
    seal,
    unpacked_seals,
)


@pytest.mark.parametrize("answer", [0.307, -2.5, 0, 129_200, 1e-4, 109_482_240])
@pytest.mark.parametrize("within", [0.0001, 0.01, 0.5])
def test_a_value_is_recognised_exactly_as_far_as_it_may_be_off(answer, within):
    sealed = seal(answer, within, "salt", "Well done.")
    for off in (-0.999, -0.5, 0, 0.5, 0.999):
        assert says_to(sealed, answer + off * within) == "Well done."
    for off in (-1.001, 1.001, -3, 3, 100):
        assert says_to(sealed, answer + off * within) is None


def test_a_relative_value_is_recognised_by_its_share():
    sealed = seal(2003, 0.05, "salt", relative=True)
    assert says_to(sealed, 2003 * 1.0499) == ""
    assert says_to(sealed, 2003 / 1.0499) == ""
    assert says_to(sealed, 2003 * 1.0501) is None
    assert says_to(sealed, 2003 / 1.0501) is None
    assert says_to(sealed, -2003) is None
    assert says_to(sealed, 0) is None


def test_every_number_of_a_list_must_be_right():
    sealed = seal([0.474, 0.526, 0], 0.001, "salt")
    assert says_to(sealed, np.array([0.4741, 0.5259, 0.0])) == ""
    assert says_to(sealed, torch.tensor([[0.4741, 0.5259, 0.0]], requires_grad=True)) == ""
    assert says_to(sealed, [0.526, 0.474, 0]) is None
    assert says_to(sealed, [0.474, 0.526]) is None
    assert says_to(sealed, [0.474, 0.526, 0, 0]) is None
    assert says_to(sealed, [0.474, 0.526, "0"]) is None


def test_words_are_compared_without_case_and_spaces():
    sealed = seal({"a": "Temporal", "c": "cold items"}, 1e-6, "salt")
    assert says_to(sealed, {"c": " cold  Items", "a": "temporal"}) == ""
    assert says_to(sealed, ["temporal", "random"]) is None
    assert says_to(sealed, [1, 2]) is None


def test_a_set_has_no_order_and_truth_is_a_number():
    assert numbers_of({"b", "a"}) == ["a", "b"]
    assert numbers_of([True, np.False_, np.int64(3)]) == [1.0, 0.0, 3.0]


@pytest.mark.parametrize("answer", [None, ..., object(), 2j, [1, None]])
def test_what_is_no_number_is_named(answer):
    with pytest.raises(TypeError, match="give a number, a text or a list"):
        numbers_of(answer)


@pytest.mark.parametrize("answer", [float("nan"), [1, float("inf")]])
def test_what_is_not_finite_is_named(answer):
    with pytest.raises(ValueError, match="is no finite number"):
        numbers_of(answer)


@pytest.mark.parametrize("within", [0, -0.1, float("nan")])
def test_a_tolerance_is_above_zero(within):
    with pytest.raises(ValueError, match=f"within is {within!r}"):
        seal(1, within, "salt")


def test_a_relative_answer_is_above_zero():
    with pytest.raises(ValueError, match=r"-1\.0 is not above 0"):
        seal(-1, 0.05, "salt", relative=True)


def test_a_seal_shows_neither_the_answer_nor_the_message():
    sealed = json.dumps(seal([0.307, 12.5], 0.001, "salt", "Divide by the ideal DCG."))
    assert "0.307" not in sealed
    assert "12.5" not in sealed
    assert "ideal" not in sealed


def test_a_relative_seal_shows_no_width_that_grows_with_the_answer():
    small, large = (seal(n, 0.05, "salt", relative=True) for n in (20, 20_000))
    assert small["width"] == large["width"]


def test_equal_answers_look_different_with_another_salt():
    assert seal(1, 0.1, "a", "Yes.")["mark"] != seal(1, 0.1, "b", "Yes.")["mark"]
    assert seal(1, 0.1, "a", "Yes.")["says"] != seal(1, 0.1, "b", "Yes.")["says"]


def test_a_message_of_any_length_and_script_comes_back():
    says = "Nenne σ(own − other); 猫. " * 40
    assert says_to(seal(2, 0.1, "salt", says), 2) == says


def test_packed_seals_come_back():
    seals = [[seal(1, 0.1, "salt", "Yes.")], []]
    text = packed_seals(seals)
    assert unpacked_seals(f"\n    {text}\n    ") == seals
    assert max(map(len, text.splitlines())) <= 76


@pytest.mark.parametrize("text", ["", "nonsense", "eNp", "e30="])
def test_damaged_seals_are_told_with_a_cure(text):
    with pytest.raises(ValueError, match="copy its cell anew from the student edition"):
        unpacked_seals(text)
