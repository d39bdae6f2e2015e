"""What does fine-tuning gain on three-class sentiment, with 2,000 labels?"""

import time
from dataclasses import replace

from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.baselines import (
    EncodedOnce,
    fit_frozen,
    fit_majority,
    fit_tfidf,
)
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model

SEEDS = (0, 1, 2)
CASES = {
    "majority": {"method": "majority"},
    "TF-IDF": {"method": "TF-IDF"},
    "frozen": {"method": "frozen"},
    "last layers": {"method": "last layers"},
    "LoRA": {"method": "LoRA"},
    "all layers": {"method": "all layers"},
}
SEEDS_OF = {  # nothing is drawn
    "majority": (0,),
    "TF-IDF": (0,),
    "frozen": (0,),
}
CHECK = {"method": "all layers", "n": 64, "n_judged": 64, "sources": ["product"]}


def run(seed, method, n=2000, n_judged=1500, sources=("product", "film")):
    """Train one method on n sentences, judge it on n_judged others."""
    split = stratified_split(load_sentiments(sources))
    train, validation = split.train.sample(n), split.validation.sample(n // 8)
    test = split.test.sample(n_judged)
    start = time.perf_counter()
    if method == "majority":
        model, n_weights = fit_majority(train), 0
    elif method == "TF-IDF":
        model = fit_tfidf(train, validation)
        n_weights = model[-1].coef_.size
    elif method == "frozen":
        encode = EncodedOnce(TextEncoder().encode)
        model = fit_frozen(train, validation, encode)
        n_weights = model[-1].coef_.size
    else:
        n_weights = TextClassifier(train.classes).choose_weights(method)
        settings = replace(
            FINE_TUNING[method], n_epochs=1, batch_size=16, seed=seed
        )
        model = train_model(train, validation, method, settings)
    seconds = time.perf_counter() - start
    if isinstance(model, TextClassifier):
        predicted = probabilities(model, test.texts).argmax(1)
    else:
        predicted = model.predict(test.texts)
    return {
        "macro-F1": macro_f1(test.labels, predicted),
        "accuracy": float((test.labels == predicted).mean()),
        "trained numbers": n_weights,
        "seconds to train": seconds,
        "predictions": predicted,
    }
