"""The corpus: clean texts, whole sentences, and no document in two parts."""

import pytest

from plmrec_lite.text.corpus import clean_text, film_corpus, split_corpus, split_sentences


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Amélie (French: [ameli])  is a film.\u200b", "Amélie is a film."),
        ("Ordet (/ˈoːdət/) is Danish.", "Ordet is Danish."),
        ("Alien (and/or Aliens) (1979)", "Alien (and/or Aliens) (1979)"),
        ("Heat ( ; ) is long.", "Heat is long."),
        ("one\n\n  two\xa0words ", "one\ntwo words"),
        ("It won an award.The end.", "It won an award.\nThe end."),
        (
            'It was called "great".The end, e.g. U.S.A.',
            'It was called "great".\nThe end, e.g. U.S.A.',
        ),
        ("See https://example.org/a(b) now", "See now"),
        ("cafe\u0301", "café"),
    ],
)
def test_clean_text(text, clean):
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is long. It won! Did it?", ["It is long.", "It won!", "Did it?"]),
        ("J. Stewart met Mr. Hitchcock. They laughed.", 2),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("It cost c. 1500 dollars, e.g. Much.", 1),
        ("about 3.5 million. in lower case", 1),
        ("first line\nsecond line", ["first line", "second line"]),
        ("cut off in the mid", ["cut off in the mid"]),
        ("", []),
        ("It was Jaws. I Married a Witch.", ["It was Jaws.", "I Married a Witch."]),
    ],
)
def test_split_sentences(text, sentences):
    found = split_sentences(text)
    if isinstance(sentences, int):
        assert len(found) == sentences
    else:
        assert found == sentences


def test_nothing_is_lost():
    text = "One (1979). Two! Three in D.C. today."
    assert " ".join(split_sentences(text)) == text


def test_split_corpus_deals_whole_documents():
    texts = [f"Film {i} is long. It has number {i}." for i in range(20)]
    corpus = split_corpus(texts, seed=1)
    assert [len(part) for part in corpus] == [16, 2, 2]
    assert sorted(d[0] for part in corpus for d in part) == sorted(
        f"Film {i} is long." for i in range(20)
    )
    assert split_corpus(texts, seed=1) == corpus
    assert split_corpus(texts, seed=2) != corpus
    # Of 11 the ends lie at 8.8 and 9.9, of 16 at 12.8 and 14.4: the nearest whole numbers.
    assert [len(part) for part in split_corpus(texts[:11])] == [9, 1, 1]
    assert [len(part) for part in split_corpus(texts[:16])] == [13, 1, 2]


@pytest.mark.parametrize(
    ("texts", "shares", "message"),
    [
        (["a"] * 10, (0.8, 0.1, 0.2), "sum to 1.1"),
        (["a"] * 3, (0.8, 0.1, 0.1), "leave a part empty"),
    ],
)
def test_split_corpus_refuses(texts, shares, message):
    with pytest.raises(ValueError, match=message):
        split_corpus(texts, shares)


def test_film_corpus():
    corpus = film_corpus()
    assert [len(part) for part in corpus] == [593, 74, 74]
    firsts = [document[0] for part in corpus for document in part]
    assert len(set(firsts)) == 741
    assert min(len(document) for part in corpus for document in part) >= 1
