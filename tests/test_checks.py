"""Every checker names what is wrong with its row and value, and coerces nothing."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.checks import (
    as_row,
    check_choice,
    check_ids,
    check_number,
    check_ratings,
    check_texts,
    check_whole,
    is_missing,
    refuse_rows,
)

pytestmark = pytest.mark.filterwarnings("error")  # an error says it all: numpy adds no warning


@pytest.mark.parametrize(
    ("texts", "error", "words"),
    [
        ("one", TypeError, r"the one string 'one': pass a list"),
        ({"a": "x"}, TypeError, "is a dict"),
        ({"x"}, TypeError, "is a set"),
        (pd.DataFrame({"text": ["x"]}), TypeError, r'DataFrame.*table\["text"\]'),
        (["x", None], TypeError, "text 1 of mine is None"),
        (["x", float("nan")], TypeError, "text 1 of mine is nan"),
        (["x", " "], ValueError, "text 1 of mine is empty"),
    ],
)
def test_texts(texts, error, words):
    with pytest.raises(error, match=words):
        check_texts(texts, "mine")


def test_good_texts_come_back_as_a_list():
    assert check_texts(pd.Series(["a", "b"])) == check_texts(np.array(["a", "b"])) == ["a", "b"]


@pytest.mark.parametrize("values", [[1, 2], [1.0, 2.0], pd.array([1, 2]), [np.uint64(1), 2]])
def test_whole_numbers(values):
    found = check_whole(values)
    assert (found.dtype, found.tolist()) == (np.int64, [1, 2])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            [0.5, 1],
            r"values: 1 of 2 are no whole numbers, the first in row 0 \(0.5\): drop or fill",
        ),
        (pd.array([1, None]), r"row 1 \(nan\)"),
        (np.array([1, 2**64 - 1], dtype=np.uint64), r"row 1 \(18446744073709551615\)"),
        ([1.0, 2.0**63], r"row 1 \(9.22"),
        ([[1]], r"shape \(1, 1\)"),
        (np.array([1, "2"], dtype=object), "row 1 of values is '2': give a number"),
        (["1"], "values is <U1"),
    ],
)
def test_what_is_no_whole_number(values, words):
    with pytest.raises(ValueError, match=words):
        check_whole(values)


LARGE = [2**62 + 1, 0]  # which no float holds


@pytest.mark.parametrize("ids", [LARGE, np.array(LARGE, object), pd.array(LARGE)])
def test_ids_of_any_size_keep_their_digits(ids):
    assert check_ids(ids, 2**62 + 2).tolist() == LARGE


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ([0, 76561197960287930], r"users: 1 of 2 are out of range 0 to 1.*Interactions.from_frame"),
        ([0, -1], r"users: 1 of 2 are missing, the first in row 1 \(-1\): drop these rows"),
        ([-2, -1, 0], r"users: 1 of 3 are missing, the first in row 1"),
        (["a", "b"], "users are strings, the first 'a'.*Interactions.from_frame"),
    ],
)
def test_bad_ids(ids, words):
    with pytest.raises(ValueError, match=words) as caught:
        check_ids(ids, 2, "users")
    assert "raise n_" not in str(caught.value)
    assert "renumber" not in str(caught.value)


def test_ratings():
    assert check_ratings(pd.array([1, 2.5])).tolist() == [1, 2.5]
    assert check_ratings([3]).dtype == np.float32
    for bad, row in ([1, np.nan], 1), ([np.inf, 1], 0), (pd.array([1, None]), 1), ([1e300, 1], 0):
        with pytest.raises(ValueError, match=rf"ratings: 1 of 2 are missing or inf.*row {row} "):
            check_ratings(bad)
    for kind in (["5"], [True], [["5"]]):
        with pytest.raises(ValueError, match="give one number an event"):
            check_ratings(kind)


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT, np.float32("nan")])
def test_missing(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", [0, "", "nan", False, np.int64(3), (1,)])
def test_not_missing(value):
    assert not is_missing(value)


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        (0, {"least": 0}),
        (1.5, {"above": 1}),
        (1, {"least": 1, "most": 1, "whole": True}),
        (np.float32(0.5), {"above": 0, "most": 1}),
        (np.int64(3), {"whole": True}),
    ],
)
def test_numbers_in_their_range_pass(value, limits):
    check_number("weight", value, **limits)


@pytest.mark.parametrize(
    ("value", "limits", "words"),
    [
        (-0.1, {"least": 0}, "weight=-0.1: give a number, 0 or larger"),
        (0, {"above": 0}, "weight=0: give a number above 0"),
        (1.5, {"above": 0, "most": 1}, "weight=1.5: give a number above 0, at most 1"),
        (2, {"least": 0, "most": 1}, "weight=2: give a number from 0 to 1"),
        (1.0, {"least": 0, "below": 1}, "weight=1.0: give a number, 0 or larger and below 1"),
        (float("nan"), {"least": 0}, "weight=nan: give a number"),
        (float("inf"), {"above": 0}, "weight=inf: give a number above 0"),
        (2.0, {"least": 1, "whole": True}, "weight=2.0: give an integer, 1 or larger"),
        ("2", {"least": 1}, "weight='2': give a number"),
        (True, {"least": 0}, "weight=True: give a number"),
        (None, {"above": 0}, "weight=None: give a number"),
    ],
)
def test_others_are_named_with_their_range(value, limits, words):
    with pytest.raises(ValueError, match=words):
        check_number("weight", value, **limits)


def test_an_option_is_one_of_its_choices():
    check_choice("on_bad", "drop", ("raise", "drop"))
    with pytest.raises(ValueError, match=r"on_bad='a': use one of 'raise', 'drop'$"):
        check_choice("on_bad", "a", ("raise", "drop"))
    with pytest.raises(ValueError, match=r"of=3: use one of 'a', 'b', 'c'$"):
        check_choice("of", 3, ("a", "b", "c"))


def test_a_row_of_values_is_of_the_kinds_asked_for():
    assert as_row([], "n", "f", "numbers").shape == (0,)
    assert as_row(pd.array([1, None]), "n", "f", "numbers").tolist()[0] == 1.0
    with pytest.raises(ValueError, match=r"n is int64 of shape \(1,\): give halves$"):
        as_row([1], "n", "f", "halves")


def test_bad_rows_are_counted_and_the_first_is_named():
    values = np.array([7, 8, 9])
    refuse_rows(values < 0, values, "n", "negative", "drop them")
    with pytest.raises(ValueError, match=r"^n: 2 of 3 are odd, the first in row 0 \(7\): drop"):
        refuse_rows(values % 2 == 1, values, "n", "odd", "drop them")
