"""Sentences under the hand: how similar MiniLM finds each two of them."""

import numpy as np
from plmrec_lite.text import TextEncoder

SENTENCES = [
    "a wedding in the country",
    "two people get married",
    "a war in the country",
    "a film about war",
    "a film that is not about war",
    "a film about space travel",
    "astronauts fly to the moon",
    "a funny film for children",
    "a sad film for children",
    "the bank of the river",
    "a robbery of a bank",
]


def make():
    """The sentences, and the cosines of their vectors."""
    vectors = TextEncoder().encode(SENTENCES)  # (n, 384), each of length 1
    cosines = np.round(vectors @ vectors.T, 3) + 0.0  # no -0.0
    return {"sentences": SENTENCES, "cosines": cosines.astype(float).round(3).tolist()}


def words(data):
    """The nearest to the first sentence, by cosine and by words; pairs that the text names."""
    sentences, cosines = data["sentences"], np.array(data["cosines"])
    nearest = int(cosines[0, 1:].argmax()) + 1
    first = set(sentences[0].split())
    by_words = max(sentences[1:], key=lambda one: len(first & set(one.split())))

    def cosine(one, other):
        return f"{cosines[sentences.index(one), sentences.index(other)]:.2f}"

    return {
        "first": sentences[0],
        "nearest": sentences[nearest],
        "cosine": cosine(sentences[0], sentences[nearest]),
        "by-words": by_words,
        "cosine-by-words": cosine(sentences[0], by_words),
        "not": cosine("a film about war", "a film that is not about war"),
        "sad": cosine("a funny film for children", "a sad film for children"),
        "bank": cosine("the bank of the river", "a robbery of a bank"),
    }


def part(data):
    """All cosines."""
    return {"cosines": data["cosines"]}, {"cosines": make()["cosines"]}
