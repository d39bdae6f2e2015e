"""What a fine-tuned model has to beat: the most common class, counted words, frozen vectors."""

from __future__ import annotations

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from plmrec_lite.evaluation.classification import macro_f1

STRENGTHS = (0.3, 3, 30, 300)
WEIGHTS = (None, "balanced")


class EncodedOnce:
    """Vectors of texts, each text encoded once and then kept.

    Parameters
    ----------
    encode : callable; takes a list of m texts, returns a float array (m, d)
    """

    def __init__(self, encode):
        self.encode = encode
        self.kept = {}

    def __call__(self, texts):
        """Return the vectors of texts, float array (n, d)."""
        if new := [text for text in dict.fromkeys(texts) if text not in self.kept]:
            self.kept.update(zip(new, self.encode(new), strict=True))
        return np.stack([self.kept[text] for text in texts])


def fit_majority(train):
    """Fit a classifier that always says the most common class.

    Parameters
    ----------
    train : LabelledTexts

    Returns
    -------
    sklearn.dummy.DummyClassifier; ``predict(texts)`` gives int labels (n,)
    """
    return DummyClassifier(strategy="most_frequent").fit(train.texts, train.labels)


def fit_tfidf(train, validation):
    """Fit a logistic regression on counted words and pairs of words.

    Parameters
    ----------
    train : LabelledTexts
    validation : LabelledTexts; the penalty and the class weights with the highest macro-F1 here
        are taken

    Returns
    -------
    sklearn.pipeline.Pipeline; ``predict(texts)`` gives int labels (n,)

    Raises
    ------
    ValueError: only one class to learn

    Source: Wang and Manning 2012 (word pairs as a strong baseline).
    """
    return _fit(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), train, validation)


def fit_frozen(train, validation, encode):
    """Fit a logistic regression on the vectors of a frozen language model.

    Parameters
    ----------
    train, validation : LabelledTexts; see ``fit_tfidf``
    encode : callable; texts to vectors (n, d), such as an ``EncodedOnce``

    Returns
    -------
    sklearn.pipeline.Pipeline; ``predict(texts)`` gives int labels (n,)

    Raises
    ------
    ValueError: only one class to learn

    Source: Reimers and Gurevych 2019 (sentence vectors as features).
    """
    return _fit(FunctionTransformer(encode), train, validation)


def _fit(features, train, validation):
    best, best_f1 = None, -1.0
    known, asked = features.fit_transform(train.texts), features.transform(validation.texts)
    for weight in WEIGHTS:
        for strength in STRENGTHS:
            model = LogisticRegression(C=strength, class_weight=weight, max_iter=1000)
            f1 = macro_f1(validation.labels, model.fit(known, train.labels).predict(asked))
            if f1 > best_f1:
                best, best_f1 = model, f1
    return make_pipeline(features, best)
