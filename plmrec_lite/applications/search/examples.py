"""What a head learns from: texts that ask, their items, and what describes each without it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.applications.search.dense import mean_by_item, means_without
from plmrec_lite.applications.search.queries import queries_of
from plmrec_lite.checks import check_number


def head_examples(shop, read, most=40):
    """Make examples of the reviews of a shop that are no query, of items with two or more of them.

    Sentences and titles ask, and whole reviews that describe an item; what describes it is then
    the mean of the others.

    Parameters
    ----------
    shop : Shop
    read : callable; takes n texts and returns their vectors, float32 array (n, d)
    most : int; at most so many reviews of an item give a sentence and a title

    Returns
    -------
    queries, own : float32 array (m, d); vectors of texts, and of each one's item without it
    items : int array (m,)
    vectors : float32 array (n_items, d); of all items

    Raises
    ------
    ValueError: ``most`` is out of range
    """
    check_number("most", most, least=1, whole=True)
    counts = np.bincount(shop.about(shop.learned), minlength=len(shop.items))
    about, described = shop.about(shop.described), read(shop.texts(shop.described))
    vectors = mean_by_item(described, about, len(counts))
    several = counts[about] > 1
    read_texts, sources = [described[several]], [shop.described[several]]
    learned = shop.about(shop.learned)
    place = pd.Series(learned).groupby(learned).cumcount().to_numpy()
    rows = shop.learned[(place < most) & (counts[learned] > 1)]
    for form in ("sentence", "title"):
        texts, of = queries_of(shop, rows, form)
        read_texts.append(read(texts))
        sources.append(of)
    sources = np.concatenate(sources)
    items = shop.about(sources)
    own = vectors[items]
    number = np.full(len(shop.reviews), -1)
    number[shop.described] = np.arange(len(shop.described))
    inside = number[sources] >= 0
    own[inside] = means_without(described, about, len(counts), number[sources[inside]])
    return np.concatenate(read_texts), own, items, vectors
