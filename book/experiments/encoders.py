"""Do the verdicts on cold films rest on one encoder, its limit or its pooling?

A seed is a choice of a fifth of the films; in five seeds each film is cold once.
"""

import re

import numpy as np
from plmrec_lite.book.packing import packed
from plmrec_lite.data import (
    among_all,
    cold_item_split,
    item_text,
    join_synopses,
    load_movielens,
    load_synopses,
)
from plmrec_lite.evaluation.contributions import report_places
from plmrec_lite.evaluation.tuning import tune_each
from plmrec_lite.recommenders import ItemRidge
from plmrec_lite.text import TextEncoder, WordVectors, encoder_named
from plmrec_lite.vectors import unit_scale
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = tuple(range(20))
N_FOLDS = 5
FEW = ("title", "year", "genres")
ALL = (*FEW, "director", "cast", "countries", "languages", "studio")
READERS = ("TF-IDF", "GloVe", "GloVe, by frequency", "MiniLM", "MPNet")
CUTS = (64, 128, 256)  # tokens; without a cut it is 512
PARTS = ("names left out", "only names", "first sentence")
CASES = {
    "title, year, genres": {"texts": FEW, "readers": READERS},
    "all facts in words": {
        "texts": ALL,
        "readers": (*READERS, "TF-IDF, 384 directions"),
    },
    "paragraph": {
        "texts": ("synopsis",),
        "readers": (*READERS, "TF-IDF, 32 directions"),
    },
    "paragraph, cut": {
        "texts": ("synopsis",),
        "readers": tuple(f"MiniLM, {n} tokens" for n in CUTS),
    },
    "paragraph, in part": {
        "texts": ("synopsis",),
        "readers": tuple(
            f"{r}, {part}" for r in ("TF-IDF", "MiniLM") for part in PARTS
        ),
    },
    "paragraph, pooled": {
        "texts": ("synopsis",),
        "readers": ("MiniLM, mean of sentences", "TF-IDF, words of 3 films"),
    },
}
CHECK = {"texts": ("synopsis",), "readers": ("TF-IDF", "GloVe"), "n_users": 100}
PENALTIES = (0.3, 1, 3, 10, 30, 100, 300, 1000)
EDGES = {"smallest": -1, None: 0, "largest": 1}  # of the grid
SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
NAME = re.compile(
    r"(?<!^)\b[A-Z][\w'’-]*"
)  # capitalised, not first in its sentence


def run(seed, texts, readers, n_users=None):
    """Return NDCG@10 by each reader, among cold films and all, and all places."""
    repeat, fold = divmod(seed, N_FOLDS)
    movielens = load_movielens()
    log = movielens.interactions
    if n_users is not None:
        log = log.select(log.users < n_users)
    items = movielens.items
    if "synopsis" in texts:
        items = join_synopses(items, load_synopses())
        log = log.select((items["synopsis"] != "").to_numpy()[log.items])
    share = 0.15 if "synopsis" in texts else 0.1
    split = cold_item_split(log, validation_share=share, seed=repeat, fold=fold)
    told = np.flatnonzero(log.popularity())
    said = item_text(items.iloc[told], texts)
    values = {"films": len(told)}
    for reader in readers:
        read = unit_scale(vectors_of(said, reader))
        vectors = np.zeros((log.n_items, read.shape[1]))
        vectors[told] = read
        candidates = {
            penalty: (ItemRidge(penalty), vectors) for penalty in PENALTIES
        }
        tuned = tune_each(candidates, [split, among_all(split)])
        for among, one in zip(("", ", among all"), tuned, strict=True):
            key = f"{reader}{among}"
            values[key] = one.report.mean()["ndcg"]
            values[f"{key}, places"] = packed(report_places(one.report, split))
            values[f"{key}, penalty"] = one.choice
            values[f"{key}, edge"] = EDGES[one.at_edge.get(0)]
    return values


def vectors_of(texts, reader):
    """Vectors (n, d) of texts; the reader's name says who reads what of them."""
    who, _, what = reader.partition(", ")
    sentences = [SENTENCES.split(text) for text in texts]
    if what == "names left out":
        texts = [" ".join(NAME.sub("", s) for s in row) for row in sentences]
    elif what == "only names":
        texts = [
            " ".join(name for s in row for name in NAME.findall(s))
            for row in sentences
        ]
    elif what == "first sentence":
        texts = [row[0] for row in sentences]
    texts = [text if text.strip() else "film" for text in texts]
    if who == "TF-IDF":
        rare = 3 if what == "words of 3 films" else 1
        counted = TfidfVectorizer(sublinear_tf=True, min_df=rare).fit_transform(
            texts
        )
        if what.endswith("directions"):
            n = int(what.partition(" ")[0])
            return TruncatedSVD(n, random_state=0).fit_transform(counted)
        return counted.toarray()
    if who == "GloVe":
        weighting = "frequency" if what == "by frequency" else "mean"
        return WordVectors(weighting).encode(texts, unknown="zero")
    encoder = encoder_named(who.lower(), cache=True)
    if what == "mean of sentences":
        read = encoder.encode([s for row in sentences for s in row], truncate=True)
        ends = np.cumsum([len(row) for row in sentences])[:-1]
        return np.array([part.mean(axis=0) for part in np.split(read, ends)])
    if what.endswith("tokens"):
        encoder = TextEncoder("minilm")  # the cache does not know of another limit
        encoder.tokenizer.model_max_length = int(what.partition(" ")[0])
    return encoder.encode(texts, truncate=True)
