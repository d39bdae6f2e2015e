"""The baselines: what they learn, what validation chooses, and that nothing is encoded twice."""

import numpy as np
import pytest

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.text.baselines import EncodedOnce, fit_frozen, fit_majority, fit_tfidf

CLASSES = ("bad", "good")


def texts(n, seed, flip=0.0):
    """Sentences that are good if they hold *gem*; a share of the labels is wrong."""
    rng = np.random.default_rng(seed)
    good = rng.random(n) < 0.7
    wrong = rng.random(n) < flip
    words = [f"a {'gem' if g else 'bore'} of film number {i}" for i, g in enumerate(good)]
    return LabelledTexts(words, (good ^ wrong).astype(int), CLASSES, range(n))


def test_majority():
    model = fit_majority(texts(50, 0))
    assert model.predict(["a bore", "a gem"]).tolist() == [1, 1]


def test_tfidf_finds_the_word():
    model = fit_tfidf(texts(60, 0), texts(30, 1))
    assert model.predict(["what a bore", "a gem"]).tolist() == [0, 1]


def test_frozen_uses_the_vectors():
    def encode(found):
        return np.array([[text.count("gem"), text.count("a")] for text in found], dtype=float)

    model = fit_frozen(texts(60, 0), texts(30, 1), encode)
    assert model.predict(["what a bore", "a gem"]).tolist() == [0, 1]


def test_validation_chooses(monkeypatch):
    scores = iter([0.1, 0.2, 0.3, 0.4, 0.9, 0.5, 0.9, 0.7])
    monkeypatch.setattr("plmrec_lite.text.baselines.macro_f1", lambda *_: next(scores))
    chosen = fit_tfidf(texts(60, 0), texts(30, 1))[-1]
    assert (chosen.class_weight, chosen.C) == ("balanced", 0.3)  # of two that are equal, the first


def test_one_class_only():
    train = LabelledTexts(["a gem", "a bore"], [0, 0], CLASSES, [0, 1])
    with pytest.raises(ValueError, match="classes"):
        fit_tfidf(train, train)


def test_each_text_is_encoded_once():
    asked = []

    def encode(found):
        asked.append(list(found))
        return np.array([[len(text)] for text in found])

    once = EncodedOnce(encode)
    assert once(["aa", "b", "aa"]).tolist() == [[2], [1], [2]]
    assert once(["b", "ccc"]).tolist() == [[1], [3]]
    assert once(["ccc"]).tolist() == [[3]]
    assert asked == [["aa", "b"], ["ccc"]]
