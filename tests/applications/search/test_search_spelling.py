"""Typos are made as fingers make them, and read as they were probably meant."""

import pytest
from rapidfuzz.distance import OSA

from plmrec_lite.applications.search.analysis import words_of
from plmrec_lite.applications.search.inverted_index import InvertedIndex
from plmrec_lite.applications.search.spelling import Speller, misspell

TEXT = "This gorgeous dress has beautiful embroidery and a flattering neckline"


def test_each_typo_is_one_and_the_share_is_kept():
    for seed in range(40):
        written = words_of(misspell(TEXT, 0.5, seed))
        pairs = list(zip(words_of(TEXT), written, strict=True))
        wrong = [(word, typo) for word, typo in pairs if word != typo]
        assert len(wrong) == 4  # of 7 longer words, half, rounded up
        for word, typo in wrong:
            assert OSA.distance(word, typo) == 1 and typo[0] == word[0] and len(word) >= 4


def test_all_four_kinds_of_typos_occur():
    written = {misspell("dress", 1, seed) for seed in range(60)}
    assert "drss" in written  # one left out
    assert "dresss" in written  # doubled
    assert "derss" in written  # two exchanged
    assert {"dtess", "deess"} & written  # a neighbour on the keyboard
    assert {len(word) for word in written} == {4, 5, 6}


def test_the_seed_decides():
    assert misspell(TEXT, seed=3) == misspell(TEXT, seed=3)
    assert len({misspell(TEXT, seed=seed) for seed in range(9)}) == 9


def test_what_has_no_long_word_or_no_share_stays():
    assert misspell("a red hat", 1) == "a red hat"
    assert misspell("裙子", 1) == "裙子"
    assert misspell(TEXT, 0) == TEXT


@pytest.fixture
def speller():
    return Speller(InvertedIndex(["dress dresses", "dress skirt", "dress skirt skort", "dresses"]))


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("dres", "dress"),  # one letter left out
        ("derss", "dress"),  # two letters exchanged
        ("skirtt", "skirt"),
        ("skort", "skort"),  # rare, but there
        ("sckort", "sckort"),  # "skort" stands in too few documents, "skirt" is not like it
        ("dre", "dre"),  # too short to tell
        ("trousers", "trousers"),
    ],
)
def test_words_as_they_are_meant(speller, word, meant):
    assert speller.word(word) == meant


@pytest.mark.parametrize(("alike", "meant"), [(0.83, "skirt"), (0.84, "skirtt")])
def test_a_word_must_be_as_alike_as_asked_for(speller, alike, meant):
    assert Speller(speller.index, alike).word("skirtt") == meant  # five of six letters


def test_a_word_of_four_letters_may_be_meant():
    assert Speller(InvertedIndex(["coat", "coat", "hat", "hat"])).word("caot") == "coat"


def test_of_equally_similar_words_the_frequent_one():
    index = InvertedIndex(["boots", "boots", "books", "books", "books"])
    assert Speller(index).word("bools") == "books"


def test_a_text_is_corrected_word_by_word(speller):
    assert speller.correct("A Derss, or skirtt?") == "a dress or skirt"


def test_bad_settings(speller):
    with pytest.raises(ValueError, match="alike=2"):
        Speller(speller.index, alike=2)
    with pytest.raises(ValueError, match="at_least=0"):
        Speller(speller.index, at_least=0)
    with pytest.raises(ValueError, match="share=2"):
        misspell(TEXT, 2)
