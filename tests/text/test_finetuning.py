"""The article's four functions: shapes, batches, seeds, and each bad input by name."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.text import TextEncoder, finetuning
from plmrec_lite.text.batches import TextBatches, collate
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import (
    FINE_TUNING,
    as_examples,
    classifier_loss,
    extract_features,
    predict,
    preprocess_data,
    probabilities,
    train_model,
)
from plmrec_lite.text.pretrained import load_pretrained

TEXTS = ["a war film", "a love story a love story", "war", "love love"]
CLASSES = ("war", "love", "other")


@pytest.fixture
def classifier(tiny_bert):
    return TextClassifier(CLASSES, str(tiny_bert), seed=1)


def labelled(n=24):
    return LabelledTexts(TEXTS[:2] * (n // 2), [0, 1] * (n // 2), CLASSES, range(n))


def test_preprocess_fills_up_to_the_longest_and_no_further(tiny_bert):
    tokenizer, _ = load_pretrained(str(tiny_bert))
    tables = preprocess_data(TEXTS[:3], tokenizer)
    assert {key: tuple(value.shape) for key, value in tables.items()} == {
        "input_ids": (3, 8),
        "attention_mask": (3, 8),
    }
    assert tables["attention_mask"].sum(1).tolist() == [5, 8, 3]
    assert tables["input_ids"][2].tolist() == [2, 6, 3, 0, 0, 0, 0, 0]


def test_preprocess_cuts_and_keeps_the_end_sign(tiny_bert):
    tokenizer, _ = load_pretrained(str(tiny_bert))
    tables = preprocess_data(["war " * 30], tokenizer, max_length=6)
    assert tables["input_ids"].tolist() == [[2, 6, 6, 6, 6, 3]]


def test_the_default_tokenizer_is_minilms():
    assert preprocess_data(["a gem"])["input_ids"].tolist() == [[101, 1037, 17070, 102]]


def test_features_are_a_frozen_encoders(tiny_bert):
    encoder = TextEncoder(str(tiny_bert), "cpu")
    features = extract_features(TEXTS, encoder, batch_size=2)
    np.testing.assert_allclose(features, encoder.encode(TEXTS), atol=1e-6)
    assert features.dtype == np.float32
    assert extract_features(["war " * 30], encoder).shape == (1, 8)


def test_probabilities_do_not_depend_on_batch_or_order(classifier):
    together, alone = (probabilities(classifier, TEXTS, batch_size=n) for n in (64, 1))
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(together.sum(1), 1)
    np.testing.assert_allclose(probabilities(classifier, TEXTS[::-1]), together[::-1], atol=1e-6)


def test_predict_names_the_most_likely_class_without_dropout(classifier):
    classifier.train()
    likely = probabilities(classifier, TEXTS)
    assert predict(classifier, TEXTS).tolist() == [CLASSES[k] for k in likely.argmax(1)]
    assert np.array_equal(likely, probabilities(classifier, TEXTS))


def test_a_long_text_is_cut(classifier):
    long, cut = probabilities(classifier, ["war " * 30, "war " * 14])
    np.testing.assert_allclose(long, cut, atol=1e-6)


@pytest.mark.parametrize("ask", [probabilities, predict])
def test_as_many_texts_and_tokens_are_read_at_once_as_asked_for(classifier, ask):
    read = []
    classifier.register_forward_pre_hook(
        lambda _, args, named: read.append(tuple(named["input_ids"].shape)), with_kwargs=True
    )
    ask(classifier, ["war " * 30] * 3, batch_size=2, max_length=5)
    assert read == [(2, 5), (1, 5)]


@pytest.mark.parametrize(
    ("texts", "kind", "message"),
    [
        ("one string", TypeError, r"pass a list, \[text\]"),
        ({"a": "b"}, TypeError, "texts is a dict"),
        ({"a"}, TypeError, "texts is a set"),
        (["fine", None], TypeError, "text 1 of texts is None"),
        (["fine", " "], ValueError, "text 1 of texts is empty"),
        ([], ValueError, "no texts"),
    ],
)
def test_bad_texts(classifier, texts, kind, message):
    for function in (
        lambda t: preprocess_data(t, classifier.tokenizer),
        lambda t: predict(classifier, t),
    ):
        with pytest.raises(kind, match=message):
            function(texts)


def test_no_float64_is_asked_of_the_device(classifier, monkeypatch):
    """Apple's GPU has none: logits come to the CPU first."""
    moved = []
    cpu, double = torch.Tensor.cpu, torch.Tensor.double
    monkeypatch.setattr(torch.Tensor, "cpu", lambda x: moved.append("cpu") or cpu(x))
    monkeypatch.setattr(torch.Tensor, "double", lambda x: moved.append("double") or double(x))
    probabilities(classifier, ["war"])
    assert moved == ["cpu", "double"]


def trained(tiny_bert, method="all layers", changes=None, **arguments):
    settings = replace(FINE_TUNING[method], n_epochs=1, batch_size=8, **changes or {})
    arguments = {"name": str(tiny_bert), "device": "cpu"} | arguments
    return train_model(labelled(), labelled(), method, settings, **arguments)


def test_it_learns_and_tells_how(small_texts, still_bert):
    settings = replace(FINE_TUNING["all layers"], n_epochs=10, batch_size=8, learning_rate=0.01)
    model = train_model(
        small_texts,
        small_texts.take(range(16)),
        settings=settings,
        name=str(still_bert),
        patience=None,
        device="cpu",
    )
    history = model.history
    assert not model.training
    assert history.step.tolist() == list(range(81))
    assert history.loss[1:9].mean() > 2 * history.loss[-8:].mean()
    assert history.validation_macro_f1.max() > 0.9
    assert history.validation_loss.notna().sum() == 11
    wrong = model(
        **collate(model.tokenizer, as_examples(small_texts.take(range(16)), model.tokenizer))
    )
    best = history.validation_macro_f1.idxmax()
    assert wrong["loss"].item() == pytest.approx(history.validation_loss[best], abs=1e-5)


def test_validation_chooses(small_texts, still_bert, monkeypatch):
    """Whatever is best on the validation texts, by macro-F1 and by nothing else, is kept."""
    seen, scores = [], iter([0.1, 0.5, 0.9, 0.4, 0.3, 0.2])
    validation = small_texts.take(range(16))

    def judged(labels, predicted):
        seen.append((list(labels), predicted.shape))
        return next(scores)

    monkeypatch.setattr(finetuning, "macro_f1", judged)
    settings = replace(FINE_TUNING["all layers"], n_epochs=5, batch_size=8, learning_rate=0.01)
    model = train_model(
        small_texts, validation, settings=settings, name=str(still_bert), patience=2, device="cpu"
    )
    looks = model.history.dropna(subset="validation_loss")
    assert looks.step.tolist() == [0, 8, 16, 24, 32]
    assert seen == [(list(validation.labels), (16,))] * 5
    batch = collate(model.tokenizer, as_examples(validation, model.tokenizer))
    with torch.inference_mode():
        loss = model(**batch)["loss"].item()
    assert loss == pytest.approx(looks.validation_loss.iloc[2], abs=1e-5)


def test_looks_at_validation(tiny_bert):
    model = trained(tiny_bert, watch_every=2, patience=None)
    assert model.history.dropna(subset="validation_loss").step.tolist() == [0, 2, 3]


def test_the_seed_decides_everything(tiny_bert):
    one, again, other = (
        probabilities(trained(tiny_bert, changes={"seed": seed}), TEXTS) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert abs(one - other).max() > 1e-3


@pytest.mark.parametrize(
    ("method", "rate"), [("all layers", 2e-4), ("last layers", 1e-3), ("LoRA", 2e-3)]
)
def test_each_method_trains_at_its_own_rate_and_returns_a_plain_model(
    tiny_bert, method, rate, monkeypatch
):
    judge = iter(range(9))
    monkeypatch.setattr(finetuning, "macro_f1", lambda *_: next(judge))  # keep the last state
    model = train_model(labelled(), labelled(), method, name=str(tiny_bert), device="cpu")
    assert FINE_TUNING[method].learning_rate == rate
    assert model.history.learning_rate.max() == pytest.approx(rate)
    assert type(model.encoder).__name__ == "BertModel"
    moved = {
        key
        for (key, new), old in zip(
            model.encoder.named_parameters(),
            load_pretrained(str(tiny_bert))[1].parameters(),
            strict=True,
        )
        if not torch.equal(new, old)
    }
    embeddings = any(key.startswith("embeddings") for key in moved)
    biases = any(key.endswith("query.bias") for key in moved)
    assert moved
    assert (embeddings, biases) == {
        "all layers": (True, True),
        "last layers": (False, True),
        "LoRA": (False, False),
    }[method]


def test_texts_of_a_batch_are_padded_and_padding_is_not_attended_to(classifier):
    texts = LabelledTexts(TEXTS, [0, 1, 0, 1], CLASSES, range(4))
    (batch,) = TextBatches(
        as_examples(texts, classifier.tokenizer), classifier.tokenizer, 4, 0
    ).epoch(0)
    assert batch["attention_mask"].sum(1).tolist() == [3, 4, 5, 8]
    loss = classifier_loss(classifier.eval(), batch)["loss"]
    alone = [
        classifier_loss(
            classifier,
            {
                **{
                    key: row[None, : batch["attention_mask"][i].sum()]
                    for key, row in (
                        ("input_ids", batch["input_ids"][i]),
                        ("attention_mask", batch["attention_mask"][i]),
                    )
                },
                "labels": batch["labels"][i : i + 1],
                "num_items_in_batch": 4,
            },
        )["loss"]
        for i in range(4)
    ]
    torch.testing.assert_close(loss, sum(alone))


def test_a_texts_length_is_cut_in_training_too(tiny_bert):
    texts = LabelledTexts(["war " * 40, "love " * 40] * 8, [0, 1] * 8, CLASSES, range(16))
    settings = replace(FINE_TUNING["all layers"], n_epochs=1, batch_size=8)
    cut, short = (
        train_model(
            texts, texts, settings=settings, name=str(tiny_bert), device="cpu", max_length=n
        ).history
        for n in (128, 5)
    )
    assert cut.step.max() == 2
    assert cut.loss[1] != short.loss[1] and cut.validation_loss[0] != short.validation_loss[0]


def test_parts_that_do_not_fit(tiny_bert):
    other = LabelledTexts(["a"], [0], ("a", "b"), [0])
    with pytest.raises(ValueError, match=r"24 texts of \('war', 'love', 'other'\).*1 of \('a'"):
        train_model(labelled(), other, name=str(tiny_bert))
    with pytest.raises(ValueError, match="0 texts"):
        train_model(labelled(0), labelled(), name=str(tiny_bert))
    with pytest.raises(ValueError, match=r"method='some layers': use one of 'all layers'"):
        train_model(labelled(), labelled(), "some layers", name=str(tiny_bert))
