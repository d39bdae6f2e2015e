"""The article's four functions: shapes, batches, seeds, and each bad input by name."""

import numpy as np
import pytest
import torch

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import (
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
    torch.manual_seed(1)
    return TextClassifier(CLASSES, str(tiny_bert))


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


@pytest.mark.parametrize(
    ("texts", "kind", "message"),
    [
        ("one string", TypeError, r"pass a list, \[text\]"),
        (["fine", None], TypeError, "text 1 is None"),
        (["fine", " "], ValueError, "text 1 is empty"),
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


def trained(tiny_bert, **settings):
    settings = {"epochs": 1, "batch_size": 8, "device": "cpu"} | settings
    return train_model(labelled(), labelled(), name=str(tiny_bert), **settings)


def test_the_seed_decides_everything(tiny_bert):
    one, again, other = (probabilities(trained(tiny_bert, seed=seed), TEXTS) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert abs(one - other).max() > 1e-3


@pytest.mark.parametrize(
    ("method", "rate"), [("all layers", 2e-4), ("last layers", 1e-3), ("LoRA", 2e-3)]
)
def test_each_method_trains_at_its_own_rate_and_returns_a_plain_model(tiny_bert, method, rate):
    model = trained(tiny_bert, method=method, warmup=0)
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


def test_a_texts_length_is_cut_in_training_too(tiny_bert):
    texts = LabelledTexts(["war " * 40, "love " * 40] * 8, [0, 1] * 8, CLASSES, range(16))
    model = train_model(texts, texts, name=str(tiny_bert), epochs=1, batch_size=8, device="cpu")
    assert len(model.history) == 2


def test_parts_that_do_not_fit(tiny_bert):
    other = LabelledTexts(["a"], [0], ("a", "b"), [0])
    with pytest.raises(ValueError, match=r"24 texts of \('war', 'love', 'other'\).*1 of \('a'"):
        train_model(labelled(), other, name=str(tiny_bert))
    with pytest.raises(ValueError, match="0 texts"):
        train_model(labelled(0), labelled(), name=str(tiny_bert))
