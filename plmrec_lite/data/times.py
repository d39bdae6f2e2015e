"""Times of any form, made seconds since 1970: dates, text, and numbers of any unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.checks import as_row, check_whole, refuse_rows
from plmrec_lite.data.frames import shown

LIMITS = (1e11, 1e14, 1e17)  # a number of this size is no longer of the unit before
DAYS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%b %d, %Y"),
)
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
UNITS = ((1, "seconds"), (10**3, "milliseconds"), (10**6, "microseconds"), (10**9, "nanoseconds"))


def read_times(column, role, tell):
    """Read a column of times; the unit of numbers is recognised by their size, and told.

    Parameters
    ----------
    column : pandas.Series; dates, ISO text, or seconds to nanoseconds since 1970
    role : str; what messages call it
    tell : callable

    Returns
    -------
    times : array (n,); in seconds
    wrong : bool array (n,); where none could be read, or one of another unit than most

    Raises
    ------
    ValueError: no row can be read, or two different times would become one number
    """
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
    scale = sum((size >= limit).astype(np.int8) for limit in LIMITS)  # 3 for nanoseconds
    common = int(np.bincount(scale[~missing], minlength=1).argmax())
    per_second, unit = UNITS[common]
    bad = missing | ((scale != common) & (size > 0))
    if per_second > 1 or size.max(initial=0) >= 1e8:
        tell(f"times of {column.name!r} are taken as {unit} since 1970, by their size")
    ticks = np.where(bad, 0, numbers)
    if per_second == 1:
        return ticks, bad
    if (ticks != np.trunc(ticks)).any():
        return ticks / per_second, bad
    return ticks_to_seconds(ticks.astype(np.int64), per_second, role), bad


def _parsed(column, role):
    """Read dates from text or from Python's own dates."""
    parsed = pd.to_datetime(column, format="ISO8601", errors="coerce", utc=True)
    if parsed.isna().all():
        raise ValueError(
            f"{role} of row 0 is {shown(column.iloc[0])}, and no row holds seconds or an ISO date "
            f"(2024-05-31 or 2024-05-31T18:30:00): convert the column, such as "
            f'table["{column.name}"] = pandas.to_datetime(table["{column.name}"], '
            f'format="{likely_format(column)}")'
        )
    return parsed


def likely_format(column):
    """Return a format that most dates of a column have.

    Parameters
    ----------
    column : pandas.Series of str; dates that are not written as ISO 8601 does

    Returns
    -------
    str; as ``pandas.to_datetime`` takes it; the day comes first where nothing shows which it is

    Examples
    --------
    >>> likely_format(pd.Series(["05/06/2024 8:15 PM", "05/31/2024 9:00 AM"]))
    '%m/%d/%Y %I:%M %p'
    """
    some = column.dropna().astype(str).head(1000)
    formats = [f"{day}{clock}" for day in DAYS for clock in CLOCKS]
    return max(formats, key=lambda f: pd.to_datetime(some, format=f, errors="coerce").count())


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


def check_times(times, name="timestamps"):
    """Return times in seconds, whole where all of them are, refusing to make two times one.

    Parameters
    ----------
    times : array (n,); seconds, or dates (datetime64 in UTC), which become seconds since 1970
    name : str; what the messages call it

    Returns
    -------
    int64 array (n,), or float64 where a time has a fraction of a second

    Raises
    ------
    ValueError: a time is missing or no time, or two different times would become one number
    """
    array = as_row(times, name, "iufM", "seconds, or dates as datetime64")
    if array.dtype.kind == "M":
        return _seconds(array, name)
    if array.dtype.kind != "f" or (array == np.trunc(array)).all():
        return check_whole(array, name)
    refuse_rows(~(np.abs(array) < 2.0**53), array, name, "no times", "drop or fill them")
    return array.astype(np.float64)


def _seconds(dates, name):
    """Turn datetime64 (n,) into seconds since 1970."""
    refuse_rows(np.isnat(dates), dates, name, "missing", "drop or fill them")
    unit, step = np.datetime_data(dates.dtype)
    per_second = {"ms": 10**3, "us": 10**6, "ns": 10**9}.get(unit)
    if per_second is None or step != 1:
        return dates.astype("datetime64[s]").astype(np.int64)
    return ticks_to_seconds(dates.astype(np.int64), per_second, name)


def ticks_to_seconds(ticks, per_second, name="timestamps"):
    """Turn milli-, micro- or nanoseconds into seconds, and keep different times different.

    Parameters
    ----------
    ticks : int64 array (n,); times in a finer unit
    per_second : int; how many of them make a second
    name : str; what the messages call it

    Returns
    -------
    int64 array (n,), or float64 where a time has a fraction of a second

    Raises
    ------
    ValueError: two times are so close that seconds in float64 cannot keep them distinct
    """
    whole, rest = np.divmod(ticks, per_second)
    if not rest.any():
        return whole
    seconds = whole + rest / per_second
    if len(np.unique(seconds)) < len(np.unique(ticks)):
        raise ValueError(
            f"{name}: some times lie less than a millionth of a second apart, which seconds "
            'cannot keep distinct: give their order, table["time"].rank(method="dense")'
        )
    return seconds
