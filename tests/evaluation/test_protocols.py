from dataclasses import fields, replace

import pytest

from plmrec_lite.evaluation.protocols import (
    CHOICES,
    QUESTIONS,
    Protocol,
    comparable,
    convert,
    differences,
)
from plmrec_lite.evaluation.published import PUBLISHED

WHOLE = Protocol(
    data="MovieLens-1M",
    filtered="nothing",
    split="leave-one-out",
    ties="as in the file",
    candidates="all",
    seen="left out",
    relevant="one",
    metric="NDCG",
    k=10,
    chosen_on="validation",
)


def test_each_field_of_a_protocol_has_a_question():
    assert [field.name for field in fields(Protocol)] == list(QUESTIONS)
    assert list(convert(Protocol()).index) == list(QUESTIONS)


def test_a_whole_protocol_is_comparable_with_itself_alone():
    assert WHOLE.missing() == []
    assert comparable(WHOLE, WHOLE) == "comparable"
    others = dict.fromkeys(QUESTIONS, "other") | {name: said[-1] for name, said in CHOICES.items()}
    others |= {"metric": "HR"}
    for name, other in others.items():
        assert comparable(WHOLE, replace(WHOLE, **{name: other})) == "not comparable"
        silent = replace(WHOLE, **{name: None})
        assert comparable(WHOLE, silent) == "not known"
        assert silent.missing() == [name]
        assert differences(silent, WHOLE) == [f"{name}: not said"]


@pytest.mark.parametrize("name", CHOICES)
def test_another_spelling_is_refused_and_the_words_are_given(name):
    with pytest.raises(ValueError, match=f"{name}='Other': use one of '{CHOICES[name][0]}'"):
        Protocol(**{name: "Other"})


def test_the_converter_says_what_is_not_said():
    table = convert(replace(WHOLE, ties=None))
    assert table["answer"].eq("not said").sum() == 1
    assert table.loc["ties", "answer"] == "not said"


def test_published_numbers_are_shares_with_a_source():
    for entry in PUBLISHED:
        assert 0 < entry.value < 1
        assert entry.source
        assert entry.where
        assert entry.protocol.metric in ("HR", "NDCG")
    assert len({(e.model, e.value, e.where, e.protocol) for e in PUBLISHED}) == len(PUBLISHED)
