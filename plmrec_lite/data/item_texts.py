"""What is known of items, in words: a text of the columns of a table."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import is_missing
from plmrec_lite.data.frames import shown

WORDS = {
    "director": "Directed by {}",
    "cast": "With {}",
    "countries": "From {}",
    "languages": "In {}",
    "studio": "Made by {}",
}


def item_text(items, fields=("title", "year", "genres")):
    """Say in words what is known of each item.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows; strings, or tuples of str; ``year`` holds whole numbers;
        what is missing or empty is left out
    fields : sequence of str; columns, a sentence each, in this order; title and year make one, and
        the fields of ``WORDS`` are worded ("Directed by ...")

    Returns
    -------
    list of str, n_items long

    Raises
    ------
    ValueError: there are no fields, ``items`` lacks the column of one, or a year is no whole number
    TypeError: a value is neither a string nor a tuple of them

    Examples
    --------
    >>> import pandas as pd
    >>> films = pd.DataFrame({"title": ["Alien"], "year": [1979], "director": [("Ridley Scott",)]})
    >>> item_text(films, fields=("title", "year", "director"))
    ['Alien (1979). Directed by Ridley Scott.']
    """
    if isinstance(fields, str) or not len(fields):
        raise ValueError(f"fields={fields!r}: give a sequence of names, such as ('title', 'year')")
    columns = []
    for field in fields:
        if field not in items:
            cure = ": add it with join_synopses(items, load_synopses())"
            raise ValueError(
                f"the items have no column {field!r}{cure if field == 'synopsis' else ''}; they "
                f"have {', '.join(map(str, items))}"
            )
        columns.append(_said(items[field].to_list(), field))
    return [
        _sentences(dict(zip(fields, values, strict=True))) for values in zip(*columns, strict=True)
    ]


def _said(values, field):
    """Return each item's value of a field as a string, empty where nothing is known."""
    if field == "year":
        return ["" if year is None else str(year) for year in check_years(values)]
    words = []
    for i, value in enumerate(values):
        if isinstance(value, tuple | list | np.ndarray):
            (value,) = check_names([value], f"{field}, item {i},")
            words.append(", ".join(value))
        elif isinstance(value, str):
            words.append(value.strip())
        elif is_missing(value):
            words.append("")
        else:
            raise TypeError(
                f"row {i} of {field} is {shown(value)}, not a string: convert the column, "
                f'table["{field}"].astype("string")'
            )
    return words


def _sentences(facts):
    """Word what is known of one item."""
    known = {field: value for field, value in facts.items() if value}
    if "title" in known and "year" in known:
        known["title"] += f" ({known.pop('year')})"
    said = [WORDS.get(field, "{}").format(value) for field, value in known.items()]
    return " ".join(words if words.endswith((".", "!", "?")) else f"{words}." for words in said)


def check_names(rows, name="names"):
    """Return each row's names as a tuple, refusing a string in place of a sequence of them.

    Parameters
    ----------
    rows : sequence (n,) of sequences of str; ``()`` where nothing is known
    name : str; what the messages call it

    Returns
    -------
    list of n tuples of str

    Raises
    ------
    TypeError: a row is a string or missing, or holds something that is not a string
    """
    checked = []
    for i, row in enumerate(rows):
        if isinstance(row, str):
            raise TypeError(
                f"row {i} of {name} is the one string {row[:40]!r}: split it into names, such as "
                f'table["{name}"].str.split("|")'
            )
        if not isinstance(row, tuple | list | np.ndarray):
            raise TypeError(
                f"row {i} of {name} is {row!r}: give a tuple of names, () where nothing is known"
            )
        if wrong := [value for value in row if not isinstance(value, str)]:
            raise TypeError(f"row {i} of {name} holds {wrong[0]!r}, not a string: convert it")
        checked.append(tuple(row))
    return checked


def check_years(years, name="year"):
    """Return each year as an int, None where it is missing.

    Parameters
    ----------
    years : sequence (n,); whole numbers, also as floats; None, NaN or ``pandas.NA`` where unknown
    name : str; what the messages call it

    Returns
    -------
    list of n int or None

    Raises
    ------
    ValueError: a year is no whole number (the message names its row)
    """
    checked = []
    for i, year in enumerate(years):
        if is_missing(year):
            checked.append(None)
        elif isinstance(year, str | bool | np.bool_) or not float(year).is_integer():
            raise ValueError(
                f"row {i} of {name} is {year!r}: give a whole number, or None where it is unknown"
            )
        else:
            checked.append(int(year))
    return checked
