"""A log's columns out of a table: ids made numbers, bad rows named, repeated pairs decided."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_choice
from plmrec_lite.data.frames import (
    DROP,
    check_frame,
    column_named,
    first_of,
    guess_column,
    no_usual_name,
    shown,
    tell,
)
from plmrec_lite.data.order import repeated_pairs
from plmrec_lite.data.times import check_times, read_times


def read_events(table, user, item, rating, time, on_bad, duplicates, tell=tell):
    """Read a log's columns from a table; ``Interactions.from_frame`` says how.

    Parameters
    ----------
    table, user, item, rating, time, on_bad, duplicates, tell : as ``Interactions.from_frame``

    Returns
    -------
    dict; ``users``, ``items``, ``ratings``, ``timestamps``, ``user_ids`` and ``item_ids``

    Raises
    ------
    ValueError: as ``Interactions.from_frame``
    """
    check_choice("on_bad", on_bad, ("raise", "drop"))
    check_choice("duplicates", duplicates, ("first", "last", "keep", "raise"))
    table = check_frame(table)
    columns = _columns(table, {"user": user, "item": item, "rating": rating, "time": time}, tell)
    readers = {"user": _ids, "item": _ids, "rating": _ratings, "time": read_times}
    bad, complaints, values = np.zeros(len(table), dtype=bool), [], {}
    for role, column in columns.items():
        values[role], wrong = readers[role](table[column], role, tell)
        if wrong.any():
            complaints.append(first_of(wrong, f"have no usable {role}", table[column]))
            bad |= wrong
    (users, user_ids), (items, item_ids) = values.pop("user"), values.pop("item")
    rows = slice(None)
    if complaints:
        words = "; ".join(complaints)
        if on_bad == "raise":
            raise ValueError(f"{words}: {_cure(table, columns) or DROP}")
        if bad.all():
            raise ValueError(f"{words}: {_cure(table, columns) or 'no row is left'}")
        tell(f"{words}: dropped {int(bad.sum())} rows")
        rows = np.flatnonzero(~bad)
        user_ids, users = _used(user_ids, users[rows])
        item_ids, items = _used(item_ids, items[rows])
    columns = {"ratings": values["rating"][rows] if "rating" in values else None}
    columns["timestamps"] = check_times(values["time"][rows], "time") if "time" in values else None
    columns |= {"users": users, "items": items}
    keep = "last" if duplicates == "last" else "first"
    again = repeated_pairs(users, items, columns["timestamps"], keep)
    if again is not None:
        event = int(np.argmax(again))
        words = (
            f"{int(again.sum())} of {len(users)} events repeat a (user, item) pair, such as row "
            f"{np.arange(len(table))[rows][event]} (user {shown(user_ids[users[event]])}, "
            f"item {shown(item_ids[items[event]])})"
        )
        if duplicates == "raise":
            raise ValueError(f'{words}: pass duplicates="first", "last" or "keep"')
        tell(f"{words}: kept {'all' if duplicates == 'keep' else f'the {duplicates} of each'}")
        if duplicates != "keep":
            columns = {name: c if c is None else c[~again] for name, c in columns.items()}
    return {**columns, "user_ids": user_ids, "item_ids": item_ids}


def _cure(table, columns):
    """What to do where no row has a rating that can be read, else ""."""
    if "rating" not in columns or not _ratings(table[columns["rating"]], "rating", tell)[1].all():
        return ""
    others = [f"{role}={name!r}" for role, name in columns.items() if role != "rating"]
    return f"to do without ratings, name the other columns: pass {', '.join(others)}"


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
            raise no_usual_name(table, f"the {role}: name it, {role}=...")
    if len(set(columns.values())) < len(columns):
        raise ValueError(f"one column is named for two things: {columns}: name another for one")
    if guessed:
        words = ", ".join(f"{role}={column!r}" for role, column in guessed.items())
        tell(f"columns guessed: {words}")
    return columns


def _ids(column, role, tell):
    """Return (the number of each id, the ids in their own order), and which are missing."""
    missing = column.isna().to_numpy()
    if column.dtype.kind == "f":  # what pandas makes of integers beside a gap
        values = column.to_numpy(np.float64, na_value=np.nan)
        lossy = ~missing & ((values != np.trunc(values)) | (np.abs(values) >= 2.0**53))
        if lossy.any():
            row = int(np.argmax(lossy))
            raise ValueError(
                f"{role} of row {row} is {values[row]!r}, a float, which has lost digits of an id: "
                f'read the column {column.name!r} as text or as "Int64"'
            )
        return _dense(np.where(missing, 0, values).astype(np.int64)), missing
    if column.dtype.kind in "iu":
        values = column.fillna(0) if missing.any() else column
        return _dense(values.to_numpy(f"{column.dtype.kind}8")), missing
    text = isinstance(column.dtype, pd.StringDtype)
    values = column if text else column.to_numpy(dtype=object)
    alike = text or len({type(value) for value in values[~missing][:1000]}) < 2
    try:
        codes, ids = pd.factorize(values, sort=alike)  # ids of two kinds stay as they come
    except TypeError as error:
        raise ValueError(f"{role} ids must be hashable, such as strings: {error}") from error
    ids = ids.to_numpy(object) if text else ids
    blank = np.array([isinstance(own, str) and not own.strip() for own in ids], dtype=bool)
    return (codes, ids), missing | blank[codes] if blank.any() else missing


def _dense(values):
    """Number integers in their order; ids without large gaps need no hashing."""
    low, high = int(values.min()), int(values.max())
    if high - low > 8 * len(values):
        return pd.factorize(values, sort=True)
    there = np.zeros(high - low + 1, dtype=bool)
    place = values - values.dtype.type(low)
    there[place] = True
    ids = np.flatnonzero(there).astype(values.dtype) + values.dtype.type(low)
    return (np.cumsum(there) - 1)[place], ids


def _used(ids, codes):
    """Drop ids that no row has any more, and number the rest anew."""
    used, codes = np.unique(codes, return_inverse=True)
    return ids[used], codes


def _ratings(column, role, tell):
    """Return ratings as float32, and which are missing or no numbers."""
    if column.dtype.kind == "b":
        raise ValueError(f"{role} column {column.name!r} holds true and false: leave it out")
    if _decimal_comma(column):  # refused also where bad rows are dropped: whole numbers would stay
        raise ValueError(
            f"{role} column {column.name!r} is written with a decimal comma, such as "
            f"{shown(_decimal_comma(column))}: read the file again, and pass decimal=','"
        )
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    with np.errstate(over="ignore"):
        ratings = numbers.astype(np.float32)
    return ratings, ~np.isfinite(ratings)


def _decimal_comma(column):
    """The first value such as "4,5" if no other text keeps values from being numbers, or ""."""
    if column.dtype.kind in "iuf":
        return ""
    texts = column[pd.to_numeric(column, errors="coerce").isna() & column.notna()].astype(str)
    commas = texts.str.strip().str.fullmatch(r"[+-]?\d*,\d+")
    thousands = texts.str.strip().str.fullmatch(r"[+-]?\d{1,3},\d{3}")
    return texts.iloc[0] if len(texts) and commas.all() and not thousands.all() else ""
