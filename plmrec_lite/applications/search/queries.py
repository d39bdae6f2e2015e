"""Queries made of reviews, in several forms, and queries in words that no review uses."""

from __future__ import annotations

import re

import numpy as np

from plmrec_lite.applications.search.analysis import words_of
from plmrec_lite.applications.search.spelling import misspell
from plmrec_lite.checks import check_choice
from plmrec_lite.runtime import check_seed

FORMS = ("title", "sentence", "review", "misspelt")
SHORTEST = 5  # words of a sentence
# Words that no review uses, and the kinds of clothes that somebody who writes them may look for.
UNHEARD = {
    ("Dresses",): "ballgown|cheongsam|dirndl|debutante|quinceanera|soiree|nuptials|ceremonial garb",
    ("Sweaters", "Fine gauge", "Knits"): "woolens|woollens|aran|guernsey",
    ("Pants",): "pantaloons|breeches|knickerbockers|jodhpur",
    ("Jeans",): "denims|dungarees|wranglers|selvedge",
    ("Skirts",): "kilt|kilts",
    ("Jackets", "Outerwear"): (
        "windbreaker|overcoat|mackintosh|topcoat|cagoule|duffle|cloak|sleet|frost|gilet|jerkin|"
        "motorcyclist"
    ),
    ("Sleep", "Lounge"): "pyjamas|nightclothes|slumber|siesta|asleep",
    ("Swim",): "snorkeling|lifeguard|aquatic|bathers|paddling",
    ("Intimates",): "brassiere|underpants|knickers|girdle|unmentionables",
    ("Legwear",): "fishnet|garters|legwarmers",
}


def queries_of(shop, rows, form, seed=0):
    """Make queries of reviews.

    Parameters
    ----------
    shop : Shop
    rows : int array (n,); reviews
    form : {"title", "sentence", "review", "misspelt"}; the title; a sentence drawn among those of
        five words or more, or the whole text if it has none; the text; the sentence with typos in
        three of ten longer words
    seed : int; of sentences and typos

    Returns
    -------
    texts : list of m str; m < n where reviews have no title
    kept : int array (m,); the rows of the reviews that they come from

    Raises
    ------
    ValueError: no such form
    """
    check_seed(seed)
    check_choice("form", form, FORMS)
    rows = np.asarray(rows)
    reviews = shop.reviews.iloc[rows]
    if form == "title":
        titled = np.array([bool(words_of(title)) for title in reviews["title"]], dtype=bool)
        return reviews["title"][titled].tolist(), rows[titled]
    if form == "review":
        return reviews["text"].tolist(), rows
    texts = [
        _sentence(text, np.random.default_rng([seed, row]))
        for text, row in zip(reviews["text"], rows.tolist(), strict=True)
    ]
    if form == "misspelt":
        texts = [misspell(t, seed=[seed, r]) for t, r in zip(texts, rows.tolist(), strict=True)]
    return texts, rows


def unheard_queries(shop):
    """Return queries of words that no review of a shop uses, and what answers them.

    Parameters
    ----------
    shop : Shop

    Returns
    -------
    texts : list of n str; those of ``UNHEARD`` of which no word stands in a review or title
    gains : int8 array (n, n_items); 1 for an item of the kinds that are meant, else 0

    Raises
    ------
    ValueError: each has a word that a review uses
    """
    used = set()
    for text in shop.texts(np.arange(len(shop.reviews))):
        used.update(words_of(text))
    kinds = shop.items["kind"]
    texts, gains = [], []
    for meant, queries in UNHEARD.items():
        for query in queries.split("|"):
            if used.isdisjoint(words_of(query)):
                texts.append(query)
                gains.append(kinds.isin(meant).to_numpy(dtype=np.int8))
    if not texts:
        raise ValueError("the reviews use a word of each query: there is none left")
    return texts, np.array(gains)


def _sentence(text, rng):
    """Draw one of a text's sentences that are long enough."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    long = [s for s in sentences if len(words_of(s)) >= SHORTEST]
    return long[int(rng.integers(len(long)))] if long else text
