"""What is a head on an encoder's vectors worth in a shop, when all know what sells?

All methods of the search box get the same prior: how many reviews an item has, with
a weight and a cap chosen on validation, as rates and shares are. A head is a linear
map of a query's vector, learned from reviews that are no query. Seeds are of heads.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from plmrec_lite.applications.search.dense import cosines, mean_by_item
from plmrec_lite.applications.search.examples import head_examples
from plmrec_lite.applications.search.heads import tune_head
from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
from plmrec_lite.applications.search.queries import FORMS
from plmrec_lite.applications.search.relevance import known_item_ranks
from plmrec_lite.applications.search.shop import open_shop
from plmrec_lite.applications.search.trial import Trial, reciprocal
from plmrec_lite.book.packing import packed
from plmrec_lite.data import load_clothing_reviews
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training
from plmrec_lite.vectors import standardize
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

SEEDS = (0, 1, 2)
CASES = {"untrained": {"what": "untrained"}, "heads": {"what": "heads"}}
SEEDS_OF = {"untrained": (0,)}
CHECK = {"what": "heads", "n_items": 12}
BM25S = ((1.2, 0.75), (1.2, 0.1), (4, 0.1), (16, 0.1))  # k1 and b
MOST = 40  # reviews of an item that are learned from
RATES = (3e-4, 1e-3, 3e-3, 1e-2)
HEADS = {
    "in-batch": {"negatives": "batch"},
    "in-batch, log q": {"negatives": "batch", "log_q": True},
    "all items": {"negatives": "all"},
}
TUNING = Training(n_epochs=3, batch_size=256)


def run(seed, what, n_items=None):
    """Return of each method and form the places of the right items, and MRR@10."""
    shop = open_shop(reviews_of(n_items))
    trial = Trial(shop)
    judge = partial(judged, trial, shop.items["kind"].to_numpy())
    if what == "untrained":
        return untrained(shop, trial, judge)
    return heads(shop, trial, judge, seed)


def reviews_of(n_items):
    """All of the shop's, or of n items 30 each."""
    reviews = load_clothing_reviews()
    if n_items is None:
        return reviews
    counts = reviews["item"].value_counts()
    some = sorted(counts.index[counts >= 30])[:n_items]
    return reviews[reviews["item"].isin(some)].groupby("item").head(30)


def judged(trial, kinds, name, scores):
    """Values to record: MRR on both parts, places and kinds on the test."""
    values = {f"{name}, validation": trial.mrr(scores)}
    for form in FORMS:
        some, wanted = scores["test", form], trial.wanted["test", form]
        ranks = trial.ranks(scores, "test", form)
        same = kinds == kinds[wanted][:, None]
        within = known_item_ranks(np.where(same, some, -np.inf), wanted)
        within = reciprocal(np.where(within <= 10, within, 0))
        values |= {
            f"{name}, {form}": float(reciprocal(ranks).mean()),
            f"{name}, {form}, places": packed(ranks),
            f"{name}, {form}, kind known": float(within.mean()),
            f"{name}, {form}, right kind": float(
                same[np.arange(len(some)), some.argmax(axis=1)].mean()
            ),
        }
    return values


def named(name, chosen):
    """What was chosen, under the name of a method."""
    return {f"{name}, {key}": value for key, value in chosen.items()}


def best_words(shop, trial):
    """BM25 with the prior: k1 and b for which the two together are best."""
    index = InvertedIndex(shop.documents())
    found = {}
    for k1, b in BM25S:
        scores = trial.score(BM25(index, k1, b).score_all)
        found[k1, b] = trial.with_prior(scores)
    k1, b = max(found, key=lambda key: trial.mrr(found[key][0]))
    scores, chosen = found[k1, b]
    return scores, chosen | {"k1": k1, "b": b}


def untrained(shop, trial, judge):
    """Words and published vectors, each alone and with the prior, and both."""
    about, described = shop.about(shop.described), shop.texts(shop.described)
    encoder = TextEncoder("minilm", cache=True)
    counter = TfidfVectorizer(sublinear_tf=True)
    rows = counter.fit_transform(described)
    which = csr_array(
        (np.ones(len(about)), (about, np.arange(len(about)))),
        shape=(trial.n_items, len(about)),
    )
    by_item = normalize(which @ rows)
    vectors = mean_by_item(
        encoder.encode(described, truncate=True), about, trial.n_items
    )
    methods = {
        "TF-IDF": lambda texts: (counter.transform(texts) @ by_item.T).toarray(),
        "MiniLM": lambda texts: cosines(
            encoder.encode(texts, truncate=True), vectors
        ),
    }
    words, chosen = best_words(shop, trial)
    values = judge("BM25 + prior", words) | named("BM25 + prior", chosen)
    nothing = trial.score(lambda texts: np.zeros((len(texts), trial.n_items)))
    values |= judge("prior", trial.with_prior(nothing)[0])
    for name, method in methods.items():
        scores = trial.score(method)
        more, chosen = trial.with_prior(scores)
        values |= judge(name, scores) | judge(f"{name} + prior", more)
        values |= named(f"{name} + prior", chosen)
        values |= together(trial, judge, name, words, more)
    return values


def together(trial, judge, name, words, vectors):
    """BM25 beside vectors, both with the prior."""
    scores, chosen = trial.fused(words, vectors)
    name = f"BM25 + {name} + prior"
    return judge(name, scores) | named(name, chosen)


def heads(shop, trial, judge, seed):
    """Heads by three losses, each at its best rate on validation."""
    encoder = TextEncoder("minilm", cache=True)
    read = partial(encoder.encode, truncate=True)
    *learned, vectors = head_examples(shop, read, MOST)
    asked = {key: read(texts) for key, texts in trial.texts.items()}
    words, _ = best_words(shop, trial)
    values = {}
    for name, how in HEADS.items():
        tried = {}
        for rate in RATES:
            settings = replace(TUNING, learning_rate=rate, seed=seed)
            head, _ = tune_head(*learned, vectors, settings, device="cpu", **how)
            scores = {
                key: np.float32(standardize(cosines(head.vectors(some), vectors)))
                for key, some in asked.items()
            }
            tried[rate] = scores, *trial.with_prior(scores)
        rate = max(tried, key=lambda rate: trial.mrr(tried[rate][1]))
        scores, more, chosen = tried[rate]
        values |= judge(name, scores) | judge(f"{name} + prior", more)
        values |= named(f"{name} + prior", chosen | {"rate": rate})
        values |= together(trial, judge, name, words, more)
    return values
