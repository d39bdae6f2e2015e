"""pretrain: the right losses, lessons that are learned, and one run that repeats."""

import numpy as np
import pytest
import torch
from transformers import BertForMaskedLM, BertForPreTraining, BertLMHeadModel, BertTokenizer

from plmrec_lite.text import TextEncoder
from plmrec_lite.text.masking import mask_tokens
from plmrec_lite.text.passages import running_text, sentence_pairs
from plmrec_lite.text.pretraining import masked_model, pretrain, pretraining_losses
from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.text.wordpiece import SPECIAL_TOKENS

KINDS = [BertForPreTraining, BertForMaskedLM, BertLMHeadModel]
LETTERS = "abcdefghij"


@pytest.fixture(scope="module")
def tokenizer():
    return BertTokenizer(vocab={w: i for i, w in enumerate([*SPECIAL_TOKENS, *LETTERS])})


@pytest.fixture(scope="module")
def documents():
    """The alphabet in order, from somewhere, round and round: each letter tells its neighbours."""
    rng = np.random.default_rng(0)

    def sentence(start):
        return " ".join(LETTERS[(start + i) % 10] for i in range(6))

    return [[sentence(rng.integers(10)) for _ in range(3)] for _ in range(40)]


def tiny(kind, tokenizer, **sizes):
    return small_bert(kind, tokenizer, d_model=32, n_layers=1, n_heads=2, max_length=24, **sizes)


def batch_of(tokenizer, documents, rows=6):
    pairs = sentence_pairs(documents, tokenizer, max_length=24)
    ids = torch.from_numpy(pairs.input_ids[:rows])
    inputs, labels = mask_tokens(ids, tokenizer, generator=torch.Generator().manual_seed(0))
    return {
        "input_ids": inputs,
        "token_type_ids": torch.from_numpy(pairs.token_type_ids[:rows]),
        "attention_mask": (ids != 0).long(),
        "labels": labels,
        "is_next": torch.from_numpy(pairs.is_next[:rows]),
    }


def test_losses_equal_those_of_transformers(tokenizer, documents):
    batch = batch_of(tokenizer, documents)
    model = tiny(BertForPreTraining, tokenizer)
    theirs = model(
        **{k: v for k, v in batch.items() if k != "is_next"},
        next_sentence_label=(~batch["is_next"]).long(),
    ).loss
    ours = pretraining_losses(model, batch)
    assert set(ours) == {"word", "next sentence"}
    torch.testing.assert_close(sum(ours.values()), theirs)

    model = tiny(BertForMaskedLM, tokenizer)
    theirs = model(**{k: v for k, v in batch.items() if k != "is_next"}).loss
    torch.testing.assert_close(pretraining_losses(model, batch)["word"], theirs)


def test_left_to_right_loss_equals_that_of_transformers(tokenizer, documents):
    batch = batch_of(tokenizer, documents)
    whole = batch["input_ids"]
    batch |= {"labels": whole.masked_fill(whole == 0, -100)}
    model = tiny(BertLMHeadModel, tokenizer)
    theirs = model(**{k: v for k, v in batch.items() if k != "is_next"}).loss
    ours = pretraining_losses(model, batch)
    assert set(ours) == {"word"}
    torch.testing.assert_close(ours["word"], theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_learns_the_alphabet(kind, tokenizer, documents):
    make = sentence_pairs if kind is BertForPreTraining else running_text
    passages = make(documents, tokenizer, max_length=24)
    model = tiny(kind, tokenizer)
    run = pretrain(model, passages, tokenizer, steps=60, batch_size=16, lr=1e-2)
    word = run.losses["word"]
    assert word.shape == run.guessed.shape == (60,)
    assert word[:3].mean() > 2  # about log 15 = 2.7
    assert word[-10:].mean() < 0.6 * word[:3].mean()
    assert ("next sentence" in run.losses) == (kind is BertForPreTraining)
    assert not model.training


def test_left_to_right_guesses_all_and_a_masked_model_few(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    n_tokens = (text.input_ids != 0).sum(1).mean()
    masked = pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, steps=10, batch_size=40)
    following = pretrain(tiny(BertLMHeadModel, tokenizer), text, tokenizer, steps=2, batch_size=40)
    assert following.guessed.mean() == pytest.approx(40 * n_tokens, rel=0.02)
    assert masked.guessed.mean() == pytest.approx(0.15 * 40 * (n_tokens - 2), rel=0.2)


def test_same_seed_same_model(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    runs = [
        pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, steps=4, seed=seed)
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0].losses["word"], runs[1].losses["word"])
    assert (runs[0].losses["word"] != runs[2].losses["word"]).any()


def test_masks_are_drawn_anew_in_every_walk(tokenizer, documents):
    text = running_text(documents[:2], tokenizer, max_length=24)  # one batch a walk
    model = tiny(BertForMaskedLM, tokenizer)
    run = pretrain(model, text, tokenizer, steps=12, lr=0.0)
    assert len(set(run.guessed)) > 1


def test_watch(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    model = tiny(BertForMaskedLM, tokenizer)
    run = pretrain(model, text, tokenizer, steps=5, watch=lambda m: m.training, watch_every=2)
    assert run.watched == {0: False, 2: False, 4: False, 5: False}
    run = pretrain(model, text, tokenizer, steps=5, watch=lambda m: 1)
    assert list(run.watched) == [0, 5]


def test_step_size_rises_and_falls():
    from plmrec_lite.text.pretraining import _triangle

    share = [_triangle(10, 0.2)(step) for step in range(10)]
    assert share[:2] == [0.5, 1.0]
    assert share[2:] == pytest.approx([1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8])


def test_masked_model_trains_the_encoder_itself(tiny_bert):
    encoder = TextEncoder(str(tiny_bert), device="cpu")
    before = encoder.encode(["a war film"])
    model = masked_model(encoder)
    np.testing.assert_array_equal(encoder.encode(["a war film"]), before)
    table = encoder.model.embeddings.word_embeddings.weight
    assert model.cls.predictions.decoder.weight is table
    text = running_text([["a war film", "a love story"]] * 4, encoder.tokenizer, max_length=12)
    pretrain(model, text, encoder.tokenizer, steps=3, lr=1e-2)
    assert np.abs(encoder.encode(["a war film"]) - before).max() > 1e-3
    assert not encoder.model.training


def test_masked_model_wants_a_bert(tiny_bert):
    encoder = TextEncoder(str(tiny_bert), device="cpu")
    encoder.model = torch.nn.Linear(2, 2)
    with pytest.raises(ValueError, match="is a Linear: take a BERT"):
        masked_model(encoder)


def test_bad_input(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    with pytest.raises(ValueError, match="steps=0"):
        pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, steps=0)
    with pytest.raises(ValueError, match="no pairs"):
        pretrain(tiny(BertForPreTraining, tokenizer), text, tokenizer)
