"""A shop made of reviews: some describe its items, some are learned from, some become queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from plmrec_lite.applications.search.analysis import words_of
from plmrec_lite.checks import check_number
from plmrec_lite.runtime import check_seed

RUN, SHARED, COMMON = 8, 5, 20  # words in a row; such runs in common; reviews of a stock phrase
FACETS = ("division", "department", "kind")


@dataclass(frozen=True, eq=False)
class Shop:
    """Items described by reviews, and other reviews that become queries.

    Attributes
    ----------
    reviews : pandas.DataFrame; of ``load_clothing_reviews``, with ``row``: the number of the item
    items : pandas.DataFrame; one row an item: ``item`` (the shop's id) and its facets, the most
        frequent among its reviews
    learned : int array; rows of all reviews that are no query: what a model may learn from
    described : int array; those of them that describe an item: its first ones
    validation, test : int array; rows of reviews that become queries
    """

    reviews: pd.DataFrame
    items: pd.DataFrame
    learned: np.ndarray
    described: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def __repr__(self):
        sizes = (len(self.items), len(self.learned), len(self.validation), len(self.test))
        return "Shop({} items, {} reviews, {} and {} queries)".format(*sizes)

    def about(self, rows):
        """Return the number of the item that each review is about.

        Parameters
        ----------
        rows : int array (n,)

        Returns
        -------
        int array (n,)
        """
        return self.reviews["row"].to_numpy()[rows]

    def texts(self, rows):
        """Return the words of reviews: title, full stop, text.

        Parameters
        ----------
        rows : int array (n,)

        Returns
        -------
        list of str
        """
        some = self.reviews.iloc[rows]
        pairs = zip(some["title"], some["text"], strict=True)
        return [f"{title}. {text}" if title else text for title, text in pairs]

    def documents(self):
        """Return one document an item: its describing reviews, one after the other.

        Returns
        -------
        list of str
        """
        documents = defaultdict(list)
        for item, text in zip(self.about(self.described), self.texts(self.described), strict=True):
            documents[item].append(text)
        return [" ".join(documents[item]) for item in range(len(self.items))]


def open_shop(reviews, at_least=5, share=0.1, at_most=8, n_described=20, seed=0):
    """Take reviews of each item for queries, and let the others describe it.

    A review that repeats long parts of another one becomes no query.

    Parameters
    ----------
    reviews : pandas.DataFrame; of ``load_clothing_reviews``
    at_least : int; items with fewer reviews are in the catalogue, and no query is about them
    share : float; of an item's reviews, for validation and again for the test, at least one each
    at_most : int; reviews of an item for either
    n_described : int; at most so many reviews, the first of those that are left, describe an item
    seed : int; of the choice

    Returns
    -------
    Shop

    Raises
    ------
    ValueError: a setting out of range, or no item has enough reviews
    """
    check_seed(seed)
    for name, value, least in (
        ("at_least", at_least, 3),
        ("at_most", at_most, 1),
        ("n_described", n_described, 1),
    ):
        check_number(name, value, least=least, whole=True)
    check_number("share", share, above=0, most=0.3)
    codes, ids = pd.factorize(reviews["item"], sort=True)
    reviews = reviews.reset_index(drop=True).assign(row=codes)
    free = np.ones(len(reviews), dtype=bool)
    free[copied(reviews["text"])] = False
    rng, parts = np.random.default_rng(seed), ([], [])
    for rows in pd.Series(np.arange(len(reviews))).groupby(codes):
        rows = rows[1].to_numpy()
        own = rows[free[rows]]
        n = min(at_most, max(1, int(share * len(rows))))
        if len(rows) < at_least or len(own) < 2 * n:
            continue
        drawn = rng.permutation(own)[: 2 * n]
        for part, taken in zip(parts, (drawn[:n], drawn[n:]), strict=True):
            part.extend(taken.tolist())
    if not parts[0]:
        raise ValueError(f"at_least={at_least}: no item has so many reviews to take queries from")
    validation, test = (np.sort(np.array(part)) for part in parts)
    learned = np.setdiff1d(np.arange(len(reviews)), np.concatenate([validation, test]))
    place = pd.Series(codes[learned]).groupby(codes[learned]).cumcount().to_numpy()
    facets = reviews.groupby("row")[list(FACETS)].agg(_most_frequent)
    items = facets.assign(item=ids).reset_index(drop=True)[["item", *FACETS]]
    return Shop(reviews, items, learned, learned[place < n_described], validation, test)


def copied(texts):
    """Find texts that repeat long parts of another: five runs of eight words or more in common.

    Parameters
    ----------
    texts : sequence of n str; a run that more than 20 of them hold is a stock phrase

    Returns
    -------
    int array; the numbers of all texts that share so much with another, in ascending order

    Source: Broder 1997 (shingles).
    """
    numbers, codes, known = [], [], {}
    for number, text in enumerate(texts):
        words = [known.setdefault(word, len(known)) for word in words_of(text)]
        for start in range(len(words) - RUN + 1):
            numbers.append(number)
            codes.append(words[start : start + RUN])
    if not codes:
        return np.zeros(0, dtype=np.int64)
    # A sum of random numbers, one a word and place, stands for a run: equal for equal runs.
    rng = np.random.default_rng(0)
    drawn = rng.integers(2**63, size=(RUN, len(known)), dtype=np.uint64)
    codes = np.array(codes)
    runs = sum(drawn[place, codes[:, place]] for place in range(RUN))  # modulo 2 ** 64
    # Each run once a text, the texts of one run side by side.
    pairs = np.unique(np.stack([runs, np.array(numbers, dtype=np.uint64)]), axis=1)
    ends = np.flatnonzero(np.diff(pairs[0])) + 1
    common = Counter()
    for some in np.split(pairs[1].astype(np.int64), ends):
        if 1 < len(some) <= COMMON:
            common.update(combinations(some.tolist(), 2))
    return np.array(sorted({n for pair, t in common.items() if t >= SHARED for n in pair}), int)


def _most_frequent(values):
    told = values[values != ""]
    return told.mode().iloc[0] if len(told) else ""
