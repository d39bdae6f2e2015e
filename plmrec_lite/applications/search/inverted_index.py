"""An inverted index, and BM25: which documents hold the words of a query, and how much it says."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

import numpy as np

from plmrec_lite.applications.search.analysis import query_words, words_of
from plmrec_lite.checks import check_number, check_texts


class Postings(NamedTuple):
    """Where a word stands.

    Attributes
    ----------
    documents : int array (n,); the documents that hold the word, in ascending order
    counts : int array (n,); how often each of them does
    """

    documents: np.ndarray
    counts: np.ndarray


NOWHERE = Postings(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


class InvertedIndex:
    """For each word the documents that hold it, and how often.

    Parameters
    ----------
    texts : sequence of n_documents str; none empty
    stop_words : set of str; words that are not indexed, nor looked up

    Attributes
    ----------
    postings : dict from str to Postings
    lengths : int array (n_documents,); words of each document

    Raises
    ------
    ValueError: no document, or no word in any of them

    Examples
    --------
    >>> index = InvertedIndex(["a red dress", "red shoes, red bag"])
    >>> documents, counts = index.find("red")
    >>> documents.tolist(), counts.tolist()
    ([0, 1], [1, 2])

    Source: Manning et al. 2008, chapter 1.
    """

    def __init__(self, texts, stop_words=frozenset()):
        self.stop_words = frozenset(stop_words)
        found, lengths = {}, []
        for document, text in enumerate(check_texts(texts)):
            words = words_of(text, self.stop_words)
            lengths.append(len(words))
            for word, count in Counter(words).items():
                found.setdefault(word, []).append((document, count))
        if not found:
            raise ValueError(f"{len(lengths)} documents without a word: there is nothing to index")
        self.lengths = np.array(lengths)
        self.postings = {word: Postings(*np.array(rows).T) for word, rows in found.items()}

    def __len__(self):
        return len(self.lengths)

    def find(self, word):
        """Return where a word stands.

        Parameters
        ----------
        word : str; as ``words_of`` writes it

        Returns
        -------
        Postings; empty for a word that no document holds
        """
        return self.postings.get(word, NOWHERE)

    def unknown(self, query):
        """Return the words of a query that no document holds.

        Parameters
        ----------
        query : str

        Returns
        -------
        list of str; each once, in the order of the query

        Raises
        ------
        ValueError: as ``query_words``
        """
        words = query_words(query, self.stop_words)
        return [word for word in dict.fromkeys(words) if word not in self.postings]


class BM25:
    r"""Score documents by the words that they share with a query.

    .. math:: s(q, d) = \sum_{w \in q} \ln\!\Big(1 + \frac{N - n_w + 0.5}{n_w + 0.5}\Big)
        \frac{f}{f + k_1 (1 - b + b \, \ell_d / \bar\ell)}

    with :math:`N` documents, of which :math:`n_w` hold the word; :math:`f` is how often document
    :math:`d` does, and :math:`\ell_d` its length in words. A word that stands twice in the query
    counts twice.

    Parameters
    ----------
    index : InvertedIndex
    k1 : float; how slowly a repeated word stops adding, 0 or more; at 0 it counts once
    b : float; how much of a long document's length is held against it, 0 to 1

    Raises
    ------
    ValueError: a setting out of range

    Examples
    --------
    >>> bm25 = BM25(InvertedIndex(["a red dress", "red shoes, red bag", "a blue hat"]))
    >>> bm25.score("red dress").round(3).tolist()
    [0.688, 0.278, 0.0]

    Source: Robertson and Zaragoza 2009; this variant is that of Lucene (Kamphuis et al. 2020).
    """

    def __init__(self, index, k1=1.2, b=0.75):
        check_number("k1", k1, least=0)
        check_number("b", b, least=0, most=1)
        self.index, self.k1, self.b = index, k1, b
        relative = index.lengths / index.lengths.mean()
        self._held_against = k1 * (1 - b + b * relative)  # (n_documents,)
        self._weights = {}

    def idf(self, word):
        """Return how much a word says: the fewer documents hold it, the more.

        Parameters
        ----------
        word : str

        Returns
        -------
        float, in nats; above 0
        """
        holding = len(self.index.find(word).documents)
        return math.log(1 + (len(self.index) - holding + 0.5) / (holding + 0.5))

    def weights(self, word):
        """Return what a word adds to each document that holds it; computed once.

        Parameters
        ----------
        word : str

        Returns
        -------
        float array (n,); in the order of its postings
        """
        if word not in self._weights:
            documents, counts = self.index.find(word)
            repeated = counts / (counts + self._held_against[documents])
            self._weights[word] = self.idf(word) * repeated
        return self._weights[word]

    def score(self, query):
        """Score all documents for a query; only those that hold a word of it are looked at.

        Parameters
        ----------
        query : str

        Returns
        -------
        float array (n_documents,); 0 for a document without a word of the query

        Raises
        ------
        ValueError: as ``query_words``
        """
        scores = np.zeros(len(self.index))
        for word, times in Counter(query_words(query, self.index.stop_words)).items():
            scores[self.index.find(word).documents] += times * self.weights(word)
        return scores

    def score_all(self, queries):
        """Score all documents for each query.

        Parameters
        ----------
        queries : sequence of n str

        Returns
        -------
        float array (n, n_documents)
        """
        return np.array([self.score(query) for query in queries]).reshape(-1, len(self.index))
