"""Do words help a sequence model more when their vectors are not whitened?

`sequences`, `text-controls` and `ids-from-text` whiten the vectors of texts to 128
directions of one spread. Here the same 128 directions keep their spread, and one
factor makes the mean variance 1, as there. Settings and seeds are theirs.

Predicted on 2026-11-27, before the first run, but after `semantic-ids` had shown on
validation that a model of text alone ranks better with centred vectors (0.111) than
with whitened ones (0.082): beside ids the form matters less. Neither MiniLM nor
TF-IDF gains 0.005 by keeping its spread, added or as a start; MiniLM is not shown
ahead of TF-IDF in either role.
"""

from dataclasses import replace

import numpy as np
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.recommenders import NetworkSettings, SequentialTransformer
from plmrec_lite.text import TextEncoder
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2, 3, 4)
CASES = {
    f"{role}, {words}": {"items": items, "n_epochs": n_epochs, "words": words}
    for words in ("MiniLM", "TF-IDF")
    for role, items, n_epochs in (
        ("added", "both", 48),
        ("start", "initialised", 24),
    )
}
CHECK = {
    "words": "TF-IDF",
    "items": "both",
    "n_epochs": 1,
    "d_model": 16,
    "length": 10,
}
N_DIRECTIONS = 128


def run(seed, words, items, n_epochs, **sizes):
    """NDCG@10 on the test, and each test film's place in its list, 10 for none."""
    movielens = load_movielens()
    split = leave_one_out(movielens.interactions)
    model = SequentialTransformer(items=items, network=NetworkSettings(**sizes))
    model.training = replace(model.training, n_epochs=n_epochs, seed=seed)
    model.fit(split.known("test"), vectors_of(movielens.items.text, words))
    report = evaluate(model, split)
    wanted = split.test.items[np.argsort(split.test.users)]
    found = report.recommended == wanted[:, None]
    places = np.where(found.any(1), found.argmax(1), report.k)
    return {"ndcg": report.mean()["ndcg"], "places": places}


def vectors_of(texts, words):
    """Vectors (n_films, 128) of the films' texts: the largest directions."""
    texts = texts.tolist()
    if words == "TF-IDF":
        read = TfidfVectorizer(sublinear_tf=True).fit_transform(texts).toarray()
    else:
        read = TextEncoder(cache=True).encode(texts)
    kept = PCA(N_DIRECTIONS, svd_solver="full").fit_transform(
        np.asarray(read, dtype=np.float64)
    )
    return (kept / np.sqrt(kept.var(axis=0).mean())).astype(np.float32)
