"""Facets of the results, and filters: what kinds of things were found, and only one kind shown."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_choice


def facet_counts(items, rows, facet):
    """Count the kinds of things among some items.

    Parameters
    ----------
    items : pandas.DataFrame; one row an item
    rows : int array (n,); numbers of items, such as a list of results; -1 for an empty place
    facet : str; a column

    Returns
    -------
    pandas.Series; counts by value, the largest first, then in the order of the alphabet; without
        what is not told ("")

    Raises
    ------
    ValueError: no such column
    """
    check_choice("facet", facet, list(items.columns))
    rows = np.asarray(rows)
    values = items[facet].iloc[rows[rows >= 0]]
    counts = values[values != ""].value_counts().sort_index()
    return counts.sort_values(ascending=False, kind="stable")


def allowed(items, **filters):
    """Return which items pass all filters.

    Parameters
    ----------
    items : pandas.DataFrame; one row an item
    **filters : str or list of str; by column, the value or values that may pass

    Returns
    -------
    bool array (n_items,)

    Raises
    ------
    ValueError: no such column, or a value that no item has (the message names those there are)

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"kind": ["Skirts", "Jeans", "Skirts"]})
    >>> allowed(items, kind="Skirts").tolist()
    [True, False, True]
    """
    passing = np.ones(len(items), dtype=bool)
    for facet, wanted in filters.items():
        check_choice("facet", facet, list(items.columns))
        wanted = [wanted] if isinstance(wanted, str) else list(wanted)
        there = sorted(set(items[facet]) - {""})
        for value in wanted:
            check_choice(facet, value, there)
        passing &= items[facet].isin(wanted).to_numpy()
    return passing


def filter_scores(scores, passing):
    """Bar items that do not pass: filtered before ranking, so that a list is as long as it can be.

    Parameters
    ----------
    scores : float array (n, n_items)
    passing : bool array (n_items,)

    Returns
    -------
    float array (n, n_items); minus infinity for the barred
    """
    return np.where(passing, scores, -np.inf)
