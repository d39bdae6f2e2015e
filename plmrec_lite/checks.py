"""One checker for each kind of input: what is wrong is named, and nothing is coerced in silence."""

from __future__ import annotations

import math
from numbers import Integral, Real

import numpy as np


def check_number(name, value, *, least=None, above=None, most=None, whole=False):
    """Refuse a setting that is no finite number, or lies outside its range.

    Parameters
    ----------
    name : str; what the message calls it
    value : object
    least, above, most : float or None; the range: its lower end, included or not, and its upper end
    whole : bool; whether it must be an integer

    Raises
    ------
    ValueError: it does not fit (the message names the setting, the value and the range)
    """
    fits = isinstance(value, Integral if whole else Real) and not isinstance(value, bool)
    if (
        fits
        and math.isfinite(value)
        and (least is None or value >= least)
        and (above is None or value > above)
        and (most is None or value <= most)
    ):
        return
    wanted = "an integer" if whole else "a number"
    if least is not None and most is not None:
        wanted += f" from {least} to {most}"
    elif least is not None:
        wanted += f", {least} or larger"
    elif above is not None:
        wanted += f" above {above}" + ("" if most is None else f", at most {most}")
    raise ValueError(f"{name}={value if fits else repr(value)}: give {wanted}")


def check_choice(name, value, choices):
    """Refuse an option that is none of its choices.

    Parameters
    ----------
    name : str; what the message calls it
    value : object
    choices : sequence of str

    Raises
    ------
    ValueError: it is none of them (the message names it and them)
    """
    if value not in choices:
        *most, last = map(repr, choices)
        raise ValueError(f"{name}={value!r}: use {', '.join(most)} or {last}")


def check_texts(texts, name="texts"):
    """Return texts as a list, refusing whatever is not a sequence of non-empty strings.

    Parameters
    ----------
    texts : sequence of str; not one string, nor what yields other things than its texts (a table, a
        dict) or has no order (a set)
    name : str; what the messages call it

    Returns
    -------
    list of str

    Raises
    ------
    TypeError: ``texts`` is of another kind, or holds something that is not a string
    ValueError: a text is empty
    """
    if isinstance(texts, str):
        raise TypeError(f"{name} is the one string {texts[:40]!r}: pass a list, [text]")
    if isinstance(texts, dict | set | frozenset) or getattr(texts, "ndim", 1) != 1:
        raise TypeError(
            f"{name} is a {type(texts).__name__}: pass a list of texts, such as one column, "
            'table["text"], or list(texts.values())'
        )
    texts = list(texts)
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {i} of {name} is {text!r}, not a string: convert or drop it")
        if not text.strip():
            raise ValueError(
                f"text {i} of {name} is empty: drop it, or give it a placeholder of your own"
            )
    return texts


def check_whole(values, name="values"):
    """Return a copy of values as int64, refusing what is not a whole number.

    Parameters
    ----------
    values : array (n,); integers, booleans, or floats without a fraction
    name : str; what the messages call it

    Returns
    -------
    int64 array (n,)

    Raises
    ------
    ValueError: another kind or shape, or one has a fraction or is missing (the row is named)
    """
    array = np.asarray(values)
    if array.ndim == 1 and not array.size:
        return np.zeros(0, dtype=np.int64)
    if array.ndim == 1 and array.dtype.kind == "O":  # a nullable column of pandas
        array = _numbers(array, name)
    if array.ndim != 1 or array.dtype.kind not in "biuf":
        raise ValueError(f"{name} is {array.dtype} of shape {array.shape}: give n whole numbers")
    with np.errstate(invalid="ignore"):
        whole = array.astype(np.int64)
    exact = whole == array
    if array.dtype.kind == "f":
        exact &= np.abs(array) < 2.0**63  # beyond it a cast may saturate, on ARM
    _refuse(~exact, array, name, "no whole numbers", "drop or fill them")
    return whole


def check_ids(ids, count, name="ids"):
    """Return ids as int64, refusing what does not number ``count`` things from 0.

    Parameters
    ----------
    ids : int array (n,); 0 to count - 1
    count : int
    name : str; what the messages call it, such as ``"users"``

    Returns
    -------
    int64 array (n,)

    Raises
    ------
    ValueError: an id is no whole number, is -1 (pandas' missing), or is out of range
    """
    cure = (
        "build the log with Interactions.from_frame(table, user=..., item=...), which numbers ids "
        "of any kind and remembers yours"
    )
    if len(ids) and isinstance(ids[0] if isinstance(ids, list | tuple | np.ndarray) else 0, str):
        raise ValueError(f"{name} are strings, the first {ids[0]!r}: {cure}")
    ids = check_whole(ids, name)
    missing = "drop these rows, for -1 is what pandas writes for a missing id"
    _refuse(ids == -1, ids, name, "missing", missing)
    _refuse((ids < 0) | (ids >= count), ids, name, f"out of range 0 to {count - 1}", cure)
    return ids


def check_labels(labels, classes, name="labels"):
    """Return labels as int64, refusing what is none of the classes.

    Parameters
    ----------
    labels : int array (n,); 0 to len(classes) - 1
    classes : tuple of str
    name : str; what the messages call it

    Returns
    -------
    int64 array (n,)

    Raises
    ------
    ValueError: a label is not a whole number, or is no class
    """
    labels = check_whole(labels, name)
    wrong = (labels < 0) | (labels >= len(classes))
    _refuse(
        wrong,
        labels,
        name,
        f"none of the {len(classes)} classes {classes}",
        f"labels run from 0 to {len(classes) - 1}",
    )
    return labels


def check_ratings(ratings, name="ratings"):
    """Return ratings as float32, refusing text and what is missing or infinite.

    Parameters
    ----------
    ratings : float array (n,); in the unit of the data, such as stars
    name : str; what the messages call it

    Returns
    -------
    float32 array (n,)

    Raises
    ------
    ValueError: they are no numbers, or one is missing or infinite (the message names its row)
    """
    array = np.asarray(ratings)
    if array.ndim == 1 and array.dtype.kind == "O" and array.size:
        array = _numbers(array, name)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iuf"):
        raise ValueError(
            f"{name} is {array.dtype} of shape {array.shape}: give one number an event, or None "
            "where nothing was rated"
        )
    with np.errstate(over="ignore"):
        numbers = array.astype(np.float32)
    _refuse(~np.isfinite(numbers), array, name, "missing or infinite", "drop or fill them")
    return numbers


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
    array = np.asarray(times)
    if array.ndim == 1 and array.dtype.kind == "O" and array.size:
        array = _numbers(array, name)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iufM"):
        raise ValueError(
            f"{name} is {array.dtype} of shape {array.shape}: give seconds, or dates as datetime64"
        )
    if array.dtype.kind == "M":
        return _seconds(array, name)
    if array.dtype.kind != "f" or (array == np.trunc(array)).all():
        return check_whole(array, name)
    _refuse(~(np.abs(array) < 2.0**53), array, name, "no times", "drop or fill them")
    return array.astype(np.float64)


def _seconds(dates, name):
    """Turn datetime64 (n,) into seconds since 1970."""
    _refuse(np.isnat(dates), dates, name, "missing", "drop or fill them")
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


def is_missing(value):
    """Return whether a value is None, NaN, NaT or pandas.NA.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    unequal = value != value  # pandas.NA answers neither True nor False
    return value is None or not isinstance(unequal, bool | np.bool_) or bool(unequal)


def _numbers(array, name):
    """Turn a column of Python numbers into float64 or int64; what is missing becomes NaN."""
    missing = np.array([is_missing(value) for value in array])
    for i in np.flatnonzero(~missing):
        if isinstance(array[i], str | bytes) or not isinstance(array[i], Real):
            raise ValueError(f"row {i} of {name} is {array[i]!r}: give a number")
    if not missing.any() and all(isinstance(value, Integral) for value in array):
        return array.astype(np.int64)
    return np.where(missing, np.nan, array).astype(np.float64)


def _refuse(bad, values, name, what, cure):
    """Raise a ValueError that names the first of the bad rows, if there are any."""
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"{name}: {int(bad.sum())} of {len(bad)} are {what}, the first in row {row} "
            f"({values[row]}): {cure}"
        )
