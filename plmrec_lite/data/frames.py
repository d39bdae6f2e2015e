"""Tables of the reader's own: which column is what, which rows are bad, and ids made numbers."""

from __future__ import annotations

import re
import sys

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_times, ticks_to_seconds

USUAL_NAMES = {
    "user": "user userid uid reviewerid customerid visitorid accountid memberid personid playerid "
    "steamid viewerid profileid profilename sessionid",
    "item": "item itemid iid movieid parentasin asin productid bookid isbn filmid trackid songid "
    "artistid businessid newsid articleid gameid appid recipeid videoid itemcode",
    "rating": "rating ratings stars overall score bookrating reviewscore reviewrating userrating",
    "time": "timestamp time ts unixreviewtime date datetime createdat reviewtime eventtime "
    "dateadded timestamps reviewdate dateupdated",
}
UNITS = ((1e11, 1, "seconds"), (1e14, 10**3, "milliseconds"), (1e17, 10**6, "microseconds"))
NANOSECONDS = (np.inf, 10**9, "nanoseconds")


def tell(line):
    """Print a line on stderr: what was guessed, converted or dropped.

    Parameters
    ----------
    line : str
        The line.
    """
    print(line, file=sys.stderr)


def shown(value):
    """Return a value as a message shows it.

    Parameters
    ----------
    value : object
        A cell of a table, or an id.

    Returns
    -------
    str

    Examples
    --------
    >>> shown(np.int64(7)), shown("7")
    ('7', "'7'")
    """
    return repr(value.item() if isinstance(value, np.generic) else value)


def check_frame(table):
    """Return a table, refusing what is no DataFrame with rows.

    Parameters
    ----------
    table : pandas.DataFrame
        Any table.

    Returns
    -------
    pandas.DataFrame
        The table, with rows numbered from 0.

    Raises
    ------
    TypeError
        If it is no DataFrame.
    ValueError
        If it has no rows, or a name twice.
    """
    if not isinstance(table, pd.DataFrame):
        kind = type(table).__name__
        raise TypeError(
            f"the table is a {kind}: give a pandas.DataFrame, such as read_table(path), or "
            "table.to_pandas()"
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
        The table.
    role : str
        What the column is for, as the message calls it.
    name : str
        The column asked for.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is no such column (the message lists those there are).
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
        The table.
    role : {"user", "item", "rating", "time"}
        What is looked for. Case, punctuation and RecBole's types (``user_id:token``) do not
        count; where several columns have usual names, the more usual one is taken.

    Returns
    -------
    str or None

    Examples
    --------
    >>> guess_column(pd.DataFrame(columns=["userId", "movieId:token"]), "item")
    'movieId:token'
    """
    plain = {
        re.sub(r"[\W_]", "", str(column).partition(":")[0].lower()): column
        for column in reversed(table.columns)
    }
    return next((plain[name] for name in USUAL_NAMES[role].split() if name in plain), None)


def read_events(table, user, item, rating, time, on_bad, duplicates, tell=tell):
    """Read a log's columns from a table; ``Interactions.from_frame`` says how.

    Parameters
    ----------
    table, user, item, rating, time, on_bad, duplicates, tell
        As ``Interactions.from_frame`` takes them.

    Returns
    -------
    dict
        ``users``, ``items``, ``ratings``, ``timestamps``, ``user_ids`` and ``item_ids``.

    Raises
    ------
    ValueError
        As ``Interactions.from_frame``.
    """
    if on_bad not in ("raise", "drop"):
        raise ValueError(f"on_bad={on_bad!r}: use 'raise' or 'drop'")
    if duplicates not in ("first", "last", "keep", "raise"):
        raise ValueError(f"duplicates={duplicates!r}: use 'first', 'last', 'keep' or 'raise'")
    table = check_frame(table)
    columns = _columns(table, {"user": user, "item": item, "rating": rating, "time": time}, tell)
    readers = {"user": _ids, "item": _ids, "rating": _ratings, "time": _times}
    bad, complaints, values = np.zeros(len(table), dtype=bool), [], {}
    for role, column in columns.items():
        values[role], wrong = readers[role](table[column], role, tell)
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            found = shown(table[column].iloc[row])
            complaints.append(
                f"{int(wrong.sum())} of {len(table)} rows have no usable {role}, the first is row "
                f"{row} ({column}={found})"
            )
            bad |= wrong
    if complaints and on_bad == "raise":
        raise ValueError(f'{"; ".join(complaints)}: correct them, or pass on_bad="drop"')
    if bad.all():
        raise ValueError(f"{'; '.join(complaints)}: no row is left")
    if complaints:
        tell(f"{'; '.join(complaints)}: dropped {int(bad.sum())} rows")
    rows = np.flatnonzero(~bad)
    users, user_ids = _numbered(values["user"][rows], "user")
    items, item_ids = _numbered(values["item"][rows], "item")
    seconds = check_times(values["time"][rows], "time") if "time" in values else None
    kept = _first_or_last(users, items, seconds, duplicates, rows, (user_ids, item_ids), tell)
    return {
        "users": users[kept],
        "items": items[kept],
        "ratings": values["rating"][rows][kept] if "rating" in values else None,
        "timestamps": None if seconds is None else seconds[kept],
        "user_ids": user_ids,
        "item_ids": item_ids,
    }


def _columns(table, named, tell):
    """Return the column of each role, guessed where it is not named."""
    both = named["user"] is not None and named["item"] is not None
    columns, guessed = {}, {}
    for role, name in named.items():
        if name is not None:
            columns[role] = column_named(table, role, name)
        elif not both and (found := guess_column(table, role)) is not None:
            columns[role] = guessed[role] = found
        elif role in ("user", "item"):
            raise ValueError(
                f"no column has a usual name for the {role}: name it, {role}=...; the table has "
                f"{', '.join(map(str, table))}"
            )
    if len(set(columns.values())) < len(columns):
        raise ValueError(f"one column is named for two things: {columns}")
    if guessed:
        words = ", ".join(f"{role}={column!r}" for role, column in guessed.items())
        tell(f"columns guessed: {words}")
    return columns


def _ids(column, role, tell):
    """Return ids as an array, and which are missing."""
    missing = column.isna().to_numpy()
    if column.dtype.kind == "f":  # what pandas makes of integers beside a gap
        whole = column.to_numpy(np.float64, na_value=np.nan)
        known = whole[~missing]
        if (known != np.trunc(known)).any() or np.abs(known).max(initial=0) >= 2.0**53:
            wrong = ~missing & ((whole != np.trunc(whole)) | (np.abs(whole) >= 2.0**53))
            row = int(np.flatnonzero(wrong)[0])
            raise ValueError(
                f"{role} of row {row} is {whole[row]!r}, a float, which has lost digits of an id: "
                f'read the column {column.name!r} as text or as "Int64"'
            )
        return np.where(missing, 0, whole).astype(np.int64), missing
    if column.dtype.kind in "iu":
        values = column.fillna(0) if missing.any() else column
        return values.to_numpy("uint64" if column.dtype.kind == "u" else "int64"), missing
    values = column.to_numpy(dtype=object)
    empty = np.array([isinstance(value, str) and not value.strip() for value in values], dtype=bool)
    return values, missing | empty


def _ratings(column, role, tell):
    """Return ratings as float32, and which are missing or no numbers."""
    if column.dtype.kind == "b":
        raise ValueError(f"{role} column {column.name!r} holds true and false: leave it out")
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    with np.errstate(over="ignore"):
        ratings = numbers.astype(np.float32)
    return ratings, ~np.isfinite(ratings)


def _times(column, role, tell):
    """Return times in seconds, or dates, and which are missing or cannot be read."""
    if column.dtype.kind == "b":
        raise ValueError(f"{role} column {column.name!r} holds true and false: name another")
    if column.dtype.kind == "M":  # dates, with or without a zone
        return _dates(column, role)
    if column.dtype.kind not in "iuf":
        numbers = pd.to_numeric(column, errors="coerce")
        if (numbers.isna() > column.isna()).mean() > 0.5 or numbers.isna().all():
            return _dates(_parsed(column, role), role)
        column = numbers
    missing = column.isna().to_numpy()
    if column.dtype.kind in "iu":
        numbers = (column.fillna(0) if missing.any() else column).to_numpy(np.int64)
    else:
        numbers = column.to_numpy(np.float64, na_value=np.nan)
        missing = missing | ~np.isfinite(numbers)
    size = np.abs(np.where(missing, 0, numbers))
    limits = [limit for limit, _, _ in UNITS]
    scale = np.searchsorted(limits, size, side="right")  # 0 for seconds, 3 for nanoseconds
    known = scale[~missing]
    common = int(np.bincount(known).argmax()) if len(known) else 0
    _, per_second, unit = (*UNITS, NANOSECONDS)[common]
    bad = missing | ((scale != common) & (size > 0))
    if per_second > 1:
        tell(f"times of {column.name!r} are taken as {unit} since 1970, by their size")
        ticks = np.where(bad, 0, numbers)
        if numbers.dtype.kind == "f":
            if (ticks != np.trunc(ticks)).any():
                return ticks / per_second, bad
            ticks = ticks.astype(np.int64)
        return ticks_to_seconds(ticks, per_second, role), bad
    if size.max(initial=0) >= 1e8:
        tell(f"times of {column.name!r} are taken as seconds since 1970, by their size")
    return np.where(bad, 0, numbers), bad


def _parsed(column, role):
    """Read dates from text or from Python's own dates."""
    parsed = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
    if parsed.isna().all():
        raise ValueError(
            f"{role} of row 0 is {shown(column.iloc[0])}, and no row holds seconds or an ISO date "
            f"(2024-05-31 or 2024-05-31T18:30:00): convert the column, such as "
            f'table["{column.name}"] = pandas.to_datetime(table["{column.name}"], '
            'format="%d.%m.%Y")'
        )
    return parsed


def _dates(column, role):
    """Return dates in UTC as seconds since 1970, and which are missing."""
    missing = column.isna().to_numpy()
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    dates = column.to_numpy()
    if dates.dtype.kind != "M":
        dates = dates.astype("datetime64[ns]")
    unit, _ = np.datetime_data(dates.dtype)
    return check_times(np.where(missing, np.datetime64(0, unit), dates), role), missing


def _numbered(values, role):
    """Number ids from 0 in their own order, or as they come where they have none."""
    try:
        return pd.factorize(values, sort=len({type(value) for value in values[:1000]}) < 2)
    except TypeError as error:
        raise ValueError(f"{role} ids must be hashable, such as strings: {error}") from error


def _first_or_last(users, items, seconds, duplicates, rows, ids, tell):
    """Return the positions of the events that stay of repeated (user, item) pairs."""
    pairs = users.astype(np.int64) * len(ids[1]) + items
    if len(pd.unique(pairs)) == len(pairs):
        return np.arange(len(users))
    turn = np.arange(len(users)) if seconds is None else np.argsort(seconds, kind="stable")
    keep = "last" if duplicates == "last" else "first"
    again = pd.Series(pairs[turn]).duplicated(keep=keep).to_numpy()
    example = int(turn[np.flatnonzero(again)[0]])
    pair = f"user {shown(ids[0][users[example]])}, item {shown(ids[1][items[example]])}"
    words = (
        f"{int(again.sum())} of {len(users)} events repeat a (user, item) pair, such as row "
        f"{rows[example]} ({pair})"
    )
    if duplicates == "raise":
        raise ValueError(f'{words}: pass duplicates="first", "last" or "keep"')
    tell(f"{words}: kept {'all' if duplicates == 'keep' else 'the ' + duplicates + ' of each'}")
    return np.arange(len(users)) if duplicates == "keep" else np.sort(turn[~again])
