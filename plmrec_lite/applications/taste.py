"""Films for a taste that a person gives in titles, in words, or in both."""

from __future__ import annotations

import difflib
import re

import numpy as np

from plmrec_lite.data.sources.titles import canonical_title, title_key
from plmrec_lite.recommenders.ease import EASE
from plmrec_lite.vectors import standardize


class Taste:
    """Answers a stranger: titles through behaviour (EASE), words through a language model.

    Parameters
    ----------
    movielens : MovieLens
        What ``load_movielens()`` returns.
    encoder : TextEncoder
        The language model for words.

    Raises
    ------
    plmrec_lite.text.pretrained.ModelError
        From the encoder, if its model is damaged.
    """

    def __init__(self, movielens, encoder):
        self.items = movielens.items
        self.encoder = encoder
        self.ease = EASE().fit(movielens.interactions)
        self.item_vectors = encoder.encode(self.items.text.tolist())  # (n_items, d)
        popular = np.argsort(movielens.interactions.popularity(), kind="stable")
        keys = [_key(title) for title in self.items.title]
        self.titles = {keys[item]: int(item) for item in popular}  # the best known keeps the name

    def read(self, text):
        """Split a taste into the films it names and the words it uses.

        Parameters
        ----------
        text : str
            Parts separated by semicolons or line breaks; each is a title, up to case,
            article, year and a slip of the pen, or else words.

        Returns
        -------
        films : list of int
            Items named.
        words : list of str
            The other parts.

        Raises
        ------
        ValueError
            If there is nothing to read.
        """
        parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
        if not parts:
            raise ValueError('an empty taste: give titles or words, such as "Alien; Blade Runner"')
        films, words = [], []
        for part in parts:
            near = difflib.get_close_matches(_key(part), self.titles, n=1, cutoff=0.9)
            if near:
                films.append(self.titles[near[0]])
            else:
                words.append(part)
        return list(dict.fromkeys(films)), words

    def recommend(self, text, k=5):
        """Return the k films that fit a taste best.

        Parameters
        ----------
        text : str
            As in `read`.
        k : int, default 5
            How many films, 1 to n_items.

        Returns
        -------
        pandas.DataFrame
            Columns item, title, year, genres; the best first. Films that were named are left out.

        Raises
        ------
        ValueError
            If the taste is empty, or k is out of range.
        """
        if not 1 <= k <= len(self.items):
            raise ValueError(f"k={k}: ask for 1 to {len(self.items)} films")
        films, words = self.read(text)
        scores = np.zeros(len(self.items))
        if films:
            scores += standardize(self.ease.B_[films].sum(0))
        if words:
            query = self.encoder.encode(words).mean(0)  # (d,)
            scores += standardize(self.item_vectors @ query)
        scores[films] = -np.inf
        ranked = self.items.loc[np.argsort(-scores, kind="stable")]
        ranked = ranked[~ranked.item.isin(films)]
        ranked = ranked.drop_duplicates(["title", "year"])  # MovieLens lists some films twice
        return ranked[["item", "title", "year", "genres"]].head(k).reset_index(drop=True)


def _key(title):
    """A title without case, accents, article, punctuation and year."""
    title = re.sub(r"\(\d{4}\)\s*$", "", title.strip())
    return re.sub(r"^(the|a|an) ", "", title_key(canonical_title(title)))
