import numpy as np
import pytest

from plmrec_lite.checks import check_number


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
