"""And with all the labels: does counting words catch up?"""

from dataclasses import replace

from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.baselines import EncodedOnce, fit_frozen, fit_tfidf
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model

SEEDS = (0, 1, 2)
CASES = {
    "TF-IDF, 3,000": {"method": "TF-IDF", "n": 3000},
    "frozen, 3,000": {"method": "frozen", "n": 3000},
    "all layers, 3,000": {"method": "all layers", "n": 3000},
    "TF-IDF, all": {"method": "TF-IDF"},
    "frozen, all": {"method": "frozen"},
    "all layers, all": {"method": "all layers"},
}
SEEDS_OF = {"TF-IDF, all": (0,), "frozen, all": (0,)}  # nothing is drawn
CHECK = {"method": "all layers", "n": 64, "n_judged": 64, "sources": ["product"]}


def run(seed, method, n=None, n_judged=None, sources=("product", "film")):
    """Learn from n sentences that the seed draws, or from all; judge on others."""
    split = stratified_split(load_sentiments(sources))
    train = split.train.sample(n or len(split.train), seed)
    validation = split.validation.sample(min(400, len(split.validation)))
    test = split.test.sample(n_judged or len(split.test))
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
        predicted = fit_tfidf(train, validation).predict(test.texts)
    return {
        "labels": len(train),
        "macro-F1": macro_f1(test.labels, predicted),
        "accuracy": float((test.labels == predicted).mean()),
        "predictions": predicted,
    }
