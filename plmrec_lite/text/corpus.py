"""A corpus: clean texts, cut into sentences, and split by document."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np

from plmrec_lite.data.sources.synopses import load_synopses
from plmrec_lite.runtime import check_seed

_SPOKEN = re.compile(r"\s*\([^()]*(?:\[[^][]*\]|/[^/()]*[^\x00-\x7f][^/()]*/)[^()]*\)")
_EMPTY = re.compile(r"\s*\([\s;,]*\)")
_ADDRESS = re.compile(r"\(?https?://\S+")
_GLUED = re.compile(r"""(?<=[a-z0-9)"”][.!?])(?=[A-Z][a-z])|(?<=[.!?]["”])(?=[A-Z][a-z])""")
_END = re.compile(r"""(?<=[.!?])["'’”)]*(\s+)(?=["'‘“(]?[A-Z0-9])""")
_NO_END = re.compile(
    r"\b(?:[A-Z]|[A-Z]\.[A-Z]|e\.g|i\.e|[Dd]r|[MS]r|Mrs|Ms|St|Jr|Lt|Col|Gen|Capt|Sgt|Prof|No|vs"
    r"|lit|tr|transl|ca?)\.$"
)


class Corpus(NamedTuple):
    """Documents as lists of sentences, in three parts that share no document.

    Attributes
    ----------
    train, validation, test : list of list of str
    """

    train: list
    validation: list
    test: list


def clean_text(text):
    r"""Drop pronunciations, web addresses, empty brackets and invisible signs from a text.

    Parameters
    ----------
    text : str; one document

    Returns
    -------
    str; NFKC, one space between words, a line a paragraph (also one glued to the one before)

    Examples
    --------
    >>> clean_text("Amélie (French: [ameli])  is a film.\u200b")
    'Amélie is a film.'
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign)[0] != "C")
    text = _EMPTY.sub("", _SPOKEN.sub("", _ADDRESS.sub("", text)))
    text = _GLUED.sub("\n", text)  # a paragraph's end that was lost
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def split_sentences(text):
    """Cut a clean text into sentences, by rule.

    Parameters
    ----------
    text : str; one document; a sentence never runs over the end of a line

    Returns
    -------
    list of str; a line's end without a full stop ends a sentence too

    Examples
    --------
    >>> split_sentences("It stars J. Stewart. Mr. Hitchcock directed it!")
    ['It stars J. Stewart.', 'Mr. Hitchcock directed it!']
    """
    sentences = []
    for line in text.split("\n"):
        start = 0
        for end in _END.finditer(line):
            if not _NO_END.search(line[: end.start()]):
                sentences.append(line[start : end.start(1)])
                start = end.end()
        sentences.append(line[start:])
    return [sentence for sentence in sentences if sentence.strip()]


def split_corpus(texts, shares=(0.8, 0.1, 0.1), seed=0):
    """Clean texts, cut them into sentences, and deal whole documents to three parts.

    Parameters
    ----------
    texts : sequence of str
    shares : tuple of three floats; of training, validation and test; they sum to 1
    seed : int

    Returns
    -------
    Corpus

    Raises
    ------
    ValueError: the shares do not sum to 1, or a part would get no document
    """
    check_seed(seed)
    if abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares={shares} sum to {sum(shares):g}: let them sum to 1")
    documents = [split_sentences(clean_text(text)) for text in texts]
    ends = np.round(np.cumsum(shares) * len(documents)).astype(int)
    parts = np.split(np.random.default_rng(seed).permutation(len(documents)), ends[:2])
    if not all(len(part) for part in parts):
        raise ValueError(
            f"{len(documents)} documents in shares of {shares} leave a part empty: give more"
        )
    return Corpus(*([documents[i] for i in part] for part in parts))


def film_corpus():
    """Load the corpus of this book: Wikipedia's summaries of 741 films, see ``load_synopses``.

    Returns
    -------
    Corpus

    Raises
    ------
    FetchError: the data are neither here nor to be had
    """
    return split_corpus(load_synopses().dropna(subset="year").text)
