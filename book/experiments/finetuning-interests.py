"""Can the same methods tell which interest a sentence belongs to?"""

from dataclasses import replace

from plmrec_lite.data.sources.opinions import load_interests
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.baselines import (
    EncodedOnce,
    fit_frozen,
    fit_majority,
    fit_tfidf,
)
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model

SEEDS = (0, 1, 2)
CASES = {
    name: {"method": name}
    for name in ("majority", "TF-IDF", "frozen", "all layers")
}
SEEDS_OF = {  # nothing is drawn
    "majority": (0,),
    "TF-IDF": (0,),
    "frozen": (0,),
}
CHECK = {"method": "all layers", "n": 48, "n_sentences": 400}


def run(seed, method, n=600, n_sentences=3000):
    """Split n_sentences, learn from n of the training part, judge on the test."""
    split = stratified_split(load_interests().sample(n_sentences))
    train, validation, test = split.train.sample(n), split.validation, split.test
    if method == "all layers":
        settings = replace(
            FINE_TUNING[method], n_epochs=1, batch_size=16, seed=seed
        )
        model = train_model(train, validation, method, settings)
        predicted = probabilities(model, test.texts).argmax(1)
    elif method == "frozen":
        encode = EncodedOnce(TextEncoder().encode)
        predicted = fit_frozen(train, validation, encode).predict(test.texts)
    else:
        fit = {"majority": lambda *_: fit_majority(train), "TF-IDF": fit_tfidf}[
            method
        ]
        predicted = fit(train, validation).predict(test.texts)
    return {
        "macro-F1": macro_f1(test.labels, predicted),
        "accuracy": float((test.labels == predicted).mean()),
        "predictions": predicted,
    }
