"""Kneser-Ney: n-grams whose shorter histories count what a token can follow, not how often."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.text.ngrams import NGrams


class KneserNey(NGrams):
    """Predict the next token from the last ``order - 1``, by discounted counts.

    Each count gives away a discount D, and what all counts after a history h give away is shared
    by the shorter history: with c(h) occurrences of h, and t(h) different tokens after it,

        P(w | h) = (max(c(h, w) - D, 0) + D t(h) P(w | shorter h)) / c(h).

    In all shorter histories c(h, w) is the number of different tokens before (h, w): a token that
    follows one word only, as *Francisco* does, is likely after that word and nowhere else.

    Parameters
    ----------
    ids, order, vocab_size : as of ``NGrams``
    discount : float, above 0 and up to 1; D

    Raises
    ------
    ValueError: as of ``NGrams``, or the discount is out of its range

    Examples
    --------
    >>> bigrams = KneserNey([0, 1, 0, 2], order=2, vocab_size=3, discount=0.5)
    >>> [round(float(p), 3) for p in bigrams.next_token([0])]
    [0.167, 0.417, 0.417]

    Source: Kneser and Ney 1995; interpolated as in Chen and Goodman 1999.
    """

    def __init__(self, ids, order, vocab_size, discount=0.75):
        check_number("discount", discount, above=0, most=1)
        super().__init__(ids, order, vocab_size)
        self.discount = discount
        raw = self.counts_
        self.counts_ = defaultdict(Counter)
        for history, after in raw.items():
            if len(history) == order - 1:
                self.counts_[history] = after
            if history:
                for token in after:
                    self.counts_[history[1:]][token] += 1
        self.totals_ = {history: after.total() for history, after in self.counts_.items()}

    def _smoothed(self, counts, total, n_after, shorter):
        """Take the discount from each count, and give it to the shorter history."""
        return (np.maximum(counts - self.discount, 0) + self.discount * n_after * shorter) / total
