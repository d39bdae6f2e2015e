from dataclasses import fields, replace

from plmrec_lite.evaluation.protocols import (
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
    for name in QUESTIONS:
        assert comparable(WHOLE, replace(WHOLE, **{name: "other"})) == "not comparable"
        silent = replace(WHOLE, **{name: None})
        assert comparable(WHOLE, silent) == "not known"
        assert silent.missing() == [name]
        assert differences(silent, WHOLE) == [f"{name}: not said"]


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
