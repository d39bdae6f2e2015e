"""Films for a taste that a person gives in titles, in words, or in both."""

from __future__ import annotations

import functools
import re

import numpy as np

from plmrec_lite.text.encoder import TextTooLongError
from plmrec_lite.vectors import standardize

ALIKE = 90  # of 100: how alike a title must be to one that is misspelt


def split_taste(text):
    """Split a taste into its parts.

    Parameters
    ----------
    text : str; parts separated by semicolons or line breaks

    Returns
    -------
    list of str; none empty

    Raises
    ------
    ValueError: there is no part
    """
    parts = [part.strip() for part in re.split(r"[;\n]", text) if part.strip()]
    if not parts:
        raise ValueError('an empty taste: give titles or words, such as "Alien; Blade Runner"')
    return parts


class Taste:
    """Answers a stranger: titles through behaviour (EASE), words through a language model.

    Parameters
    ----------
    movielens : MovieLens; from ``load_movielens()``
    encoder : TextEncoder or anything with ``.encode(texts)``; None takes the default, with cache

    Attributes
    ----------
    ease : EASE; fitted when the first title asks for it
    item_vectors : float array (n_items, d); of the films' texts, when the first words ask for them
    """

    def __init__(self, movielens, encoder=None):
        self.items = movielens.items
        self.interactions = movielens.interactions
        self._encoder = encoder
        popular = np.argsort(self.interactions.popularity(), kind="stable")
        keys = [_key(title) for title in self.items.title]
        self.titles = {keys[item]: int(item) for item in popular}  # the best known keeps the name

    @functools.cached_property
    def encoder(self):
        """The language model for words."""
        from plmrec_lite.text.encoder import TextEncoder

        return TextEncoder(cache=True) if self._encoder is None else self._encoder

    @functools.cached_property
    def ease(self):
        """EASE, fitted to all ratings."""
        from threadpoolctl import threadpool_limits

        from plmrec_lite.recommenders.ease import EASE

        with threadpool_limits(1, "blas"):  # half a second; more threads wait for each other
            return EASE().fit(self.interactions)

    @functools.cached_property
    def item_vectors(self):
        """Vectors of the films' texts, (n_items, d)."""
        return self.encoder.encode(self.items.text.tolist())

    def read(self, text):
        """Split a taste into the films it names and the words it uses.

        Parameters
        ----------
        text : str; as in `split_taste`; each part is a title, up to case, article, year and a
            misspelling, or else words

        Returns
        -------
        films : list of int; items named
        words : list of str; the other parts

        Raises
        ------
        ValueError: there is nothing to read
        """
        from rapidfuzz import fuzz, process

        films, words = [], []
        for part in split_taste(text):
            key = _key(part)
            near = process.extractOne(
                key, self.titles.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE
            )
            if near:
                films.append(self.titles[near[0]])
            else:
                words.append(part)
        return list(dict.fromkeys(films)), words

    def recommend(self, text, k=5):
        """Return the k films that fit a taste best.

        Parameters
        ----------
        text : str; as in `read`
        k : int; at most as many as there are, those that were named left out

        Returns
        -------
        pandas.DataFrame; item, title, year, genres; the best first; a film that MovieLens lists
            twice is there once, or not at all if it was named

        Raises
        ------
        ValueError: the taste is empty, k out of range, or a part longer than the encoder reads
        """
        films, words = self.read(text)
        left = len(self.items.drop_duplicates(["title", "year"])) - len(films)
        if not 1 <= k <= left:
            raise ValueError(f"k={k}: ask for 1 to {left} films, those you did not name")
        scores = np.zeros(len(self.items))
        if films:
            scores += standardize(self.ease.B_[films].sum(0))
        if words:
            query = self._query(words)  # refused, if it is, before all films are encoded
            scores += standardize(self.item_vectors @ query)
        scores[films] = np.inf  # first, so that their second entries go as duplicates
        ranked = self.items.loc[np.argsort(-scores, kind="stable")]
        ranked = ranked.drop_duplicates(["title", "year"])
        ranked = ranked[~ranked.item.isin(films)]
        return ranked[["item", "title", "year", "genres"]].head(k).reset_index(drop=True)

    def _query(self, words):
        """The mean vector of words, (d,)."""
        try:
            return self.encoder.encode(words).mean(0)
        except TextTooLongError as error:
            longest = max(words, key=len)
            raise ValueError(
                f"the part of the taste that begins {longest[:40]!r} is longer than "
                f"{self.encoder.name!r} reads at once: divide it by semicolons, or shorten it"
            ) from error


def _key(title):
    """A title without case, accents, article, punctuation and year."""
    from plmrec_lite.data.sources.titles import canonical_title, title_key

    title = re.sub(r"\(\d{4}\)\s*$", "", title.strip())
    return re.sub(r"^(the|a|an) ", "", title_key(canonical_title(title)))
