"""One form of error: the value is named, and so is the cure."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from plmrec_lite.applications.serving.questions import question_forms
from plmrec_lite.applications.serving.refusal import (
    FAILED,
    Refusal,
    answer_of,
    malformed,
    misshapen,
    shown,
)


def misshapen_by(form, question, n_items=7):
    forms, words = question_forms(n_items)
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(forms[form]).validate_python(question)
    error = wrong.value.errors()[0]
    return misshapen({**error, "loc": ("body", *error["loc"])}, words)


def test_an_answer_has_the_status_the_headers_and_the_form():
    answer = answer_of(Refusal(429, "too_many", "9 came", "wait", {"Retry-After": "3"}))
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    wanted = {"code": "too_many", "message": "9 came", "cure": "wait"}
    assert json.loads(answer.body) == {"error": wanted}
    assert answer_of(FAILED).status_code == 500


@pytest.mark.parametrize(
    ("value", "words"),
    [(7, "7"), ("爱", "'爱'"), ("\ud800", "'\\ud800'"), (float("nan"), "nan"), (None, "None")],
)
def test_a_value_is_shown_in_signs_that_an_answer_can_hold(value, words):
    assert shown(value) == words
    shown(value).encode()


def test_a_long_value_is_cut():
    assert shown("x" * 10**6) == f"'{'x' * 79}..."
    assert shown("x" * 78) == f"'{'x' * 78}'"  # 80 signs
    assert len(shown(list(range(10**4)))) == 83


@pytest.mark.parametrize(
    ("form", "question", "message", "cure"),
    [
        ("search", {"query": "x", "k": 8}, "k=8: it should be less than or equal to 7", "1 to 7"),
        ("search", {}, "query is missing", "give query: words"),
        ("recommend", {"person": ["p"]}, "person=['p']: it is no id", "give person: the id"),
        ("recommend", {"events": [1, ""]}, "events[1]='': it is no id", "give events: the ids"),
        ("explain", {"events": [1]}, "item is missing", "give item: the id of an item"),
        ("search", "war", "the body is 'war', and no JSON object", "/docs"),
        ("explain", 3, "the body is 3, and no JSON object", "/docs"),
        ("event", {"id": "a", "item": 1}, "person is missing", "give person: the id"),
        ("event", {"id": "a", "person": 1, "item": 1, "likes": 1}, "'likes' is no field", "leave"),
    ],
)
def test_what_is_wrong_is_named_with_its_value(form, question, message, cure):
    refusal = misshapen_by(form, question)
    assert refusal.message.startswith(message)
    assert cure in refusal.cure
    assert refusal.status == 422


def test_a_small_catalogue_has_a_default_that_fits():
    forms, words = question_forms(3)
    assert TypeAdapter(forms["search"]).validate_python({"query": "x"}).k == 3
    assert words["k"] == "how many items, 1 to 3"
    whole = TypeAdapter(forms["recommend"]).validate_python({"person": 7.0, "k": 2.0})
    assert (str(whole.person), whole.k) == ("7", 2)  # in JSON 7.0 and 7 are one integer
    assert question_forms(10**6)[1]["k"] == "how many items, 1 to 100"


def test_what_is_no_json_says_so():
    assert malformed("Expecting value").status == 400
    assert "Expecting value" in malformed("Expecting value").message
