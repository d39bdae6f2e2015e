"""A self-check says right, wrong with a reason, or not answered yet."""

import pytest

from plmrec_lite.book import self_check
from plmrec_lite.book.sealed import packed_seals, seal
from plmrec_lite.book.self_checks import Judgement, judged

SEALED = packed_seals(
    [
        [seal(0.25, 0.01, "a"), seal(0.5, 0.01, "b", "You forgot the query.")],
        [seal([1, 2], 0.01, "c")],
    ]
)


def judge(share, places=lambda: [1, 2]):
    return judged({"the share": share, "the places": places}, SEALED)


def test_each_answer_is_judged_by_itself():
    one, other = judge(lambda: 0.2549, lambda: [1, 3])
    assert one == Judgement("the share", "right")
    assert other.verdict == "wrong"


def test_a_known_wrong_answer_gets_its_reason_and_another_one_a_hint():
    assert judge(lambda: 0.5)[0].says == "You forgot the query."
    assert judge(lambda: 0.7)[0].says == "Compare each step with the page."


@pytest.mark.parametrize("stub", [..., None, [0.25, ...], {"a": None}])
def test_a_stub_is_not_answered_yet(stub):
    judgement = judge(lambda: stub)[0]
    assert judgement.verdict == "open"
    assert "Replace the ..." in judgement.says


def test_a_name_that_is_not_there_yet_is_not_answered_yet():
    judgement = judge(lambda: not_yet_defined)[0]  # noqa: F821
    assert judgement.verdict == "open"
    assert "'not_yet_defined' is not defined: run the cell" in judgement.says


def test_an_error_of_the_readers_code_is_told():
    judgement = judge(lambda: 1 / 0)[0]
    assert str(judgement) == "✗ the share: wrong. It raises ZeroDivisionError: division by zero"


def test_what_is_no_number_is_named():
    judgement = judge(lambda: object)[0]
    assert judgement.verdict == "wrong"
    assert "is of type type: give a number, a text or a list" in judgement.says


def test_the_check_prints_a_line_for_each_answer(capsys):
    self_check({"the share": lambda: 0.25, "the places": lambda: ...}, SEALED)
    assert capsys.readouterr().out.splitlines() == [
        "✓ the share: right.",
        "– the places: not answered yet. Replace the ... above, run that cell, then this one.",
    ]


def test_seals_of_another_exercise_are_refused():
    with pytest.raises(ValueError, match="1 answers and 2 seals"):
        judged({"the share": lambda: 0.25}, SEALED)
