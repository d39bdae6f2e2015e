"""Where a held-out item stands among all others, from which every protocol's number follows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.ranking import top_k
from plmrec_lite.runtime import check_seed


class Standing(NamedTuple):
    """What a model puts above each held-out item.

    Attributes
    ----------
    users, items : int array (n,); the held-out events, by user
    above : bool array (n, n_items); which items the model ranks above the held-out one
    seen : bool array (n, n_items); which items the user is known to have met
    others : bool array (n, n_items); which items may be drawn as negatives: candidates that the
        user neither met nor meets in the held-out part
    """

    users: np.ndarray
    items: np.ndarray
    above: np.ndarray
    seen: np.ndarray
    others: np.ndarray

    def counts(self, mask_seen=True):
        """Return how many items stand above each held-out one: its rank, from 0.

        Parameters
        ----------
        mask_seen : bool; whether what the user has met is taken out of the list first

        Returns
        -------
        int array (n,); other relevant items of the same user do not count
        """
        rivals = self.others if mask_seen else self.others | self.seen
        return (self.above & rivals).sum(axis=1)

    def n_others(self):
        """Return how many negatives there are to draw from.

        Returns
        -------
        int array (n,)
        """
        return self.others.sum(axis=1)

    def popularity_counts(self, weights, n_negatives=100, n_draws=20, seed=0):
        """Return how many of a few items drawn by popularity stand above each held-out one.

        Parameters
        ----------
        weights : float array (n_items,); an item is drawn with a probability proportional to its
            weight, without replacement; one of weight 0 never
        n_negatives, n_draws : int; items a draw, and draws
        seed : int; models that are compared see the same draws if they have the same seed

        Returns
        -------
        int array (n_draws, n)

        Raises
        ------
        ValueError: a number is out of range

        Source: Sun et al. 2019, section 4.2. The largest values of log-weight plus Gumbel noise
        are such a draw.
        """
        check_seed(seed)
        check_number("n_negatives", n_negatives, least=1, whole=True)
        check_number("n_draws", n_draws, least=1, whole=True)
        with np.errstate(divide="ignore"):
            logs = np.log(np.asarray(weights, dtype=np.float64))
        keys = np.where(self.others, logs, -np.inf)  # (n, n_items)
        rng = np.random.default_rng(seed)
        counts = np.empty((n_draws, len(self.users)), dtype=np.int64)
        for draw in range(n_draws):
            drawn = top_k(keys + rng.gumbel(size=keys.shape), min(n_negatives, keys.shape[1]))
            is_above = np.take_along_axis(self.above, np.maximum(drawn, 0), axis=1)
            counts[draw] = (is_above & (drawn >= 0)).sum(axis=1)
        return counts


def standing(model, split, part="test"):
    """Return what a fitted model puts above each held-out item, the user's own films included.

    Between equal scores the lower id is above, as in all rankings of the library.

    Parameters
    ----------
    model : Recommender; fitted by the caller, on ``split.known(part)``
    split : Split
    part : {"test", "validation"}

    Returns
    -------
    Standing; it takes three bytes for each held-out event and item

    Raises
    ------
    ValueError: the part is empty, or the model was fitted on events of it
    """
    held_out = split.held_out(part)
    if not len(held_out):
        raise ValueError(f"the {part} part of the split {split.name!r} is empty: nothing to rank")
    if model.seen_ is not None and model.seen_[held_out.users, held_out.items].any():
        raise ValueError(f"{model.name} was fitted on the {part} part: fit split.known({part!r})")
    order = np.argsort(held_out.users, kind="stable")
    users, items = held_out.users[order], held_out.items[order]
    scores = model.score(users)  # (n, n_items)
    mine = scores[np.arange(len(users)), items][:, None]
    above = (scores > mine) | ((scores == mine) & (np.arange(scores.shape[1]) < items[:, None]))
    seen = split.known(part).matrix()[users].toarray() > 0
    relevant = held_out.matrix()[users].toarray() > 0
    others = split.candidates[part][None, :] & ~seen & ~relevant
    return Standing(users, items, above, seen, others)


def gains(counts, k=10):
    """Return the hit rate and NDCG of one relevant item with so many others above it.

    Parameters
    ----------
    counts : int array (...)
    k : int; the length of the list

    Returns
    -------
    hit_rate, ndcg : float array (...); 1 and 1 / log2(counts + 2) inside the list, else 0

    Raises
    ------
    ValueError: k < 1

    Examples
    --------
    >>> hit, ndcg = gains(np.array([0, 2, 10]))
    >>> hit.tolist(), ndcg.round(2).tolist()
    ([1.0, 1.0, 0.0], [1.0, 0.5, 0.0])

    Source: Järvelin & Kekäläinen 2002.
    """
    check_number("k", k, least=1, whole=True)
    counts = np.asarray(counts)
    hit = counts < k
    return hit.astype(float), np.where(hit, 1 / np.log2(np.maximum(counts, 0) + 2), 0.0)


def expected_gains(counts, n_others, n_negatives=100, k=10):
    """Return what hit rate and NDCG are on average if the negatives are drawn uniformly.

    With ``counts`` of the ``n_others`` above the relevant item, the number above it among
    ``n_negatives`` drawn without replacement is hypergeometric: no draw is needed.

    Parameters
    ----------
    counts, n_others : int array (n,); see `Standing`
    n_negatives : int; how many are drawn; all where there are no more
    k : int; the length of the list

    Returns
    -------
    hit_rate, ndcg : float array (n,)

    Raises
    ------
    ValueError: a number is out of range, or more stand above than there are

    Examples
    --------
    >>> hit, ndcg = expected_gains([1], [2], n_negatives=1, k=1)
    >>> hit.tolist()
    [0.5]

    Source: Krichene & Rendle 2020, section 4 (there with replacement).
    """
    from scipy.stats import hypergeom

    check_number("n_negatives", n_negatives, least=1, whole=True)
    check_number("k", k, least=1, whole=True)
    counts, n_others = np.asarray(counts), np.asarray(n_others)
    if (counts > n_others).any() or (counts < 0).any():
        raise ValueError("counts: between 0 and n_others items can stand above another")
    drawn = np.minimum(n_negatives, n_others)
    places = np.arange(k)  # how many of the drawn stand above
    chance = hypergeom.pmf(places, n_others[:, None], counts[:, None], drawn[:, None])  # (n, k)
    return chance.sum(axis=1), chance @ (1 / np.log2(places + 2))
