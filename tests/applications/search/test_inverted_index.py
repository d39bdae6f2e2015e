"""The index finds what is there; BM25 equals its formula, and the library bm25s."""

import math

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.applications.search.analysis import STOP_WORDS
from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex

TEXTS = ["A red dress", "red shoes, red bag", "a blue hat", "the long blue dress of a friend"]
words = st.sampled_from(["red", "blue", "dress", "hat", "shoe", "bag"])
texts = st.lists(st.lists(words, min_size=1, max_size=12), min_size=1, max_size=8)
some_k1, some_b = st.floats(0, 10), st.floats(0, 1)


def by_formula(documents, query, k1, b):
    """The formula, document by document and word by word."""
    n, mean = len(documents), sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for word in query:
            holding = sum(word in other for other in documents)
            f = document.count(word)
            if f:
                idf = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
                score += idf * f / (f + k1 * (1 - b + b * len(document) / mean))
        scores.append(score)
    return scores


@given(documents=texts, query=st.lists(words, min_size=1, max_size=5), k1=some_k1, b=some_b)
@settings(max_examples=60, deadline=None)
def test_bm25_is_its_formula(documents, query, k1, b):
    index = InvertedIndex([" ".join(document) for document in documents])
    found = BM25(index, k1, b).score(" ".join(query))
    np.testing.assert_allclose(found, by_formula(documents, query, k1, b), rtol=1e-12)


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.9, 0.4), (2.0, 1.0), (4.0, 0.0)])
def test_bm25_is_that_of_bm25s(k1, b):
    """To what float32 holds: relative 1e-5."""
    rng = np.random.default_rng(0)
    documents = [rng.integers(60, size=rng.integers(1, 80)).astype(str).tolist() for _ in range(90)]
    peer = bm25s.BM25(k1=k1, b=b, method="lucene")
    peer.index(documents, show_progress=False)
    ours = BM25(InvertedIndex([" ".join(document) for document in documents]), k1, b)
    for length in (1, 3, 20):
        query = rng.integers(60, size=length).astype(str).tolist()
        np.testing.assert_allclose(ours.score(" ".join(query)), peer.get_scores(query), rtol=1e-5)


def test_postings_by_hand():
    index = InvertedIndex(TEXTS)
    documents, counts = index.find("red")
    assert (documents.tolist(), counts.tolist()) == ([0, 1], [1, 2])
    assert index.lengths.tolist() == [3, 4, 3, 7]
    assert len(index.find("green").documents) == 0
    assert index.unknown("a green red GREEN skirt") == ["green", "skirt"]


def test_stop_words_are_neither_indexed_nor_counted():
    index = InvertedIndex(TEXTS, STOP_WORDS)
    assert index.lengths.tolist() == [2, 4, 2, 4]
    assert "a" not in index.postings
    bm25 = BM25(index)
    np.testing.assert_array_equal(bm25.score("the red dress"), bm25.score("red dress"))
    assert index.unknown("the green dress of a woman") == ["green", "woman"]
    with pytest.raises(ValueError, match="stop words only"):
        bm25.score("of the")


def test_a_rare_word_says_more_and_a_repeated_query_word_counts_twice():
    bm25 = BM25(InvertedIndex(TEXTS))
    assert bm25.idf("green") > bm25.idf("hat") > bm25.idf("dress") > bm25.idf("a") > 0
    np.testing.assert_allclose(bm25.score("red red"), 2 * bm25.score("red"))
    assert BM25(bm25.index, k1=0).score("red")[1] == bm25.idf("red")  # repeated, counted once


def test_many_queries_at_once():
    bm25 = BM25(InvertedIndex(TEXTS))
    scores = bm25.score_all(["red", "blue dress"])
    np.testing.assert_array_equal(scores, [bm25.score("red"), bm25.score("blue dress")])
    assert bm25.score_all([]).shape == (0, 4)


def test_chinese_is_looked_up_by_character():
    index = InvertedIndex([*TEXTS, "红裙子"])
    assert BM25(index).score("黑裙").argmax() == 4
    assert BM25(InvertedIndex(TEXTS)).score("黑裙").tolist() == [0, 0, 0, 0]
    assert InvertedIndex(TEXTS).unknown("黑裙") == ["黑", "裙"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [({"k1": -1}, "k1=-1: give a number, 0 or larger"), ({"b": 1.5}, "b=1.5: give a number from")],
)
def test_a_setting_out_of_range_is_named(setting, message):
    with pytest.raises(ValueError, match=message):
        BM25(InvertedIndex(TEXTS), **setting)


def test_nothing_to_index():
    with pytest.raises(ValueError, match="2 documents without a word"):
        InvertedIndex(["!", "the"], STOP_WORDS)
    with pytest.raises(ValueError, match="text 1 of texts is empty"):
        InvertedIndex(["red", ""])
