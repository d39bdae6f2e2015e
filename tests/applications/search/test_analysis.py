"""Texts are cut into words; a query that asks nothing or too much is refused."""

import pytest

from plmrec_lite.applications.search.analysis import STOP_WORDS, query_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A Red-Dress, size 38!", ["a", "red", "dress", "size", "38"]),
        ("It’s mine", ["it's", "mine"]),
        ("snake_case 'quoted'", ["snake", "case", "quoted"]),
        ("Größe für Café", ["größe", "für", "café"]),
        ("红色 dress裙", ["红", "色", "dress", "裙"]),
        ("ドレス 옷", ["ド", "レ", "ス", "옷"]),
        ("...", []),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


def test_stop_words_are_left_out_and_clothes_are_none():
    assert words_of("this is the top", STOP_WORDS) == ["top"]
    assert not {"top", "bottom", "back", "front", "side"} & STOP_WORDS
    assert all(words_of(word) == [word] for word in STOP_WORDS)


def test_a_query_is_cut_likewise():
    assert query_words("The red dress", STOP_WORDS) == ["red", "dress"]
    assert len(query_words("red " * 400)) == 400


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "query '' has no word: write"),
        ("?! ", r"query '\?! ' has no word"),
        ("the of and", "query 'the of and' has stop words only: add a word"),
        ("dress " * 10_000, "has 10000 words and begins 'dress dress.*shorten it to 400"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(query, message):
    with pytest.raises(ValueError, match=message):
        query_words(query, STOP_WORDS)


def test_a_query_that_is_no_string_is_refused():
    with pytest.raises(TypeError, match="query=3: give a string"):
        query_words(3)
