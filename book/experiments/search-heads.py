"""What is a head on an encoder's vectors worth in a shop, when all know what sells?

All methods of the search box get the same prior: how many reviews an item has, with
a weight and a cap chosen on validation, as rates and shares are. A head is a linear
map of a query's vector, learned from reviews that are no query. Seeds are of heads.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from plmrec_lite.applications.search.dense import (
    cosines,
    mean_by_item,
    means_without,
)
from plmrec_lite.applications.search.fusion import fuse_scores
from plmrec_lite.applications.search.heads import tune_head
from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
from plmrec_lite.applications.search.popularity import add_prior
from plmrec_lite.applications.search.queries import FORMS, queries_of
from plmrec_lite.applications.search.relevance import known_item_ranks
from plmrec_lite.applications.search.shop import open_shop
from plmrec_lite.book.packing import packed
from plmrec_lite.data import load_clothing_reviews
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

SEEDS = (0, 1, 2)
CASES = {"untrained": {"what": "untrained"}, "heads": {"what": "heads"}}
SEEDS_OF = {"untrained": (0,)}
CHECK = {"what": "heads", "n_items": 12}
PARTS = ("validation", "test")
BM25S = ((1.2, 0.75), (1.2, 0.1), (4, 0.1), (16, 0.1))  # k1 and b
CAPS = (20, 40, 80, 1000)  # no item counts for more reviews than that
# Weights of the prior beside scores of deviation 1.
WEIGHTS = (0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.4, 2.0)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of vectors, beside words
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
    search = Search(shop)
    return untrained(search) if what == "untrained" else heads(search, seed)


def reviews_of(n_items):
    """All of the shop's, or of n items 30 each."""
    reviews = load_clothing_reviews()
    if n_items is None:
        return reviews
    counts = reviews["item"].value_counts()
    some = sorted(counts.index[counts >= 30])[:n_items]
    return reviews[reviews["item"].isin(some)].groupby("item").head(30)


class Search:
    """The queries of both parts in all forms, and how well scores answer them."""

    def __init__(self, shop):
        self.shop, self.n_items = shop, len(shop.items)
        self.counts = np.bincount(shop.about(shop.learned), minlength=self.n_items)
        self.texts, self.wanted = {}, {}
        for part in PARTS:
            for form in FORMS:
                texts, rows = queries_of(shop, getattr(shop, part), form)
                self.texts[part, form] = texts
                self.wanted[part, form] = shop.about(rows)

    def score(self, method):
        """Standardised scores of all items, by part and form."""
        return {
            key: standard(method(texts).astype(np.float32))
            for key, texts in self.texts.items()
        }

    def ranks(self, scores, key):
        """The place of the right item, 0 beyond ten."""
        ranks = known_item_ranks(scores[key], self.wanted[key])
        return np.where(ranks <= 10, ranks, 0)

    def mrr(self, scores, part="validation"):
        """The mean over the forms: a search box does not know them."""
        ranks = [self.ranks(scores, (part, form)) for form in FORMS]
        return float(np.mean([reciprocal(some).mean() for some in ranks]))

    def with_prior(self, scores):
        """Add the prior; cap and weight are chosen on validation."""

        def added(cap, weight, part):
            counts = np.minimum(self.counts, cap)
            return {
                key: add_prior(some, counts, weight)
                for key, some in scores.items()
                if key[0] in part
            }

        tried = {
            (cap, weight): self.mrr(added(cap, weight, ("validation",)))
            for cap in CAPS
            for weight in WEIGHTS
        }
        cap, weight = max(tried, key=tried.get)
        return added(cap, weight, PARTS), {"cap": cap, "weight": weight}

    def fused(self, words, vectors):
        """Add both; the share is chosen on validation."""

        def added(share, part):
            return {
                key: fuse_scores(words[key], vectors[key], share)
                for key in words
                if key[0] in part
            }

        tried = {share: self.mrr(added(share, ("validation",))) for share in SHARES}
        share = max(tried, key=tried.get)
        return added(share, PARTS), {"share": share}

    def judged(self, name, scores):
        """Values to record: MRR on both parts, places on the test."""
        values = {f"{name}, validation": self.mrr(scores)}
        kinds = self.shop.items["kind"].to_numpy()
        for form in FORMS:
            key = "test", form
            ranks, wanted = self.ranks(scores, key), self.wanted[key]
            values[f"{name}, {form}"] = float(reciprocal(ranks).mean())
            values[f"{name}, {form}, places"] = packed(ranks)
            within = np.where(kinds == kinds[wanted][:, None], scores[key], -np.inf)
            within = known_item_ranks(within, wanted)
            within = reciprocal(np.where(within <= 10, within, 0)).mean()
            values[f"{name}, {form}, kind known"] = float(within)
            first = scores[key].argmax(axis=1)
            values[f"{name}, {form}, right kind"] = float(
                (kinds[first] == kinds[wanted]).mean()
            )
        return values

    def both(self, name, scores):
        """Judge scores alone and with the prior; return those with it as well."""
        more, chosen = self.with_prior(scores)
        values = self.judged(name, scores) | self.judged(f"{name} + prior", more)
        return values | named(f"{name} + prior", chosen), more


def named(name, chosen):
    """What was chosen, under the name of a method."""
    return {f"{name}, {key}": value for key, value in chosen.items()}


def reciprocal(ranks):
    """One over each rank, 0 where it is 0."""
    return np.divide(1, ranks, out=np.zeros(len(ranks)), where=ranks > 0)


def standard(scores):
    """Bring the scores of each query to mean 0 and deviation 1."""
    spread = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(
        spread == 0, 1, spread
    )


def best_words(search):
    """BM25 with the prior: k1 and b for which the two together are best."""
    index = InvertedIndex(search.shop.documents())
    best = None
    for k1, b in BM25S:
        scores = search.score(BM25(index, k1, b).score_all)
        more, chosen = search.with_prior(scores)
        reached = search.mrr(more)
        if best is None or reached > best[0]:
            best = reached, more, chosen | {"k1": k1, "b": b}
    return best[1:]


def untrained(search):
    """Words and published vectors, each alone and with the prior, and both."""
    shop = search.shop
    about, described = shop.about(shop.described), shop.texts(shop.described)
    encoder = TextEncoder("minilm", cache=True)
    counter = TfidfVectorizer(sublinear_tf=True)
    rows = counter.fit_transform(described)
    which = csr_array(
        (np.ones(len(about)), (about, np.arange(len(about)))),
        shape=(search.n_items, len(about)),
    )
    by_item = normalize(which @ rows)
    vectors = mean_by_item(
        encoder.encode(described, truncate=True), about, search.n_items
    )
    words, chosen = best_words(search)
    values = search.judged("BM25 + prior", words)
    values |= named("BM25 + prior", chosen)
    nothing = search.score(lambda texts: np.zeros((len(texts), search.n_items)))
    values |= search.judged("prior", search.with_prior(nothing)[0])
    for name, method in {
        "TF-IDF": lambda texts: (counter.transform(texts) @ by_item.T).toarray(),
        "MiniLM": lambda texts: cosines(
            encoder.encode(texts, truncate=True), vectors
        ),
    }.items():
        judged, more = search.both(name, search.score(method))
        together, chosen = search.fused(words, more)
        name = f"BM25 + {name} + prior"
        values |= judged | search.judged(name, together)
        values |= named(name, chosen)
    return values


def heads(search, seed):
    """Heads by three losses, each at its best rate on validation."""
    shop, encoder = search.shop, TextEncoder("minilm", cache=True)
    about = shop.about(shop.described)
    described = encoder.encode(shop.texts(shop.described), truncate=True)
    vectors = mean_by_item(described, about, search.n_items)
    learned = examples(search, encoder, described, vectors)
    asked = {
        key: encoder.encode(texts, truncate=True)
        for key, texts in search.texts.items()
    }

    def scores(head):
        return {
            key: standard(cosines(head.vectors(queries), vectors))
            for key, queries in asked.items()
        }

    words, _ = best_words(search)
    values = {}
    for name, how in HEADS.items():
        tried = {}
        for rate in RATES:
            settings = replace(TUNING, learning_rate=rate, seed=seed)
            head = tune_head(*learned, vectors, settings, device="cpu", **how)[0]
            judged, more = search.both(name, scores(head))
            tried[rate] = judged[f"{name} + prior, validation"], judged, more
        rate = max(tried, key=lambda rate: tried[rate][0])
        _, judged, more = tried[rate]
        together, chosen = search.fused(words, more)
        values |= judged | {f"{name}, rate": rate}
        name = f"BM25 + {name} + prior"
        values |= search.judged(name, together)
        values |= named(name, chosen)
    return values


def examples(search, encoder, described, vectors):
    """Vectors to learn from, their items' vectors without them, and the items.

    They are of sentences and titles of reviews, and of the reviews that describe.
    """
    shop = search.shop
    items = shop.about(shop.learned)
    place = pd.Series(items).groupby(items).cumcount().to_numpy()
    rows = shop.learned[(place < MOST) & (search.counts[items] > 1)]
    about = shop.about(shop.described)
    number = np.full(len(shop.reviews), -1)
    number[shop.described] = np.arange(len(shop.described))
    several = search.counts[about] > 1
    parts = [(described[several], shop.described[several])]
    for form in ("sentence", "title"):
        texts, of = queries_of(shop, rows, form)
        parts.append((encoder.encode(texts, truncate=True), of))
    queries = np.concatenate([part[0] for part in parts])
    sources = np.concatenate([part[1] for part in parts])
    items = shop.about(sources)
    own = vectors[items].copy()
    inside = number[sources] >= 0
    own[inside] = means_without(
        described, about, search.n_items, number[sources[inside]]
    )
    return queries, own, items
