"""pretrain: the right losses, lessons that are learned, and one run that repeats."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from transformers import BertForMaskedLM, BertForPreTraining, BertLMHeadModel, BertTokenizer

from plmrec_lite.text import TextEncoder, pretraining
from plmrec_lite.text.masking import mask_tokens
from plmrec_lite.text.passages import running_text, sentence_pairs
from plmrec_lite.text.pretraining import masked_model, pretrain, pretraining_losses
from plmrec_lite.text.small_bert import small_bert
from plmrec_lite.text.wordpiece import SPECIAL_TOKENS
from plmrec_lite.training import Training, cut

KINDS = [BertForPreTraining, BertForMaskedLM, BertLMHeadModel]
LETTERS = "abcdefghij"
SHORT = Training(n_steps=4, batch_size=32)


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
        "n_asked": int((labels != -100).sum()),
        "n_rows": rows,
    }


def asks(batch):
    """What transformers' own models take."""
    names = ("input_ids", "token_type_ids", "attention_mask", "labels")
    return {name: batch[name] for name in names}


def test_losses_equal_those_of_transformers(tokenizer, documents):
    batch = batch_of(tokenizer, documents)
    model = tiny(BertForPreTraining, tokenizer)
    theirs = model(
        **asks(batch),
        next_sentence_label=(~batch["is_next"]).long(),
    ).loss
    ours = pretraining_losses(model, batch)
    assert set(ours) == {"loss", "word", "next sentence", "guessed"}
    torch.testing.assert_close(ours["loss"], theirs)
    torch.testing.assert_close(ours["word"] + ours["next sentence"], theirs)
    assert ours["guessed"] == batch["n_asked"]

    model = tiny(BertForMaskedLM, tokenizer)
    theirs = model(**asks(batch)).loss
    torch.testing.assert_close(pretraining_losses(model, batch)["word"], theirs)


def test_left_to_right_loss_equals_that_of_transformers(tokenizer, documents):
    batch = batch_of(tokenizer, documents)
    whole = batch["input_ids"]
    labels = whole.masked_fill(whole == 0, -100)
    batch |= {"labels": labels, "n_asked": int((labels[:, 1:] != -100).sum())}
    model = tiny(BertLMHeadModel, tokenizer)
    theirs = model(**asks(batch)).loss
    ours = pretraining_losses(model, batch)
    assert set(ours) == {"loss", "word", "guessed"}
    torch.testing.assert_close(ours["word"], theirs)
    assert ours["guessed"] == batch["n_asked"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_losses_of_the_parts_add_up(kind, tokenizer, documents):
    batch, model = batch_of(tokenizer, documents), tiny(kind, tokenizer)
    if kind is BertLMHeadModel:
        batch["n_asked"] = int((batch["labels"][:, 1:] != -100).sum())
    whole = pretraining_losses(model, batch)
    parts = [pretraining_losses(model, part) for part in cut(batch, 4)]
    for name, value in whole.items():
        torch.testing.assert_close(sum(part[name] for part in parts), value)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_asked_is_a_loss_of_zero_without_a_gradient(kind, tokenizer, documents):
    batch, model = batch_of(tokenizer, documents), tiny(kind, tokenizer)
    batch |= {"labels": torch.full_like(batch["labels"], -100), "n_asked": 0}
    losses = pretraining_losses(model, batch)
    assert losses["word"] == losses["guessed"] == 0
    losses["word"].backward()
    slopes = [weight.grad for weight in model.parameters() if weight.grad is not None]
    assert slopes and all((slope == 0).all() for slope in slopes)


def test_a_run_in_which_nothing_is_asked_records_zeros(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    model = tiny(BertForMaskedLM, tokenizer)
    run = pretrain(model, text, tokenizer, replace(SHORT, weight_decay=0.0), rate=0.0)
    assert run.word.tolist() == run.loss.tolist() == run.guessed.tolist() == [0] * 4
    for one, two in zip(
        model.parameters(), tiny(BertForMaskedLM, tokenizer).parameters(), strict=True
    ):
        assert torch.equal(one, two)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_learns_the_alphabet(kind, tokenizer, documents):
    make = sentence_pairs if kind is BertForPreTraining else running_text
    passages = make(documents, tokenizer, max_length=24)
    model = tiny(kind, tokenizer)
    settings = Training(n_steps=60, batch_size=16, learning_rate=1e-2)
    run = pretrain(model, passages, tokenizer, settings, device="cpu")
    assert len(run) == 60
    assert run.word[:3].mean() > 2  # about log 15 = 2.7
    assert run.word[-10:].mean() < 0.6 * run.word[:3].mean()
    assert ("next sentence" in run) == (kind is BertForPreTraining)
    assert not model.training


def test_left_to_right_guesses_all_and_a_masked_model_few(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    n_tokens = (text.input_ids != 0).sum(1).mean()
    settings = Training(n_steps=10, batch_size=40)
    masked = pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, settings)
    following = pretrain(tiny(BertLMHeadModel, tokenizer), text, tokenizer, settings)
    assert following.guessed.mean() == pytest.approx(40 * (n_tokens - 1), rel=0.02)
    assert masked.guessed.mean() == pytest.approx(0.15 * 40 * (n_tokens - 2), rel=0.2)


@pytest.fixture
def seen(monkeypatch):
    """The batches that a model is trained on."""
    batches = []

    def spy(model, batch):
        batches.append(batch)
        return pretraining_losses(model, batch)

    monkeypatch.setattr(pretraining, "pretraining_losses", spy)
    return batches


def whole_text(batch):
    """The rows of a batch with nothing hidden."""
    return torch.where(batch["labels"] == -100, batch["input_ids"], batch["labels"]).tolist()


def test_order_and_masks_are_drawn_anew_in_each_epoch(tokenizer, documents, seen):
    text = running_text(documents[:9], tokenizer, max_length=24)
    n = len(text.input_ids)
    pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, Training(n_steps=3, batch_size=n))
    rows = [whole_text(batch) for batch in seen]
    every = sorted(row[: (row != 0).sum()].tolist() for row in text.input_ids)
    stripped = [[[i for i in row if i != 0] for row in batch] for batch in rows]
    assert all(sorted(batch) == every for batch in stripped)
    assert stripped[0] != stripped[1] != stripped[2]
    hidden = [
        {
            (tuple(row), place)
            for row, labels in zip(batch, seen[k]["labels"].tolist(), strict=True)
            for place, label in enumerate(labels)
            if label != -100
        }
        for k, batch in enumerate(stripped)
    ]
    assert hidden[0] != hidden[1] != hidden[2]
    assert len(hidden[0] & hidden[1]) < 0.5 * len(hidden[0])
    places = [(batch["labels"] != -100).tolist() for batch in seen]
    assert places[0] != places[1] != places[2]  # not the same places of the table either


def test_left_to_right_nothing_is_asked_at_padding_or_of_the_first_token(tokenizer, seen):
    text = running_text([["a b", "b"], ["a b c d e f g h"]], tokenizer, max_length=24)
    settings = Training(n_steps=1, batch_size=2)
    run = pretrain(tiny(BertLMHeadModel, tokenizer), text, tokenizer, settings)
    (batch,) = seen
    asked = batch["labels"] != -100
    assert sorted(asked.sum(1).tolist()) == [4, 9] and run.guessed.tolist() == [13]
    assert not asked[:, 0].any() and not asked[batch["attention_mask"] == 0].any()
    assert torch.equal(batch["labels"][asked], batch["input_ids"][asked])


def test_batches_end_with_their_longest_text_and_hide_padding(tokenizer, seen):
    short, long = [["a b", "b"]], [["a b c d e f g h"]]
    text = running_text(short * 4 + long * 4, tokenizer, max_length=24)
    settings = Training(n_steps=8, batch_size=1)
    pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, settings)
    assert {batch["input_ids"].shape[1] for batch in seen} == {5, 10}
    pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, replace(settings, batch_size=8))
    batch = seen[-1]
    there = batch["attention_mask"].bool()
    assert there.sum(1).tolist().count(5) == 4 and batch["input_ids"].shape == (8, 10)
    assert (batch["input_ids"][~there] == 0).all() and (batch["labels"][~there] == -100).all()
    assert (torch.tensor(whole_text(batch))[there] != 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_loss(kind, tokenizer, documents):
    batch, model = batch_of(tokenizer, documents), tiny(kind, tokenizer).eval()
    length = int(batch["attention_mask"].sum(1).max())
    assert length < 24
    tight = batch | {name: table[:, :length] for name, table in asks(batch).items()}
    torch.testing.assert_close(pretraining_losses(model, batch), pretraining_losses(model, tight))


def test_the_rate_counts(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    few, many = (
        pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, SHORT, rate=rate).guessed.sum()
        for rate in (0.1, 0.5)
    )
    assert many > 3 * few
    with pytest.raises(ValueError, match="rate=2"):
        pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, SHORT, rate=2)


def test_the_seed_decides(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    runs = []
    for seed in (0, 0, 1):
        torch.manual_seed(len(runs))
        state = torch.get_rng_state()
        settings = replace(SHORT, seed=seed)
        runs.append(pretrain(tiny(BertForMaskedLM, tokenizer), text, tokenizer, settings).word)
        assert torch.equal(torch.get_rng_state(), state)
    assert runs[0].tolist() == runs[1].tolist() != runs[2].tolist()


def test_watch(tokenizer, documents):
    text, looks = running_text(documents, tokenizer, max_length=24), []
    model = tiny(BertForMaskedLM, tokenizer)

    def watch(step, given):
        looks.append((step, given is model, given.training))

    pretrain(model, text, tokenizer, SHORT, watch=watch, watch_every=3)
    assert looks == [(0, True, False), (3, True, False), (4, True, False)]


def test_masked_model_trains_the_encoder_itself(tiny_bert):
    encoder = TextEncoder(str(tiny_bert), device="cpu")
    before = encoder.encode(["a war film"])
    model = masked_model(encoder)
    np.testing.assert_array_equal(encoder.encode(["a war film"]), before)
    table = encoder.model.embeddings.word_embeddings.weight
    assert model.cls.predictions.decoder.weight is table
    text = running_text([["a war film", "a love story"]] * 4, encoder.tokenizer, max_length=12)
    pretrain(model, text, encoder.tokenizer, replace(SHORT, learning_rate=1e-2), device="cpu")
    assert np.abs(encoder.encode(["a war film"]) - before).max() > 1e-3
    assert not encoder.model.training
    assert not any(weight.requires_grad for weight in encoder.model.pooler.parameters())


def test_the_seed_of_a_head(tiny_bert):
    def head(seed):
        model = masked_model(TextEncoder(str(tiny_bert), device="cpu"), seed)
        return model.cls.predictions.transform.dense.weight

    state = torch.get_rng_state()
    assert torch.equal(head(0), head(0)) and not torch.equal(head(0), head(1))
    assert torch.equal(torch.get_rng_state(), state)


def test_masked_model_wants_a_bert(tiny_bert):
    encoder = TextEncoder(str(tiny_bert), device="cpu")
    encoder.model = torch.nn.Linear(2, 2)
    with pytest.raises(ValueError, match="is a Linear: take a BERT"):
        masked_model(encoder)


def test_bad_input(tokenizer, documents):
    text = running_text(documents, tokenizer, max_length=24)
    with pytest.raises(ValueError, match="no pairs"):
        pretrain(tiny(BertForPreTraining, tokenizer), text, tokenizer)
