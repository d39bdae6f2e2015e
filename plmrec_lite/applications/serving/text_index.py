"""Items by words: TF-IDF over their texts, built when the service starts."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

WORD = r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+"  # a Chinese character, or a run of other letters


class TextIndex:
    """The texts of items, and which of them hold the words of a query.

    Parameters
    ----------
    texts : sequence of str; one an item

    Examples
    --------
    >>> TextIndex(["a film of war", "a quiet film", "战争片"]).search("war", 2)[0]
    [0]
    """

    def __init__(self, texts):
        self._vectorizer = TfidfVectorizer(token_pattern=WORD, sublinear_tf=True)
        self._vectors = self._vectorizer.fit_transform(texts)  # (n_items, n_words)

    def search(self, query, k):
        """Return the k items whose texts are most like a query.

        Parameters
        ----------
        query : str
        k : int; at most so many

        Returns
        -------
        items : list of int; the best first, ties by lower item; none that shares no word with it
        scores : list of float; cosines
        """
        asked = self._vectorizer.transform([query])
        scores = (self._vectors @ asked.T).toarray()[:, 0]
        best = np.argsort(-scores, kind="stable")[:k]
        best = best[scores[best] > 0]
        return best.tolist(), scores[best].tolist()
