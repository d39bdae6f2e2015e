"""sentence_pairs and running_text: half true, half random, and every token where it belongs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertTokenizer

from plmrec_lite.text import passages
from plmrec_lite.text.passages import running_text, sentence_pairs
from plmrec_lite.text.wordpiece import SPECIAL_TOKENS

CLS, SEP = 2, 3


@pytest.fixture(scope="module")
def tokenizer():
    words = [f"w{i}" for i in range(300)]
    return BertTokenizer(vocab={w: i for i, w in enumerate([*SPECIAL_TOKENS, *words])})


@pytest.fixture(scope="module")
def documents():
    """Six documents of seven sentences; each word occurs once: w0 w1 w2 . w3 w4 w5 . …"""
    words = iter(f"w{i}" for i in range(300))
    return [[" ".join(next(words) for _ in range(3)) for _ in range(7)] for _ in range(6)]


def parts(row):
    """The two sentences of a row of ids, as numbers of words."""
    ends = np.flatnonzero(row == SEP)
    return row[1 : ends[0]] - 5, row[ends[0] + 1 : ends[-1]] - 5


def test_half_of_the_pairs_are_true(tokenizer, documents):
    pairs = sentence_pairs(documents, tokenizer, max_length=16, copies=2, seed=0)
    assert len(pairs.input_ids) == 2 * 6 * 6
    assert pairs.is_next.sum() == 36
    for row, document, is_next in zip(pairs.input_ids, pairs.document, pairs.is_next, strict=True):
        first, second = parts(row)
        assert first[0] // 21 == document
        if is_next:
            assert second[0] == first[0] + 3
        else:
            assert second[0] // 21 != document
        assert row[0] == CLS
        assert (row[9:] == 0).all()


def test_token_types_tell_the_sentences_apart(tokenizer, documents):
    pairs = sentence_pairs(documents, tokenizer, max_length=12)
    assert pairs.token_type_ids[0].tolist() == [0] * 5 + [1] * 4 + [0] * 3


def test_draws_differ_between_copies_and_repeat_with_the_seed(tokenizer, documents):
    one, two = (sentence_pairs(documents, tokenizer, copies=2, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one.input_ids, two.input_ids)
    assert (one.is_next[:36] != one.is_next[36:]).any()
    other = sentence_pairs(documents, tokenizer, copies=2, seed=5)
    assert (one.input_ids != other.input_ids).any()


@given(st.integers(0, 30), st.integers(0, 30), st.integers(2, 40))
@settings(deadline=None, derandomize=True)
def test_a_pair_is_fitted_from_the_longer_end(n_first, n_second, room):
    first, second = passages._fitted(list(range(n_first)), list(range(n_second)), room)
    assert first == list(range(len(first)))
    assert second == list(range(len(second)))
    assert len(first) + len(second) == min(n_first + n_second, room)
    if len(first) < n_first and len(second) < n_second:
        assert abs(len(first) - len(second)) <= 1


@pytest.mark.parametrize("max_length", [11, 12, 13])  # three sentences fill 11 to the last place
def test_running_text_holds_every_token_once(tokenizer, documents, max_length):
    text = running_text(documents, tokenizer, max_length)
    words = text.input_ids[text.input_ids >= 5] - 5
    np.testing.assert_array_equal(words, np.arange(126))
    assert text.is_next is None
    assert (text.token_type_ids == 0).all()
    assert text.document.tolist() == [d for d in range(6) for _ in range(3)]  # 3 + 3 + 1 sentences


def test_running_text_cuts_a_long_sentence(tokenizer):
    text = running_text([["w1 w2 w3 w4", "w5"]], tokenizer, max_length=5)
    assert text.input_ids.tolist() == [[CLS, 6, 7, 8, SEP], [CLS, 10, SEP, 0, 0]]


def test_the_shortest_passages_hold_one_token_of_a_sentence(tokenizer, documents):
    text = running_text([["w1 w2 w3 w4", "w5"]], tokenizer, max_length=3)
    assert text.input_ids.tolist() == [[CLS, 6, SEP], [CLS, 10, SEP]]
    pairs = sentence_pairs(documents, tokenizer, max_length=5)
    assert ((pairs.input_ids == SEP).sum(axis=1) == 2).all()
    assert pairs.input_ids.shape[1] == 5 and (pairs.input_ids > 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d, t: sentence_pairs(d, t, max_length=4), "max_length=4"),
        (lambda d, t: sentence_pairs(d[:1], t), "at least two documents"),
        (lambda d, t: sentence_pairs([d[0], d[1][:1]], t), "at least two documents"),
        (lambda d, t: running_text(d, t, max_length=2), "max_length=2"),
        (lambda d, t: running_text([], t), "no sentence"),
        (lambda d, t: sentence_pairs([[]], t), "no sentence"),
    ],
)
def test_bad_input(tokenizer, documents, call, message):
    with pytest.raises(ValueError, match=message):
        call(documents, tokenizer)
