"""BM25 against bm25s on the shop of `clothing-reviews`, and the search box end to end."""

import bm25s
import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.paired import paired
from plmrec_lite.applications.search.analysis import STOP_WORDS, words_of
from plmrec_lite.applications.search.box import SearchBox
from plmrec_lite.applications.search.dense import unit
from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
from plmrec_lite.applications.search.queries import queries_of
from plmrec_lite.applications.search.shop import open_shop
from plmrec_lite.data import load_clothing_reviews
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.pretrained import minilm_folder
from plmrec_lite.vectors import standardize

K1, B, K = 1.2, 0.75, 10
N_TYPED = 100


def rows():
    """The lines of the index, of its scores, and of a box with words alone and with vectors."""
    shop = open_shop(load_clothing_reviews())
    documents = shop.documents()
    asked, _ = queries_of(shop, shop.test, "sentence")

    def ours():
        return BM25(InvertedIndex(documents), K1, B)

    def peer():
        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index([words_of(text) for text in documents], show_progress=False)
        return model

    bm25, other = ours(), peer()

    def scores(model):
        return np.array([model.get_scores(words_of(text)) for text in asked])

    np.testing.assert_allclose(bm25.score_all(asked), scores(other), rtol=1e-4, atol=1e-4)
    n = f"{len(documents):,}"
    yield paired(f"BM25: index {n} documents", ours, "bm25s", peer, repeats=3)
    what = f"  and score them for {len(asked):,} sentences"
    yield paired(what, lambda: ours().score_all(asked), "bm25s", lambda: scores(peer()), repeats=3)
    titles, _ = queries_of(shop, shop.test, "title")
    typed = [title for title in titles if words_of(title, STOP_WORDS)][:N_TYPED]
    yield from boxes(bm25, other, typed)


def boxes(bm25, other, typed):
    """The lines of whole answers; the items' vectors are made, for they do not change the time."""
    encoder, reader = TextEncoder("minilm"), SentenceTransformer(str(minilm_folder()))
    rng = np.random.default_rng(0)
    size = (len(bm25.index), encoder.dimension)
    vectors = unit(rng.standard_normal(size, dtype=np.float32))
    words, both = SearchBox(bm25), SearchBox(bm25, encoder, vectors)

    def peer(text, read=None):
        scores = other.get_scores(words_of(text))[None]
        if read is not None:
            dense = read.encode([text], show_progress_bar=False) @ vectors.T
            scores = standardize(scores) + standardize(dense)
        return np.argsort(-scores[0], kind="stable")[:K]

    def each(answer):
        return lambda: [answer(text) for text in typed]

    what = f"search box, words: {len(typed)} titles one by one"
    yield paired(what, each(words.search), "bm25s, no spelling", each(peer), repeats=3)
    yield paired(
        "  words and MiniLM",
        each(both.search),
        "and sentence_transformers",
        each(lambda text: peer(text, reader)),
        repeats=3,
    )
