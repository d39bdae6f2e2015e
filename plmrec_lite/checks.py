"""One checker for each kind of input: what is wrong is named, and nothing is coerced in silence."""

from __future__ import annotations

import math
from numbers import Integral, Real

import numpy as np


def check_number(name, value, *, least=None, above=None, most=None, below=None, whole=False):
    """Refuse a setting that is no finite number, or lies outside its range.

    Parameters
    ----------
    name : str; what the message calls it
    value : object
    least, above, most, below : float or None; the ends of the range: the lower one included or not,
        and the upper one likewise
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
        and (below is None or value < below)
    ):
        return
    wanted = "an integer" if whole else "a number"
    if least is not None and most is not None:
        wanted += f" from {least} to {most}"
    elif least is not None:
        wanted += f", {least} or larger"
    elif above is not None:
        wanted += f" above {above}" + ("" if most is None else f", at most {most}")
    if below is not None:
        wanted += f" and below {below}"
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
        raise ValueError(f"{name}={value!r}: use one of {', '.join(map(repr, choices))}")


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
    array = as_row(values, name, "biuf", "n whole numbers")
    if not array.size:
        return np.zeros(0, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        whole = array.astype(np.int64)
    exact = whole == array
    if array.dtype.kind == "f":
        exact &= np.abs(array) < 2.0**63  # beyond it a cast may saturate, on ARM
    refuse_rows(~exact, array, name, "no whole numbers", "drop or fill them")
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
    refuse_rows(ids == -1, ids, name, "missing", missing)
    refuse_rows((ids < 0) | (ids >= count), ids, name, f"out of range 0 to {count - 1}", cure)
    return ids


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
    array = as_row(ratings, name, "iuf", "one number an event, or None where nothing was rated")
    with np.errstate(over="ignore"):
        numbers = array.astype(np.float32)
    refuse_rows(~np.isfinite(numbers), array, name, "missing or infinite", "drop or fill them")
    return numbers


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


def as_row(values, name, kinds, wanted):
    """Return values as an array of one dimension and of some kinds; an empty one is of any kind.

    Parameters
    ----------
    values : sequence (n,); Python's numbers, such as a nullable column of pandas, become NumPy's
    name : str; what the messages call it
    kinds : str; of NumPy's, such as "iuf"
    wanted : str; what the message asks for

    Returns
    -------
    array (n,)

    Raises
    ------
    ValueError: another kind or shape, or a value that is no number (the message names its row)
    """
    array = np.asarray(values)
    if array.ndim == 1 and array.dtype.kind == "O" and array.size:
        missing = np.array([is_missing(value) for value in array])
        for i in np.flatnonzero(~missing):
            if isinstance(array[i], str | bytes) or not isinstance(array[i], Real):
                raise ValueError(f"row {i} of {name} is {array[i]!r}: give a number")
        whole = not missing.any() and all(isinstance(value, Integral) for value in array)
        array = np.where(missing, np.nan, array).astype(np.int64 if whole else np.float64)
    if array.ndim != 1 or (array.size and array.dtype.kind not in kinds):
        raise ValueError(f"{name} is {array.dtype} of shape {array.shape}: give {wanted}")
    return array


def refuse_rows(bad, values, name, what, cure):
    """Refuse values of which some are bad.

    Parameters
    ----------
    bad : bool array (n,)
    values : array (n,)
    name, what, cure : str; what the message calls them, what is wrong, and what to do

    Raises
    ------
    ValueError: one is bad (the message counts them, and names the first)
    """
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"{name}: {int(bad.sum())} of {len(bad)} are {what}, the first in row {row} "
            f"({values[row]}): {cure}"
        )
