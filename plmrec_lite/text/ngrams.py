"""N-grams: a language model that only counts which token followed the last few."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np


class NGrams:
    """Predict the next token from the last ``order - 1``, by counting.

    A history that was seen often is trusted, a rare one gives way to the shorter history after it,
    and the shortest to an equal share for each token: with c(h) occurrences of a history h, and
    t(h) different tokens after it,

        P(w | h) = (c(h, w) + t(h) P(w | shorter h)) / (c(h) + t(h)).

    Parameters
    ----------
    ids : sequence of int; the text to count
    order : int; 2 for bigrams, 3 for trigrams
    vocab_size : int

    Raises
    ------
    ValueError: order < 1, or a token outside the vocabulary

    Examples
    --------
    >>> bigrams = NGrams([0, 1, 0, 2], order=2, vocab_size=3)
    >>> [round(float(p), 3) for p in bigrams.next_token([0])]
    [0.214, 0.393, 0.393]

    Source: Witten and Bell 1991, method C.
    """

    def __init__(self, ids, order, vocab_size):
        ids = [int(i) for i in ids]
        if order < 1:
            raise ValueError(f"order={order}: give 1 or more")
        if ids and not 0 <= min(ids) <= max(ids) < vocab_size:
            raise ValueError(
                f"tokens from {min(ids)} to {max(ids)}: they must lie in 0..{vocab_size - 1}"
            )
        self.order, self.vocab_size = order, vocab_size
        self.counts_ = defaultdict(Counter)  # history -> how often each token followed
        for n in range(order):
            for end in range(n, len(ids)):
                self.counts_[tuple(ids[end - n : end])][ids[end]] += 1
        self.totals_ = {history: after.total() for history, after in self.counts_.items()}

    def _mixed(self, history, start, picked):
        """Mix the counts after all ends of a history, the shortest first."""
        found = start
        for n in range(min(self.order - 1, len(history)) + 1):
            end = tuple(history[len(history) - n :])
            total = self.totals_.get(end)
            if total is None:
                break
            after = self.counts_[end]
            found = self._smoothed(picked(after), total, len(after), found)
        return found

    def _smoothed(self, counts, total, n_after, shorter):
        """Mix the counts after one history with the probabilities after its shorter end."""
        return (counts + n_after * shorter) / (total + n_after)

    def probability(self, history, token):
        """Return the probability of one token after a history.

        Parameters
        ----------
        history : sequence of int
        token : int

        Returns
        -------
        float
        """
        history = [int(i) for i in history[-(self.order - 1) :]] if self.order > 1 else []
        return self._mixed(history, 1 / self.vocab_size, lambda after: after[token])

    def next_token(self, history):
        """Return the probability of every token after a history.

        Parameters
        ----------
        history : sequence of int

        Returns
        -------
        float array (vocab_size,); sums to 1
        """

        def picked(after):
            row = np.zeros(self.vocab_size)
            row[list(after)] = list(after.values())
            return row

        history = [int(i) for i in history[-(self.order - 1) :]] if self.order > 1 else []
        return self._mixed(history, np.full(self.vocab_size, 1 / self.vocab_size), picked)

    def token_losses(self, ids):
        """Return the negative log-likelihood of each token of a text after the first.

        Parameters
        ----------
        ids : sequence of int (n,)

        Returns
        -------
        float array (n - 1,); in nats
        """
        ids = [int(i) for i in ids]
        ends = range(1, len(ids))
        return -np.log(
            [self.probability(ids[max(0, e - self.order + 1) : e], ids[e]) for e in ends]
        )
