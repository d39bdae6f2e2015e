"""Counts that say nothing of a single person, if one report is all that is ever given."""

from __future__ import annotations

import pandas as pd

from plmrec_lite.checks import check_number


def report_counts(table, by, k=5):
    """Count rows by group, and leave out each group of fewer than k.

    Parameters
    ----------
    table : pandas.DataFrame; one row a person
    by : str or list of str; the columns whose values make a group
    k : int; the fewest people of a group that is reported

    Returns
    -------
    pandas.Series of Int64; people by group; missing where they are fewer than k

    Raises
    ------
    ValueError: k is below 1, or a column is not there

    Source: Sweeney 2002.
    """
    check_number("k", k, least=1, whole=True)
    columns = [by] if isinstance(by, str) else list(by)
    if missing := [name for name in columns if name not in table]:
        raise ValueError(f"by={missing}: the columns are {', '.join(map(str, table.columns))}")
    counts = table.groupby(columns, observed=True).size().astype("Int64")
    return counts.mask(counts < k, pd.NA)
