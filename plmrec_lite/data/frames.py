"""Tables of the reader's own: which column is what, and how bad rows are named."""

from __future__ import annotations

import re
import sys

import numpy as np
import pandas as pd

USUAL_NAMES = {
    "user": "user userid uid reviewerid customerid visitorid accountid memberid personid playerid "
    "steamid viewerid profileid profilename sessionid",
    "item": "item itemid iid movieid parentasin asin productid bookid isbn filmid trackid songid "
    "artistid businessid newsid articleid gameid appid recipeid videoid itemcode",
    "rating": "rating ratings stars overall score bookrating reviewscore reviewrating userrating",
    "time": "timestamp time ts unixreviewtime date datetime createdat reviewtime eventtime "
    "dateadded timestamps reviewdate dateupdated",
}
DROP = 'correct them, or pass on_bad="drop"'


def tell(line):
    """Print a line on stderr: what was guessed, converted or dropped.

    Parameters
    ----------
    line : str
    """
    print(line, file=sys.stderr)


def shown(value):
    """Return a value as a message shows it: NumPy's numbers as Python's, text in quotes.

    Parameters
    ----------
    value : object; a cell of a table, or an id

    Returns
    -------
    str
    """
    return repr(value.item() if isinstance(value, np.generic) else value)


def first_of(wrong, what, column=None):
    """Say how many rows are wrong, and which is the first.

    Parameters
    ----------
    wrong : bool array (n,); true for one row at least
    what : str; such as "have no usable time"
    column : pandas.Series or None; whose value in that row is shown

    Returns
    -------
    str; such as "3 of 7 rows have no usable time, the first is row 4 (time='x')"
    """
    row = int(np.argmax(wrong))
    found = "" if column is None else f" ({column.name}={shown(column.iloc[row])})"
    return f"{int(np.sum(wrong))} of {len(wrong)} rows {what}, the first is row {row}{found}"


def check_frame(table):
    """Return a table with rows numbered from 0, refusing what is no DataFrame with rows.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    TypeError: it is no DataFrame
    ValueError: it has no rows, or a name twice
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"the table is a {type(table).__name__}: give a pandas.DataFrame, such as "
            "read_table(path), or table.to_pandas()"
        )
    if not len(table):
        raise ValueError(f"the table has no rows (columns: {', '.join(map(str, table))})")
    if twice := table.columns[table.columns.duplicated()].tolist():
        raise ValueError(f"the table has two columns {twice[0]!r}: rename one of them")
    return table.reset_index(drop=True)


def column_named(table, role, name):
    """Return a column's name, refusing one that is not there.

    Parameters
    ----------
    table : pandas.DataFrame
    role : str; what the column is for, as the message calls it
    name : str

    Returns
    -------
    str

    Raises
    ------
    ValueError: there is no such column (the message lists those there are)
    """
    if name in table:
        return name
    raise ValueError(
        f"{role}={name!r}: the table has no such column; it has {', '.join(map(str, table))}"
    )


def guess_column(table, role):
    """Return the column that usually holds something, or None.

    Parameters
    ----------
    table : pandas.DataFrame
    role : {"user", "item", "rating", "time"}; case, punctuation and RecBole's types
        (``user_id:token``) do not count; of several usual names the more usual one is taken

    Returns
    -------
    str or None
    """
    plain = {
        re.sub(r"[\W_]", "", str(column).partition(":")[0].lower()): column
        for column in reversed(table.columns)
    }
    return next((plain[name] for name in USUAL_NAMES[role].split() if name in plain), None)


def no_usual_name(table, what):
    """Return the error that a column cannot be guessed.

    Parameters
    ----------
    table : pandas.DataFrame
    what : str; what it is for, and the cure: "the user: name it, user=..."

    Returns
    -------
    ValueError
    """
    names = ", ".join(map(str, table))
    return ValueError(f"no column has a usual name for {what}; the table has {names}")
