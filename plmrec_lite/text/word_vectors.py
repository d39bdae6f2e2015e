"""Texts to vectors without reading them in order: the mean of ready-made word vectors.

Source: Pennington et al. 2014 (GloVe); Arora et al. 2017 (weights by frequency).
"""

from __future__ import annotations

import functools
import re

import numpy as np

from plmrec_lite.checks import check_choice, check_number, check_texts
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset

NAME = "glove-50d"
WEIGHTINGS = ("mean", "frequency")
_WORD = re.compile(r"[^\W_]+|'s\b")


class WordVectors:
    """An encoder that adds up the vectors of a text's words, whatever their order.

    The vectors stay on disk (80 MB); only the rows of words that occur are read.

    Parameters
    ----------
    weighting : {"mean", "frequency"}
        "frequency": a word of probability p counts a / (a + p), so that "the" hardly counts.
    a : float; above 0, smaller lets frequent words count less

    Attributes
    ----------
    dimension : int; 50

    Raises
    ------
    ValueError: unknown weighting, a not above 0
    FetchError: on first use, if the vectors are not to be had

    Notes
    -----
    The words stand in the order of their frequency, which is not given: the probability of the
    word of rank r is taken as 1 / r, divided by the sum over all ranks (Zipf's law).

    Examples
    --------
    >>> WordVectors().encode(["a war film", "a love story"]).shape
    (2, 50)

    Source: Pennington et al. 2014; Arora et al. 2017, equation 1.
    """

    def __init__(self, weighting="mean", a=1e-3):
        check_choice("weighting", weighting, WEIGHTINGS)
        check_number("a", a, above=0)
        self.name = NAME
        self.weighting = weighting
        self.a = a

    @functools.cached_property
    def _table(self):
        """The words, the most frequent first, and their vectors on disk (n_words, d)."""
        import pyarrow.parquet

        files = fetch(NAME)
        words = pyarrow.parquet.read_table(files["glove_6B_index.parquet"])["index"]
        vectors = np.load(files["glove_6B_50d_emb.npy"], mmap_mode="r", allow_pickle=False)
        dataset(NAME).check_counts(words=len(words), dimensions=vectors.shape[1])
        return words.combine_chunks(), vectors

    @property
    def dimension(self):
        """Length d of a text's vector."""
        return self._table[1].shape[1]

    def encode(self, texts, normalize=True, unknown="raise"):
        """Encode texts, each by itself.

        Parameters
        ----------
        texts : sequence of str (n,); none empty
        normalize : bool; scale each vector to length 1
        unknown : {"raise", "zero"}; what becomes of a text none of whose words is known

        Returns
        -------
        float32 array (n, d)

        Raises
        ------
        TypeError: texts is one string, or holds something that is none
        ValueError: a text is empty or has no known word, an option is unknown
        """
        check_choice("unknown", unknown, ("raise", "zero"))
        texts = check_texts(texts)
        told = [_WORD.findall(text.lower()) for text in texts]
        words = sorted({word for row in told for word in row})
        ranks = self._ranks(words)  # (n_distinct,), -1 where unknown
        number = dict(zip(words, ranks.tolist(), strict=True))
        rows = {rank: row for row, rank in enumerate(np.unique(ranks[ranks >= 0]).tolist())}
        known = self._table[1][list(rows)].astype(np.float64)  # (n_known, d)
        weights = self._weights(np.array(list(rows), dtype=np.int64))  # (n_known,)
        vectors = np.zeros((len(texts), self.dimension))
        for i, row in enumerate(told):
            places = [rows[number[word]] for word in row if number[word] >= 0]
            if places:
                vectors[i] = weights[places] @ known[places] / len(places)
            elif unknown == "raise":
                raise ValueError(
                    f"text {i}, {texts[i][:40]!r}, has no word that {NAME} knows: leave it out, or "
                    'pass unknown="zero"'
                )
        if normalize:
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
            vectors /= np.where(lengths > 0, lengths, 1)
        return vectors.astype(np.float32)

    def _ranks(self, words):
        """The place of each word in the order of frequency, -1 where it is unknown."""
        import pyarrow
        import pyarrow.compute

        places = pyarrow.compute.index_in(
            pyarrow.array(words, type=self._table[0].type), value_set=self._table[0]
        )
        return places.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)

    def _weights(self, ranks):
        """How much the word of each rank counts."""
        if self.weighting == "mean":
            return np.ones(len(ranks))
        p = 1 / (ranks + 1) / np.sum(1 / np.arange(1, len(self._table[0]) + 1))
        return self.a / (self.a + p)
