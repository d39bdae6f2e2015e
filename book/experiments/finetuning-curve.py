"""With how many labels does pre-training pay most?"""

from dataclasses import replace

from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.baselines import EncodedOnce, fit_frozen, fit_tfidf
from plmrec_lite.text.finetuning import FINE_TUNING, probabilities, train_model

STEPS = {50: 40, 100: 60, 300: 80, 1000: 124, 3000: 188}  # of 16 sentences
SEEDS = (0, 1, 2)
CASES = {
    "TF-IDF": {"method": "TF-IDF"},
    "frozen": {"method": "frozen"},
    "all layers": {"method": "all layers", "sizes": [50, 100, 300, 1000]},
}
CHECK = {
    "method": "all layers",
    "sizes": [50],
    "n_judged": 20,
    "sources": ["product"],
}


def run(
    seed, method, sizes=tuple(STEPS), n_judged=600, sources=("product", "film")
):
    """Learn from as many sentences, which the seed draws; others choose."""
    split = stratified_split(load_sentiments(sources))
    validation = split.validation.sample(n_judged // 4)
    test = split.test.sample(n_judged)
    encode = EncodedOnce(TextEncoder().encode)
    results = {}
    for n in sizes:
        train = split.train.sample(n, seed)
        if method == "all layers":
            steps = min(STEPS[n], n_judged)
            settings = replace(
                FINE_TUNING[method],
                n_epochs=None,
                n_steps=steps,
                batch_size=16,
                seed=seed,
            )
            model = train_model(
                train,
                validation,
                method,
                settings,
                watch_every=steps // 4,
                patience=4,
            )
            predicted = probabilities(model, test.texts).argmax(1)
        elif method == "frozen":
            predicted = fit_frozen(train, validation, encode).predict(test.texts)
        else:
            predicted = fit_tfidf(train, validation).predict(test.texts)
        results[f"macro-F1, {n}"] = macro_f1(test.labels, predicted)
        results[f"predictions, {n}"] = predicted
    return results
