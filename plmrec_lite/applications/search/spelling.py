"""Misspelt words: how they come about, and how a search box reads them all the same."""

from __future__ import annotations

import re

import numpy as np

from plmrec_lite.applications.search.analysis import words_of
from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed

SHORTEST = 4  # letters of a word that gets a typo, or is corrected
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class Speller:
    """Replace words that an index does not hold by the most similar one that it holds.

    Parameters
    ----------
    index : InvertedIndex
    alike : float; how alike a word must be, 0 to 1: 1 less the typos, per letter of the longer
        word; a typo is a letter added, dropped or replaced, or two exchanged
    at_least : int; documents that must hold a word that replaces another

    Raises
    ------
    ValueError: a setting out of range

    Source: Damerau 1964; Kernighan et al. 1990 (of equally similar words the most frequent one).
    """

    def __init__(self, index, alike=0.75, at_least=2):
        check_number("alike", alike, least=0, most=1)
        check_number("at_least", at_least, least=1, whole=True)
        self.index, self.alike = index, alike
        found = {word: len(rows.documents) for word, rows in index.postings.items()}
        found = {word: n for word, n in found.items() if n >= at_least and len(word) >= SHORTEST}
        self.vocabulary = sorted(found, key=lambda word: (-found[word], word))

    def word(self, word):
        """Return a word as it is probably meant.

        Parameters
        ----------
        word : str; in lower case

        Returns
        -------
        str; the word itself if the index holds it, it is short, or nothing is like it
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if word in self.index.postings or word in self.index.stop_words or len(word) < SHORTEST:
            return word
        found = process.extractOne(
            word, self.vocabulary, scorer=OSA.normalized_similarity, score_cutoff=self.alike
        )
        return found[0] if found else word

    def correct(self, text):
        """Return a text with its words as they are probably meant.

        Parameters
        ----------
        text : str

        Returns
        -------
        str; words in lower case, separated by spaces
        """
        return " ".join(self.word(word) for word in words_of(text))


def misspell(text, share=0.3, seed=0):
    """Put typos into a text, as fingers make them.

    Parameters
    ----------
    text : str
    share : float; of the words of four letters or more that get a typo, rounded up: two letters
        exchanged, one left out, doubled, or replaced by its neighbour on the keyboard; the first
        letter stays
    seed : int

    Returns
    -------
    str; as it is, if it has no such word

    Raises
    ------
    ValueError: ``share`` is out of range

    Source: Damerau 1964 (the kinds of typos).
    """
    check_seed(seed)
    check_number("share", share, least=0, most=1)
    rng = np.random.default_rng(seed)
    spans = [m.span() for m in re.finditer(rf"[A-Za-z]{{{SHORTEST},}}", text)]
    n = int(np.ceil(share * len(spans)))
    for place in sorted(rng.permutation(len(spans))[:n], reverse=True):
        start, end = spans[place]
        text = text[:start] + _typo(text[start:end], rng) + text[end:]
    return text


def _typo(word, rng):
    """Make one typo that changes a word."""
    while True:
        i = int(rng.integers(1, len(word) - 1))
        kind = int(rng.integers(4))
        written = [
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
            word[:i] + word[i + 1 :],
            word[:i] + word[i] + word[i:],
            word[:i] + _neighbour(word[i], rng) + word[i + 1 :],
        ][kind]
        if written != word:
            return written


def _neighbour(letter, rng):
    """Return the key beside a letter, left or right."""
    row = next(keys for keys in KEYS if letter.lower() in keys)
    place = row.index(letter.lower()) + int(rng.choice([-1, 1]))
    return row[min(max(place, 0), len(row) - 1)]
