"""Words out of a vector: what a text encoder's numbers give away of their sentence."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

from plmrec_lite.checks import check_number, check_texts
from plmrec_lite.ranking import top_k


class WordDecoder:
    """Guess the words of a sentence from its vector, by one ridge regression a word.

    Parameters
    ----------
    penalty : float; of the ridge, above 0
    min_count : int; sentences that a word must be in to be guessed at all
    """

    def __init__(self, penalty=1.0, min_count=2):
        check_number("penalty", penalty, above=0)
        check_number("min_count", min_count, least=1, whole=True)
        self.penalty, self.min_count = penalty, min_count

    def fit(self, texts, vectors):
        """Learn from sentences that the attacker has, with their vectors.

        Parameters
        ----------
        texts : sequence of n str
        vectors : float array (n, d)

        Returns
        -------
        WordDecoder; itself

        Raises
        ------
        ValueError: not one vector a text
        """
        texts, vectors = check_texts(texts), np.asarray(vectors, dtype=float)
        if len(texts) != len(vectors):
            raise ValueError(f"{len(texts)} texts and {len(vectors)} vectors: give one of each")
        counter = CountVectorizer(stop_words="english", binary=True, min_df=self.min_count)
        words = counter.fit_transform(texts)  # (n, n_words)
        self.words_ = counter.get_feature_names_out()
        self.mean_ = vectors.mean(axis=0)
        self.shares_ = np.asarray(words.mean(axis=0)).ravel()
        centred = vectors - self.mean_
        gram = centred.T @ centred + self.penalty * np.eye(vectors.shape[1])
        self.weights_ = np.linalg.solve(gram, (words.T @ centred).T)  # (d, n_words)
        return self

    def guess(self, vectors, k=10):
        """Return the k likeliest words of each sentence.

        Parameters
        ----------
        vectors : float array (n, d)
        k : int

        Returns
        -------
        str array (n, k); the likeliest first
        """
        scores = (np.asarray(vectors, dtype=float) - self.mean_) @ self.weights_ + self.shares_
        return self.words_[top_k(scores, k)]


def content_words(text):
    """Return the different words of a text that carry content.

    Parameters
    ----------
    text : str

    Returns
    -------
    set of str; lower case, without scikit-learn's English stop words

    Examples
    --------
    >>> sorted(content_words("The picture is bright, and the sound is bright."))
    ['bright', 'picture', 'sound']
    """
    return set(_analyse(text))


def share_recovered(texts, guesses):
    """Return which share of each text's content words was guessed.

    Parameters
    ----------
    texts : sequence of n str
    guesses : sequence of n collections of str

    Returns
    -------
    float array (n,); NaN for a text without content words

    Raises
    ------
    ValueError: not one guess a text
    """
    if len(texts) != len(guesses):
        raise ValueError(f"{len(texts)} texts and {len(guesses)} guesses: give one of each")
    true = [content_words(text) for text in texts]
    return np.array(
        [
            len(words & set(guess)) / len(words) if words else np.nan
            for words, guess in zip(true, guesses, strict=True)
        ]
    )


_analyse = CountVectorizer(stop_words="english").build_analyzer()
