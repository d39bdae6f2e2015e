"""Which search box finds the item that a review is about: words, vectors, or both?

Queries are titles, sentences, whole reviews and misspelt sentences of reviews that
the search has not seen; all items of the shop are ranked. Settings are chosen on
other queries. A seed is one of a training.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from plmrec_lite.applications.search.dense import cosines, mean_by_item, unit
from plmrec_lite.applications.search.fusion import fuse_ranks, fuse_scores
from plmrec_lite.applications.search.hard_negatives import mine_hard_negatives
from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
from plmrec_lite.applications.search.queries import (
    FORMS,
    queries_of,
    unheard_queries,
)
from plmrec_lite.applications.search.relevance import (
    class_gains,
    graded_ndcg,
    known_item_ranks,
    known_item_values,
)
from plmrec_lite.applications.search.reranker import Reranker, tune_reranker
from plmrec_lite.applications.search.shop import open_shop
from plmrec_lite.applications.search.short_lists import likest_texts, rerank
from plmrec_lite.applications.search.spelling import Speller
from plmrec_lite.applications.search.tuning import half_states, tune_upper
from plmrec_lite.book.packing import packed
from plmrec_lite.data import load_clothing_reviews
from plmrec_lite.evaluation.judged import judge
from plmrec_lite.evaluation.metrics import reciprocal_rank
from plmrec_lite.ranking import top_k
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import UpperLayers
from plmrec_lite.training import Training
from sklearn.feature_extraction.text import TfidfVectorizer

SEEDS = (0, 1, 2)
RATES = (3e-5, 1e-4, 3e-4, 1e-3)
CASES = {
    "untrained": {"what": "untrained"},
    **{f"rate {rate:g}": {"what": "rate", "rate": rate} for rate in RATES},
    "tuned": {"what": "tuned"},
    **{f"reading {rate:g}": {"what": "reading", "rate": rate} for rate in RATES},
    "reranker": {"what": "reranker"},
}
SEEDS_OF = {case: (0,) for case in CASES if case not in ("tuned", "reranker")}
CHECK = {"what": "tuned", "n_items": 12}
K1, B = (1.2, 2, 4, 8, 16, 32), (0.1, 0.3, 0.5, 0.75)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of vectors, beside words
N_LAYERS, MAX_LENGTH, N_KEYS = 2, 96, 1
# The rates: by the cases "rate" and "reading", on validation.
TUNING = Training(n_epochs=1, batch_size=64, learning_rate=3e-05)
READING = Training(n_epochs=1, batch_size=16, learning_rate=0.0001)
N_GROUPS, N_WRONG, DEPTH, N_READ = 2000, 3, 20, 300
READ_FORMS = ("sentence", "review")


def run(seed, what, rate=None, n_items=None):
    """Return of each method and form the places of the right items, and NDCG."""
    shop = shop_of(n_items)
    if what == "untrained":
        return untrained(shop)
    train, settings = (
        (tuned, TUNING) if what in ("tuned", "rate") else (reranked, READING)
    )
    settings = replace(settings, seed=seed)
    if rate is None:
        return train(shop, settings)
    return train(shop, replace(settings, learning_rate=rate), only_validation=True)


def shop_of(n_items):
    """All of the shop, or n items with 30 reviews each."""
    reviews = load_clothing_reviews()
    if n_items is not None:
        counts = reviews["item"].value_counts()
        chosen = sorted(counts.index[counts >= 30])[:n_items]
        reviews = reviews[reviews["item"].isin(chosen)].groupby("item").head(30)
    return open_shop(reviews)


class Asked:
    """The queries of one part in all forms, and how well scores answer them."""

    def __init__(self, shop, part):
        self.shop = shop
        self.texts, self.wanted = {}, {}
        for form in FORMS:
            self.texts[form], rows = queries_of(shop, getattr(shop, part), form)
            self.wanted[form] = shop.about(rows)

    def score(self, method):
        """Scores of all items by form; ``method`` takes texts."""
        return {form: method(texts) for form, texts in self.texts.items()}

    def mrr(self, scores):
        """The mean over the forms: a search box does not know them."""
        return float(
            np.mean(
                [
                    known_item_values(scores[form], wanted).mean()
                    for form, wanted in self.wanted.items()
                ]
            )
        )

    def judged(self, name, scores):
        """Values to record: means, places within ten, and hundredths of NDCG."""
        values = {}
        for form, wanted in self.wanted.items():
            ranks = known_item_ranks(scores[form], wanted)
            lists = top_k(scores[form], 10)
            graded = graded_ndcg(lists, class_gains(self.shop.items, wanted))
            key = f"{name}, {form}"
            values[key] = known_item_values(scores[form], wanted).mean()
            values[f"{key}, graded"] = graded.mean()
            values[f"{key}, places"] = packed(np.where(ranks <= 10, ranks, 0))
            values[f"{key}, hundredths"] = packed(
                np.rint(100 * graded).astype(np.int64)
            )
        return values


def chosen(candidates, asked):
    """The key of the best scores on validation, and how good they are.

    Candidates are functions, so that the scores of one are held at a time.
    """
    found = {key: asked.mrr(scores()) for key, scores in candidates.items()}
    best = max(found, key=found.get)
    return best, found[best]


def best_bm25(shop, asked):
    """BM25 with k1 and b chosen on validation."""
    index = InvertedIndex(shop.documents())
    models = {(k1, b): BM25(index, k1, b) for k1 in K1 for b in B}
    scores = {
        key: partial(asked.score, model.score_all) for key, model in models.items()
    }
    best, _ = chosen(scores, asked)
    return models[best]


def fusions(words, vectors):
    """Both kinds of fusion at every share: functions that return scores, by key."""

    def scores(fuse, share):
        return {form: fuse(words[form], vectors[form], share) for form in FORMS}

    return {
        (fuse, share): partial(scores, fuse, share)
        for fuse in (fuse_ranks, fuse_scores)
        for share in SHARES
    }


def fused(name, validation, test, asked):
    """The best fusion on validation, judged on the test; pairs (words, vectors)."""
    best, reached = chosen(fusions(*validation), asked["validation"])
    fuse, share = best
    scores = fusions(*test)[best]()
    settings = {
        f"{name}, by scores": float(fuse is fuse_scores),
        f"{name}, share": share,
        f"{name}, validation": reached,
    }
    return asked["test"].judged(name, scores) | settings


def untrained(shop):
    """What needs no training: popularity, words, vectors as published, fusions."""
    asked = {part: Asked(shop, part) for part in ("validation", "test")}
    bm25 = best_bm25(shop, asked["validation"])
    speller = Speller(bm25.index)
    about, described = shop.about(shop.described), shop.texts(shop.described)
    known = np.bincount(shop.about(shop.learned), minlength=len(shop.items))
    encoder = TextEncoder("minilm")

    def counted(**settings):
        counter = TfidfVectorizer(sublinear_tf=True, **settings)
        rows = counter.fit_transform(described)
        items = mean_sparse(rows, about, len(shop.items))
        return lambda texts: (counter.transform(texts) @ items.T).toarray()

    items = mean_by_item(
        encoder.encode(described, truncate=True), about, len(shop.items)
    )
    methods = {
        "most reviews": lambda texts: np.tile(known.astype(float), (len(texts), 1)),
        "BM25": bm25.score_all,
        "BM25, spelling": lambda texts: bm25.score_all(map(speller.correct, texts)),
        "TF-IDF": counted(),
        "letters": counted(analyzer="char_wb", ngram_range=(3, 4)),
        "MiniLM": lambda texts: cosines(
            encoder.encode(texts, truncate=True), items
        ),
    }
    values = {"k1": bm25.k1, "b": bm25.b}
    scores = {part: {} for part in asked}
    texts, gains = unheard_queries(shop)
    for name, method in methods.items():
        for part, queries in asked.items():
            scores[part][name] = queries.score(method)
        values |= asked["test"].judged(name, scores["test"][name])
        values[f"{name}, validation"] = asked["validation"].mrr(
            scores["validation"][name]
        )
        values[f"{name}, unheard"] = graded_ndcg(top_k(method(texts), 10), gains)
    for other in ("BM25", "BM25, spelling", "TF-IDF"):
        pairs = [(scores[part][other], scores[part]["MiniLM"]) for part in asked]
        values |= fused(f"{other} + MiniLM", *pairs, asked)
    return values


def mean_sparse(rows, about, n_items):
    """The mean of each item's rows, of length 1, as a sparse matrix."""
    from scipy.sparse import csr_array
    from sklearn.preprocessing import normalize

    which = csr_array(
        (np.ones(len(about)), (about, np.arange(len(about)))),
        shape=(n_items, len(about)),
    )
    return normalize(which @ rows)


def tuned(shop, settings, only_validation=False):
    """Tune for an epoch, and for another one with hard negatives or without."""
    asked = {part: Asked(shop, part) for part in ("validation", "test")}
    encoder = TextEncoder("minilm")
    about = shop.about(shop.learned)
    texts = shop.texts(shop.learned)
    items, source = [about], [np.arange(len(texts))]
    for form in ("sentence", "title"):
        made, rows = queries_of(shop, shop.learned, form)
        texts = texts + made
        source.append(np.searchsorted(shop.learned, rows))
        items.append(shop.about(rows))
    items, source = np.concatenate(items), np.concatenate(source)
    lower = half_states(encoder, texts, N_LAYERS, MAX_LENGTH)
    describing = lower.of(np.searchsorted(shop.learned, shop.described))
    parts = ("validation",) if only_validation else tuple(asked)
    queries = {
        part: asked[part].score(
            lambda texts: half_states(encoder, texts, N_LAYERS, MAX_LENGTH)
        )
        for part in parts
    }

    def catalogue(upper):
        return mean_by_item(
            upper.all_vectors(describing),
            shop.about(shop.described),
            len(shop.items),
        )

    def scores(upper, part):
        known = catalogue(upper)
        return {
            form: cosines(upper.all_vectors(states), known)
            for form, states in queries[part].items()
        }

    def further(upper, seed_more=0, hard=None):
        again = replace(settings, seed=settings.seed + seed_more)
        tune_upper(
            upper, lower, items, again, n_keys=N_KEYS, hard=hard, source=source
        )
        return {part: scores(upper, part) for part in parts}

    upper = UpperLayers(encoder.model, N_LAYERS)
    values, found = {}, {}
    found["MiniLM, cut"] = {part: scores(upper, part) for part in parts}
    found["one epoch"] = further(upper)
    for name, by_part in found.items():
        values[f"{name}, validation"] = asked["validation"].mrr(
            by_part["validation"]
        )
    if only_validation:
        return values
    first = {key: value.clone() for key, value in upper.state_dict().items()}
    of_reviews = upper.all_vectors(lower.of(range(len(shop.learned))))
    n = min(20, len(shop.items) - 2)
    hard = mine_hard_negatives(cosines(of_reviews, catalogue(upper)), about, n)
    found["in-batch"] = further(upper, 100)
    upper.load_state_dict(first)
    found["hard negatives"] = further(upper, 100, hard[source])
    words = best_bm25(shop, asked["validation"]).score_all
    words = {part: queries.score(words) for part, queries in asked.items()}
    for name, by_part in found.items():
        values |= asked["test"].judged(name, by_part["test"])
        values[f"{name}, validation"] = asked["validation"].mrr(
            by_part["validation"]
        )
        pairs = [(words[part], by_part[part]) for part in asked]
        values |= fused(f"BM25 + {name}", *pairs, asked)
    if len(shop.items) > DEPTH:
        unheard, gains = unheard_queries(shop)
        states = half_states(encoder, unheard, N_LAYERS, MAX_LENGTH)
        answers = cosines(upper.all_vectors(states), catalogue(upper))
        values["hard negatives, unheard"] = graded_ndcg(top_k(answers, 10), gains)
    return values


def reranked(shop, settings, only_validation=False):
    """Let a cross-encoder reorder the first of the best untrained fusion's list."""
    parts = ("validation",) if only_validation else ("validation", "test")
    asked = {part: Asked(shop, part) for part in parts}
    encoder = TextEncoder("minilm")
    bm25 = best_bm25(shop, asked["validation"])
    about, described = shop.about(shop.described), shop.texts(shop.described)
    texts = unit(encoder.encode(described, truncate=True))
    items = mean_by_item(texts, about, len(shop.items))
    by_part = {
        part: (
            queries.score(bm25.score_all),
            queries.score(
                lambda asked: cosines(encoder.encode(asked, truncate=True), items)
            ),
        )
        for part, queries in asked.items()
    }
    best, _ = chosen(fusions(*by_part["validation"]), asked["validation"])
    fuse, weight = best

    def first_stage(queries):
        vectors = encoder.encode(queries, truncate=True)
        return vectors, fuse(
            bm25.score_all(queries), cosines(vectors, items), weight
        )

    def documents(vectors, lists):
        rows = likest_texts(vectors, texts, about, lists)
        return [[described[row] for row in group] for group in rows]

    # It learns from reviews that describe nothing: none is its own document.
    rng = np.random.default_rng(settings.seed)
    free = np.setdiff1d(shop.learned, shop.described)
    rows = np.sort(rng.permutation(free)[:N_GROUPS])
    queries = queries_of(shop, rows, "sentence")[0]
    whole = rng.random(len(rows)) < 0.5
    reviews = queries_of(shop, rows, "review")[0]
    queries = [
        r if w else q for q, r, w in zip(queries, reviews, whole, strict=True)
    ]
    vectors, scores = first_stage(queries)
    right = shop.about(rows)
    hard = mine_hard_negatives(scores, right, DEPTH)
    drawn = rng.permuted(hard, axis=1)[:, :N_WRONG]
    model = Reranker("minilm", seed=settings.seed)
    groups = documents(vectors, np.column_stack([right, drawn]))
    tune_reranker(model, queries, groups, settings)

    read = {part: {} for part in asked}
    for part, form in ((part, form) for part in asked for form in READ_FORMS):
        said, wanted = asked[part].texts[form], asked[part].wanted[form]
        some = np.sort(np.random.default_rng(0).permutation(len(said))[:N_READ])
        said = [said[row] for row in some]
        vectors, scores = first_stage(said)
        lists = top_k(scores, DEPTH)
        pairs = [
            (query, document)
            for query, group in zip(said, documents(vectors, lists), strict=True)
            for document in group
        ]
        read[part][form] = (
            lists,
            np.take_along_axis(scores, lists, axis=1),
            model.score(*zip(*pairs, strict=True)).reshape(lists.shape),
            wanted[some],
        )

    def values_of(part, form, share):
        lists, before, after, wanted = read[part][form]
        ordered = rerank(lists, before, after, share)
        relevant = judge(ordered, np.arange(len(ordered)), wanted, 10)
        return reciprocal_rank(relevant, None)

    found = {
        share: np.mean(
            [values_of("validation", form, share).mean() for form in READ_FORMS]
        )
        for share in (0, *SHARES, 1)
    }
    share = max(found, key=found.get)
    values = {
        "share": share,
        "validation": found[share],
        "validation, first stage": found[0],
    }
    if only_validation:
        return values
    for form in READ_FORMS:
        for name, at in (("first stage", 0), ("reranked", share)):
            one = values_of("test", form, at)
            values[f"{name}, {form}"] = one.mean()
            values[f"{name}, {form}, places"] = packed(
                np.rint(
                    np.divide(1, one, out=np.zeros_like(one), where=one > 0)
                ).astype(np.int64)
            )
    return values
