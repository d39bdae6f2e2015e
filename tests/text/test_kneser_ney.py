"""Kneser-Ney: probabilities that sum to 1, by a count on paper; what a token can follow counts."""

import numpy as np
import pytest

from plmrec_lite.text.kneser_ney import KneserNey
from plmrec_lite.text.ngrams import NGrams

TEXT = [0, 1, 2, 0, 1, 3, 0, 1, 2]


def test_bigrams_by_hand():
    bigrams = KneserNey(TEXT, order=2, vocab_size=5, discount=0.5)
    # The pairs 01, 12, 20, 13, 30: before 0 stand 2 and 3, before 1, 2 and 3 one token each.
    share = 0.5 * 4 / 5 / 5  # what four kinds of tokens give away, for each of five tokens
    alone = {0: 1.5 / 5 + share, 1: 0.5 / 5 + share, 2: 0.5 / 5 + share, 4: share}
    for token, probability in alone.items():
        assert bigrams.probability([], token) == pytest.approx(probability)
        assert bigrams.probability([4], token) == pytest.approx(probability)  # never seen
    # After 1: 2, 3 and 2, so two kinds give away 0.5 each, of three.
    assert bigrams.probability([1], 2) == pytest.approx(1.5 / 3 + 0.5 * 2 / 3 * alone[2])
    assert bigrams.probability([1], 4) == pytest.approx(0.5 * 2 / 3 * alone[4])


def test_trigrams_by_hand():
    trigrams = KneserNey(TEXT, order=3, vocab_size=5, discount=0.5)
    # 01 stands three times and is followed by 2, 3 and 2. After 1 alone, 2 and 3 follow one
    # different token each, 0: a count of 1 and 1, although 2 came twice.
    shorter = trigrams.probability([1], 2)
    assert shorter == pytest.approx(0.5 / 2 + 0.5 * 2 / 2 * trigrams.probability([], 2))
    assert trigrams.probability([0, 1], 2) == pytest.approx(1.5 / 3 + 0.5 * 2 / 3 * shorter)
    assert trigrams.probability([4, 1], 2) == pytest.approx(shorter)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("history", [[], [1], [0, 1], [4, 0, 1], [4, 4, 4, 4]])
def test_probabilities_sum_to_one_and_agree(order, history):
    model = KneserNey(TEXT, order, vocab_size=5)
    row = model.next_token(history)
    assert row.sum() == pytest.approx(1)
    assert row.min() > 0
    np.testing.assert_allclose(row, [model.probability(history, token) for token in range(5)])


def test_order_one_discounts_the_counts_themselves():
    row = KneserNey(TEXT, 1, vocab_size=5).next_token([])
    np.testing.assert_allclose(row[:4], (np.array([3, 3, 2, 1]) - 0.75) / 9 + 0.75 * 4 / 9 / 5)


def test_a_token_that_follows_one_other_only_is_unlikely_elsewhere():
    text = [0, 1] * 20 + [2, 3, 4, 3, 5, 3, 6, 3]  # 1 follows 0 alone; 3 follows four tokens
    often, widely = (KneserNey(text, 2, 8).probability([7], token) for token in (1, 3))
    assert widely > 2 * often
    often, widely = (NGrams(text, 2, 8).probability([7], token) for token in (1, 3))
    assert often > 2 * widely


def test_losses_are_those_of_the_tokens_after_the_first():
    model = KneserNey(TEXT, 3, vocab_size=5)
    expected = [model.probability(h, w) for h, w in (([0], 1), ([0, 1], 3), ([1, 3], 4))]
    np.testing.assert_allclose(model.token_losses([0, 1, 3, 4]), -np.log(expected))


@pytest.mark.parametrize("discount", [0, -0.1, 1.1, float("nan")])
def test_a_discount_out_of_range_is_named(discount):
    with pytest.raises(ValueError, match=f"discount={discount}"):
        KneserNey(TEXT, 2, 5, discount=discount)


@pytest.mark.parametrize(("order", "ids", "match"), [(0, TEXT, "order=0"), (2, [5], "in 0..4")])
def test_wrong_input_is_named(order, ids, match):
    with pytest.raises(ValueError, match=match):
        KneserNey(ids, order, vocab_size=5)
