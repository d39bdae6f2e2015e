"""N-grams: probabilities that sum to 1, by a count on paper, better with a longer history."""

import numpy as np
import pytest

from plmrec_lite.text.ngrams import NGrams

TEXT = [0, 1, 2, 0, 1, 3, 0, 1, 2]


def test_by_hand():
    bigrams = NGrams(TEXT, order=2, vocab_size=5)
    # Alone: c = 9, t = 4 and 1/5 for each. After 1: 2, 3 and 2, so c = 3 and t = 2.
    shorter = (2 + 4 / 5) / 13
    assert bigrams.probability([1], 2) == pytest.approx((2 + 2 * shorter) / 5)
    unseen = (4 / 5) / 13  # token 4
    assert bigrams.probability([0, 1], 4) == pytest.approx(2 * unseen / 5)
    assert bigrams.probability([4], 4) == pytest.approx(unseen)  # a history never seen


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("history", [[], [1], [0, 1], [4, 0, 1], [4, 4, 4, 4]])
def test_probabilities_sum_to_one_and_agree(order, history):
    model = NGrams(TEXT, order, vocab_size=5)
    row = model.next_token(history)
    assert row.sum() == pytest.approx(1)
    np.testing.assert_allclose(row, [model.probability(history, token) for token in range(5)])


def test_losses_are_those_of_the_tokens_after_the_first():
    model = NGrams(TEXT, 3, vocab_size=5)
    losses = model.token_losses([0, 1, 3, 4])
    expected = [model.probability(h, w) for h, w in (([0], 1), ([0, 1], 3), ([1, 3], 4))]
    np.testing.assert_allclose(losses, -np.log(expected))


def test_a_longer_history_predicts_a_text_better():
    means = [NGrams(TEXT * 5, order, 5).token_losses(TEXT * 2).mean() for order in (1, 2, 3, 4)]
    assert means == sorted(means, reverse=True)
    assert means[0] > 2 * means[3]


@pytest.mark.parametrize(("order", "ids", "match"), [(0, TEXT, "order=0"), (2, [5], "in 0..4")])
def test_wrong_input_is_named(order, ids, match):
    with pytest.raises(ValueError, match=match):
        NGrams(ids, order, vocab_size=5)
