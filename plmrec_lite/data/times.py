"""Times of any form, made seconds since 1970: dates, text, and numbers of any unit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_times, ticks_to_seconds
from plmrec_lite.data.frames import shown

LIMITS = (1e11, 1e14, 1e17)  # a number of this size is no longer of the unit before
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
