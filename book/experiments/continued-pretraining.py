"""Does guessing words in film texts make MiniLM's vectors better at later tasks?"""

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.recommenders import ContentBased
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.baselines import EncodedOnce, fit_frozen
from plmrec_lite.text.corpus import film_corpus
from plmrec_lite.text.held_out import guess_hidden
from plmrec_lite.text.pretraining import masked_model, pretrain, running_text
from plmrec_lite.training import Training

SEEDS = (0, 1, 2)
SEEDS_OF = {"MiniLM as it comes": (0,)}  # nothing is drawn
CASES = {
    "MiniLM as it comes": {"n_steps": 0},
    "120 steps on film texts": {"n_steps": 120},
}
CHECK = {"n_steps": 2, "n_known": 60, "n_judged": 60, "recommend": False}


def run(seed, n_steps, n_known=500, n_judged=1000, recommend=True):
    """Pre-train further, then measure vectors; no judged sentence is trained on."""
    encoder = TextEncoder()
    corpus, values = film_corpus(), {}
    split = stratified_split(load_sentiments(("film",)))
    if n_steps:
        reviews = split.train.sample(4000, seed).texts
        texts = corpus.train + [[text] for text in reviews]
        train = running_text(texts, encoder.tokenizer, max_length=32)
        model = masked_model(encoder, seed)
        settings = Training(
            n_steps=n_steps, batch_size=16, learning_rate=1e-4, seed=seed
        )
        history = pretrain(model, train, encoder.tokenizer, settings)
        held_out = running_text(corpus.test[: n_judged // 10], encoder.tokenizer)
        values["hidden words right"] = float(
            guess_hidden(model, held_out, encoder.tokenizer).right.mean()
        )
        values["loss, last 10 steps"] = float(history.word[-10:].mean())

    encode = EncodedOnce(encoder.encode)
    known, validation = (
        split.train.sample(n_known),
        split.validation.sample(min(300, n_judged)),
    )
    test = split.test.sample(n_judged)
    predicted = fit_frozen(known, validation, encode).predict(test.texts)
    values |= {
        "macro-F1": macro_f1(test.labels, predicted),
        "predictions": predicted,
        "labels": test.labels,
    }

    if not recommend:
        return values
    movielens = load_movielens()
    vectors = encoder.encode(movielens.items.text.tolist())
    split = leave_one_out(movielens.interactions)
    model = ContentBased(decay=0.8).fit(
        split.known("test"), vectors - vectors.mean(0)
    )
    ndcg = evaluate(model, split).per_user["ndcg"]
    return values | {"ndcg": float(np.mean(ndcg)), "ndcg by user": np.asarray(ndcg)}
