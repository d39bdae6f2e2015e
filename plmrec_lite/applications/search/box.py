"""A search box: what somebody types, answered by words and vectors, or not at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.applications.search.analysis import STOP_WORDS, query_words
from plmrec_lite.applications.search.dense import cosines
from plmrec_lite.applications.search.facets import filter_scores
from plmrec_lite.applications.search.fusion import fuse_scores
from plmrec_lite.applications.search.popularity import add_prior
from plmrec_lite.applications.search.spelling import Speller
from plmrec_lite.checks import check_number
from plmrec_lite.ranking import top_k


class Answer(NamedTuple):
    """What a box says to a query.

    Attributes
    ----------
    items : int array (m,); the best first, k or fewer; empty where nothing matches
    read : str; the query as it was understood, its spelling corrected
    unknown : list of str; its words that no document holds
    """

    items: np.ndarray
    read: str
    unknown: list


class SearchBox:
    """Answer queries by BM25 alone, or by BM25 and vectors together.

    Parameters
    ----------
    bm25 : BM25; of the items' documents
    encoder : object with ``encode``, or None; None for words alone
    vectors : float array (n_items, d) or None; of the items, by this encoder
    share : float; of the vectors in the sum of both, 0 to 1
    counts : int array (n_items,) or None; how popular each item is; None for no prior
    weight : float; of the prior, beside scores of deviation 1

    Raises
    ------
    ValueError: an encoder without vectors, or vectors of another number of items

    Examples
    --------
    >>> from plmrec_lite.applications.search.inverted_index import BM25, InvertedIndex
    >>> box = SearchBox(BM25(InvertedIndex(["a red dress", "a red dress for a bag", "blue hat"])))
    >>> answer = box.search("red kimono")
    >>> answer.items.tolist(), answer.unknown
    ([0, 1], ['kimono'])
    """

    def __init__(self, bm25, encoder=None, vectors=None, share=0.5, counts=None, weight=0.0):
        check_number("share", share, least=0, most=1)
        check_number("weight", weight, least=0)
        n_items = len(bm25.index)
        for name, given in (("vectors", vectors), ("counts", counts)):
            if given is not None and len(given) != n_items:
                raise ValueError(f"{len(given)} {name} for {n_items} documents: give one each")
        if (encoder is None) != (vectors is None):
            raise ValueError("an encoder without vectors, or vectors without it: give both")
        self.bm25, self.encoder, self.vectors, self.share = bm25, encoder, vectors, share
        self.counts, self.weight = counts, weight
        self.speller = Speller(bm25.index)
        self.letters = set().union(*bm25.index.postings)

    def search(self, query, k=10, passing=None):
        """Return the k best items for a query.

        Without vectors an item must hold a word of the query that is no stop word. With them any
        item may come, unless no document is written in the letters of the query: then none does.

        Parameters
        ----------
        query : str
        k : int; 1 or more
        passing : bool array (n_items,) or None; which may come, as ``facets.allowed`` returns

        Returns
        -------
        Answer

        Raises
        ------
        TypeError: the query is no string
        ValueError: it has no word, stop words only, or more than 400 words; or k is out of range
        """
        words = query_words(query, STOP_WORDS)
        read = self.speller.correct(query)
        scores = self.bm25.score(read)[None]  # (1, n_items)
        there = self.bm25.score(self.speller.correct(" ".join(words)))[None] > 0
        if self.encoder is not None and self.letters & set("".join(words)):
            vectors = self.encoder.encode([query], truncate=True)
            scores = fuse_scores(scores, cosines(vectors, self.vectors), self.share)
            there = np.ones_like(there)
        if self.counts is not None:
            scores = add_prior(scores, self.counts, self.weight)
        there = there if passing is None else there & passing
        items = top_k(filter_scores(scores, there), min(k, scores.shape[1]))[0]
        return Answer(items[items >= 0], read, self.bm25.index.unknown(read))
