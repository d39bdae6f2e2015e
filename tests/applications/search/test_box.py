"""The box answers what can be answered, and says why it cannot answer the rest."""

import numpy as np
import pytest

from plmrec_lite.applications.search.analysis import STOP_WORDS
from plmrec_lite.applications.search.box import SearchBox
from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex

TEXTS = ["a red dress", "red shoes, red bag", "a blue hat", "the dress", "warm winter coat"]
WARM = {"sleet": 4, "red": 0, "the": 0, "dres": 4}


class Encoder:
    """Reads the first word that it knows; counts how often it is asked."""

    asked = 0

    def encode(self, texts, truncate=False):
        assert truncate, "a long query is cut"
        self.asked += 1
        (text,) = texts
        place = next((WARM[word] for word in text.lower().split() if word in WARM), 2)
        return np.eye(5, dtype=np.float32)[[place]]


def words_only(**settings):
    return SearchBox(BM25(InvertedIndex(TEXTS)), **settings)


def both(share=0.5, **settings):
    return words_only(encoder=Encoder(), vectors=np.eye(5), share=share, **settings)


def test_words_alone_find_what_holds_them_and_nothing_else():
    answer = words_only().search("Red Dress")
    assert answer.items.tolist() == [0, 1, 3]
    assert (answer.read, answer.unknown) == ("red dress", [])


def test_the_order_is_that_of_bm25():
    box = words_only()
    wanted = np.argsort(-box.bm25.score("red dress"), kind="stable")[:3]
    assert box.search("red dress").items.tolist() == wanted.tolist()
    assert box.search("red dress", k=1).items.tolist() == wanted[:1].tolist()


def test_the_spelling_is_corrected_and_words_that_nobody_uses_are_named():
    box = words_only()
    answer = box.search("derss kimono kimono")
    assert (answer.read, answer.unknown) == ("dress kimono kimono", ["kimono"])
    assert answer.items.tolist() == [3, 0]


def test_vectors_find_what_no_word_finds():
    assert words_only().search("sleet").items.tolist() == []
    answer = both().search("sleet")
    assert answer.items[0] == 4
    assert answer.unknown == ["sleet"]


def test_the_share_is_that_of_the_vectors():
    assert both(share=0).search("sleet dress").items[0] == 3
    assert both(share=1).search("sleet dress").items[0] == 4


def test_the_encoder_reads_the_query_as_it_was_typed():
    answer = both(share=1).search("dres")
    assert (answer.items[0], answer.read) == (4, "dress")


def test_popular_items_come_first_among_equals():
    box = words_only(counts=[0, 9, 0, 0, 0], weight=9)
    assert box.search("red").items.tolist() == [1, 0]
    assert words_only(counts=[9, 0, 0, 0, 0], weight=9).search("red").items.tolist() == [0, 1]
    assert words_only(counts=[9, 0, 0, 0, 0], weight=0).search("red").items.tolist() == [1, 0]
    assert words_only(counts=[9] * 5, weight=9).search("sleet").items.tolist() == []


@pytest.mark.parametrize("box", [words_only, both])
def test_a_filter_comes_before_the_list(box):
    passing = np.array([True, False, True, True, False])
    assert set(box().search("red dress", passing=passing).items) <= {0, 2, 3}
    assert box().search("red dress", k=2, passing=passing).items.tolist() == [0, 3]


@pytest.mark.parametrize("box", [words_only, both])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "query '' has no word: write"),
        ("?! ...", r"query '\?! \.\.\.' has no word"),
        ("the of and", "query 'the of and' has stop words only: add a word"),
        ("dress " * 10_000, "has 10000 words and begins 'dress dress.*shorten it to 400"),
    ],
)
def test_what_asks_nothing_or_too_much_is_refused_before_anything_is_read(box, query, message):
    box = box()
    with pytest.raises(ValueError, match=message):
        box.search(query)
    assert box.encoder is None or box.encoder.asked == 0


@pytest.mark.parametrize("box", [words_only, both])
def test_letters_that_no_document_has_find_nothing(box):
    box = box()
    answer = box.search("红色连衣裙")
    assert answer.items.tolist() == []
    assert answer.unknown == list("红色连衣裙")
    assert box.encoder is None or box.encoder.asked == 0
    assert 0 in box.search("红 red").items


def test_chinese_finds_chinese():
    box = SearchBox(BM25(InvertedIndex([*TEXTS, "红裙子"])))
    assert box.search("红色连衣裙").items.tolist() == [5]


def test_stop_words_of_the_index_are_left_out():
    box = SearchBox(BM25(InvertedIndex(TEXTS, STOP_WORDS | {"red"})))
    with pytest.raises(ValueError, match="stop words only"):
        box.search("the red")


def test_a_stop_word_alone_brings_no_item():
    box = words_only()
    assert box.search("the 红").items.tolist() == []
    assert 3 not in box.search("the hat").items


def test_no_string_and_no_place():
    with pytest.raises(TypeError, match="query=3: give a string"):
        words_only().search(3)
    with pytest.raises(ValueError, match="k=0"):
        words_only().search("red", k=0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"encoder": Encoder()}, "an encoder without vectors"),
        ({"vectors": np.eye(5)}, "vectors without it"),
        ({"encoder": Encoder(), "vectors": np.eye(4)}, "4 vectors for 5 documents"),
        ({"counts": [1, 2]}, "2 counts for 5 documents"),
        ({"share": 2}, "share=2"),
        ({"weight": -1}, "weight=-1"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        words_only(**settings)
