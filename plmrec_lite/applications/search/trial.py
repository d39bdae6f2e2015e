"""Several ways to search one shop, tried on the same queries; what is chosen, on validation."""

from __future__ import annotations

import numpy as np

from plmrec_lite.applications.search.fusion import fuse_scores
from plmrec_lite.applications.search.popularity import add_prior
from plmrec_lite.applications.search.queries import FORMS, queries_of
from plmrec_lite.applications.search.relevance import known_item_ranks
from plmrec_lite.vectors import standardize

PARTS = ("validation", "test")
CAPS = (20, 40, 80, 1000)  # no item counts for more reviews than that
WEIGHTS = (0, 0.2, 0.4, 0.6, 0.9, 1.3, 2.0, 3.0, 4.5)  # of the prior, beside deviation 1
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of vectors, beside words
DEPTH = 10


class Trial:
    """The queries of a shop in all forms, and how well scores answer them.

    Scores are a dict: (part, form) to a float array (n, n_items).

    Parameters
    ----------
    shop : Shop
    forms : sequence of str; of ``queries_of``

    Attributes
    ----------
    texts, wanted : dict; (part, form) to the queries, and to the item of each
    counts : int array (n_items,); reviews of each item that are no query
    """

    def __init__(self, shop, forms=FORMS):
        self.forms, self.n_items = tuple(forms), len(shop.items)
        self.counts = np.bincount(shop.about(shop.learned), minlength=self.n_items)
        self.texts, self.wanted = {}, {}
        for part in PARTS:
            for form in self.forms:
                texts, rows = queries_of(shop, getattr(shop, part), form)
                self.texts[part, form] = texts
                self.wanted[part, form] = shop.about(rows)

    def score(self, method):
        """Ask all queries.

        Parameters
        ----------
        method : callable; takes n texts, and returns a float array (n, n_items)

        Returns
        -------
        dict of float32 array; each query's scores brought to mean 0 and deviation 1
        """
        return {
            key: standardize(np.asarray(method(texts), dtype=np.float64)).astype(np.float32)
            for key, texts in self.texts.items()
        }

    def ranks(self, scores, part, form):
        """Return the place of each right item, 0 beyond the tenth.

        Parameters
        ----------
        scores : dict
        part, form : str

        Returns
        -------
        int array (n,)
        """
        ranks = known_item_ranks(scores[part, form], self.wanted[part, form])
        return np.where(ranks <= DEPTH, ranks, 0)

    def reciprocal(self, scores, part="test"):
        """Return the reciprocal rank of the queries of all forms, one form after the other.

        Parameters
        ----------
        scores : dict
        part : {"test", "validation"}

        Returns
        -------
        float array (n,)
        """
        return np.concatenate([reciprocal(self.ranks(scores, part, f)) for f in self.forms])

    def mrr(self, scores, part="validation"):
        """Return MRR@10, the mean over the forms: a search box does not know them.

        Parameters
        ----------
        scores : dict
        part : {"test", "validation"}

        Returns
        -------
        float
        """
        return float(np.mean([reciprocal(self.ranks(scores, part, f)).mean() for f in self.forms]))

    def with_prior(self, scores):
        """Add how popular an item is, with the cap and the weight that are best on validation.

        Parameters
        ----------
        scores : dict

        Returns
        -------
        scores : dict
        chosen : dict; ``"cap"`` and ``"weight"``
        """

        def added(key, cap, weight):
            return add_prior(scores[key], np.minimum(self.counts, cap), weight)

        return self._best(scores, added, [(c, w) for c in CAPS for w in WEIGHTS], ("cap", "weight"))

    def fused(self, words, vectors):
        """Add two searches' scores, with the share that is best on validation.

        Parameters
        ----------
        words, vectors : dict

        Returns
        -------
        scores : dict
        chosen : dict; ``"share"``, of ``vectors``
        """

        def added(key, share):
            return fuse_scores(words[key], vectors[key], share)

        return self._best(words, added, [(share,) for share in SHARES], ("share",))

    def _best(self, keys, added, settings, names):
        asked = [key for key in keys if key[0] == "validation"]
        tried = {s: self.mrr({key: added(key, *s) for key in asked}) for s in settings}
        best = max(tried, key=tried.get)
        return {key: added(key, *best) for key in keys}, dict(zip(names, best, strict=True))


def reciprocal(ranks):
    """Return one over each rank, and 0 for rank 0.

    Parameters
    ----------
    ranks : int array (n,)

    Returns
    -------
    float array (n,)
    """
    ranks = np.asarray(ranks)
    return np.divide(1.0, ranks, out=np.zeros(ranks.shape), where=ranks > 0)
