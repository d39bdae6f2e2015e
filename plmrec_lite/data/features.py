"""Features made by hand: one column for each genre, decade, name, country, language, studio."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import MultiLabelBinarizer

from plmrec_lite.data.item_texts import check_names, check_years

FIELDS = ("year", "genres", "director", "writers", "cast", "countries", "languages", "studio")


def item_features(items, fields=FIELDS, min_count=2):
    """Turn what is known of each item into columns of ones and zeros.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows; tuples of str, and for ``year`` whole numbers
    fields : sequence of str; columns; a year becomes its decade
    min_count : int; in how many items a value must occur to have a column

    Returns
    -------
    matrix : float64 array (n_items, n_features); 1 where the item has the value
    names : list of str, n_features long; "field: value", field by field, in the alphabet's order

    Raises
    ------
    ValueError: there are no fields, ``items`` lacks one of them, a year is no whole number, or
        ``min_count`` is below 1
    TypeError: a row of another field is a string or missing, not a tuple of names

    Examples
    --------
    >>> import pandas as pd
    >>> films = pd.DataFrame({"year": [1979, 1986], "genres": [("Horror", "Sci-Fi"), ("Sci-Fi",)]})
    >>> matrix, names = item_features(films, fields=("year", "genres"), min_count=1)
    >>> names
    ['year: 1970s', 'year: 1980s', 'genres: Horror', 'genres: Sci-Fi']

    Source: Pazzani & Billsus 2007.
    """
    if isinstance(fields, str) or not fields:
        raise ValueError(f"fields={fields!r}: give a sequence of names, such as ('year', 'genres')")
    if min_count < 1:
        raise ValueError(f"min_count={min_count}: give an integer, 1 or larger")
    blocks, names = [], []
    for field in fields:
        indicators = MultiLabelBinarizer(sparse_output=True)
        block = indicators.fit_transform(_values(items, field))  # (n_items, values of this field)
        kept = np.asarray(block.sum(axis=0)).ravel() >= min_count
        blocks.append(block[:, kept].toarray().astype(np.float64))
        names += [f"{field}: {value}" for value in indicators.classes_[kept]]
    return np.hstack(blocks), names


def _values(items, field):
    if field not in items:
        raise ValueError(f"the items have no column {field!r}: use any of {', '.join(items)}")
    if field == "year":
        years = check_years(items["year"])
        return [() if year is None else (f"{year // 10 * 10}s",) for year in years]
    return check_names(items[field], field)
