"""What a model knows: guesses, surprises, and intervals, each against a slower way."""

import numpy as np
import pytest
import torch
from transformers import BertForMaskedLM, BertForPreTraining, BertLMHeadModel, BertTokenizer

from plmrec_lite.text.held_out import (
    fill_mask,
    guess_hidden,
    guess_next_sentence,
    mean_by_document,
    token_surprise,
)
from plmrec_lite.text.passages import running_text, sentence_pairs
from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.text.wordpiece import SPECIAL_TOKENS

DOCUMENTS = [["a b c d e", "f g h"], ["h g f e", "a c e g", "b d"], ["a a b b", "c d e f g h a"]]


@pytest.fixture(scope="module")
def tokenizer():
    return BertTokenizer(vocab={w: i for i, w in enumerate([*SPECIAL_TOKENS, *"abcdefgh"])})


@pytest.fixture(scope="module")
def text(tokenizer):
    return running_text(DOCUMENTS, tokenizer, max_length=12)


def tiny(kind, tokenizer):
    return small_bert(kind, tokenizer, d_model=32, n_heads=2, max_length=16).eval()


@pytest.mark.parametrize("kind", [BertForMaskedLM, BertForPreTraining])
def test_guesses_equal_those_of_one_whole_pass(kind, tokenizer, text):
    model = tiny(kind, tokenizer)
    guesses = guess_hidden(model, text, tokenizer, rate=0.5, seed=1, batch_size=2)
    again = guess_hidden(model, text, tokenizer, rate=0.5, seed=1, batch_size=9)
    assert 3 < len(guesses.token) < 25
    for one, two in zip(guesses, again, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4)
    other = guess_hidden(model, text, tokenizer, rate=0.5, seed=2)
    assert len(other.token) != len(guesses.token) or (other.token != guesses.token).any()


def test_with_all_hidden_nothing_but_the_place_is_known(tokenizer, text):
    model = tiny(BertForMaskedLM, tokenizer)
    guesses = guess_hidden(model, text, tokenizer, rate=1.0)
    words = text.input_ids[text.input_ids >= 5]
    np.testing.assert_array_equal(guesses.token, words)
    row, place = np.nonzero(text.input_ids >= 5)
    np.testing.assert_array_equal(guesses.document, text.document[row])
    np.testing.assert_array_equal(guesses.before, text.input_ids[row, place - 1])
    np.testing.assert_array_equal(guesses.after, text.input_ids[row, place + 1])
    shown = torch.where(torch.from_numpy(text.input_ids) >= 5, 4, torch.from_numpy(text.input_ids))
    with torch.inference_mode():
        logits = model(shown, attention_mask=(shown != 0).long()).logits
    log_p = logits.log_softmax(-1)[row, place].numpy()
    np.testing.assert_allclose(guesses.surprise, -log_p[range(len(words)), words], rtol=1e-4)
    np.testing.assert_array_equal(guesses.right, log_p.argmax(1) == words)


def test_left_to_right_surprise_is_the_model_s_own_loss(tokenizer, text):
    model = tiny(BertLMHeadModel, tokenizer)
    surprise = token_surprise(model, text, tokenizer, batch_size=2)
    ids = torch.from_numpy(text.input_ids)
    np.testing.assert_array_equal(np.isfinite(surprise), text.input_ids >= 5)
    with torch.inference_mode():
        labels = ids.masked_fill(ids < 5, -100)
        loss = model(ids, attention_mask=(ids != 0).long(), labels=labels).loss
    assert np.nanmean(surprise) == pytest.approx(loss.item(), rel=1e-5)


def test_masked_surprise_hides_one_token_at_a_time(tokenizer, text):
    model = tiny(BertForPreTraining, tokenizer)
    surprise = token_surprise(model, text, tokenizer, batch_size=7)
    np.testing.assert_array_equal(np.isfinite(surprise), text.input_ids >= 5)
    for row, place in ((0, 1), (2, 4), (len(surprise) - 1, 2)):
        shown = torch.from_numpy(text.input_ids[[row]]).clone()
        shown[0, place] = 4
        with torch.inference_mode():
            logits = model(shown, attention_mask=(shown != 0).long()).prediction_logits
        expected = -logits[0, place].log_softmax(-1)[text.input_ids[row, place]].item()
        assert surprise[row, place] == pytest.approx(expected, rel=1e-4)


def test_next_sentence_answers_are_class_zero_of_transformers(tokenizer):
    model = tiny(BertForPreTraining, tokenizer)
    pairs = sentence_pairs(DOCUMENTS, tokenizer, max_length=14, copies=4)
    ids = torch.from_numpy(pairs.input_ids)
    with torch.inference_mode():
        model.cls.seq_relationship.bias.zero_()
        logits = model(
            ids,
            attention_mask=(ids != 0).long(),
            token_type_ids=torch.from_numpy(pairs.token_type_ids),
        ).seq_relationship_logits
    answers = guess_next_sentence(model, pairs, tokenizer, batch_size=5)
    np.testing.assert_array_equal(answers, logits.argmax(1).numpy() == 0)


def test_fill_mask(tokenizer):
    model = tiny(BertForMaskedLM, tokenizer)
    best = fill_mask(model, tokenizer, "a [MASK] c", k=13)
    assert len(best) == 13
    assert sum(best.values()) == pytest.approx(1, abs=1e-5)
    assert list(best.values()) == sorted(best.values(), reverse=True)
    for text in ("a b", "[MASK] b [MASK]"):
        with pytest.raises(ValueError, match="gaps: write one"):
            fill_mask(model, tokenizer, text)


def test_left_to_right_model_fills_no_gaps(tokenizer, text):
    with pytest.raises(ValueError, match="use token_surprise"):
        guess_hidden(tiny(BertLMHeadModel, tokenizer), text, tokenizer)


def test_mean_by_document_is_wider_than_drawing_tokens():
    document = np.repeat(np.arange(20), 50)
    right = (document % 2 == 0).astype(float)  # all or nothing in a document
    estimate = mean_by_document(document, right)
    assert estimate.value == 0.5
    by_token = mean_by_document(np.arange(1000), right)
    assert estimate.high - estimate.low > 4 * (by_token.high - by_token.low)


def test_mean_by_document_counts_tokens_not_documents():
    assert mean_by_document([3, 3, 3, 8], [1, 1, 1, 0]).value == 0.75
    with pytest.raises(ValueError, match="empty"):
        mean_by_document([], [])
