"""Features made by hand: one column for each genre, decade, name, country, language, studio."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

MULTI = ("genres", "director", "writers", "cast", "countries", "languages", "studio")
FIELDS = ("year", *MULTI)


def item_features(items, fields=FIELDS, min_count=2):
    """Turn what is known of each item into columns of ones and zeros.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows
        With a column for each of the fields: tuples of str, and for ``year`` a nullable int.
    fields : sequence of str
        Any of ``year``, ``genres``, ``director``, ``writers``, ``cast``, ``countries``,
        ``languages``, ``studio``. A year becomes its decade.
    min_count : int, default 2
        In how many items a value must occur to have a column: what occurs once can teach
        nothing about another item.

    Returns
    -------
    matrix : float64 array (n_items, n_features)
        1 where the item has the value. A row of zeros is an item of which nothing is known.
    names : list of str, n_features long
        "field: value" of each column, field by field, in the alphabet's order.

    Raises
    ------
    ValueError
        If a field is unknown, if there are none, if ``items`` lacks its column, or if
        ``min_count`` is below 1.

    Examples
    --------
    >>> films = pd.DataFrame({"year": [1979, 1986], "genres": [("Horror", "Sci-Fi"), ("Sci-Fi",)]})
    >>> matrix, names = item_features(films, fields=("year", "genres"), min_count=1)
    >>> names
    ['year: 1970s', 'year: 1980s', 'genres: Horror', 'genres: Sci-Fi']
    >>> matrix.astype(int).tolist()
    [[1, 0, 1, 1], [0, 1, 0, 1]]

    Source: Pazzani & Billsus 2007.
    """
    if isinstance(fields, str) or not fields:
        raise ValueError(f"fields={fields!r}: give a sequence of names, such as ('year', 'genres')")
    if min_count < 1:
        raise ValueError(f"min_count={min_count}: give an integer, 1 or larger")
    blocks, names = [], []
    for field in fields:
        values = _values(items, field)
        counts = Counter(value for row in values for value in row)
        kept = sorted(value for value, count in counts.items() if count >= min_count)
        column = {value: j for j, value in enumerate(kept)}
        block = np.zeros((len(items), len(kept)))  # (n_items, values of this field)
        for i, row in enumerate(values):
            block[i, [column[value] for value in row if value in column]] = 1
        blocks.append(block)
        names += [f"{field}: {value}" for value in kept]
    return np.hstack(blocks), names


def _values(items, field):
    """Return each item's set of values of a field."""
    if field not in FIELDS:
        raise ValueError(f"unknown field {field!r}: use any of {', '.join(FIELDS)}")
    if field not in items:
        raise ValueError(f"the items have no column {field!r}")
    if field == "year":
        return [set() if pd.isna(year) else {f"{year // 10 * 10}s"} for year in items["year"]]
    return [set(values) for values in items[field]]
