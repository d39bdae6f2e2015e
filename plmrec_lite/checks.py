"""One checker for each kind of input: what is wrong is named, and nothing is coerced in silence."""

from __future__ import annotations

import math
from numbers import Integral, Real


def check_number(name, value, *, least=None, above=None, most=None, whole=False):
    """Refuse a setting that is no finite number, or lies outside its range.

    Parameters
    ----------
    name : str
        What the message calls it.
    value : object
        What was given.
    least : float or None
        The lower end of the range, which belongs to it.
    above : float or None
        A lower end that does not.
    most : float or None
        The upper end, which belongs to it.
    whole : bool
        Whether it must be an integer.

    Raises
    ------
    ValueError
        If it does not fit (the message names the setting, the value and the range).
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


def check_texts(texts, name="texts"):
    """Return texts as a list, refusing whatever is not a sequence of non-empty strings.

    Parameters
    ----------
    texts : sequence of str
        A list, a tuple, an array or a column of a table; not one string, and nothing that yields
        other things than its texts (a table, a dict) or has no order (a set).
    name : str
        What the messages call it.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If ``texts`` is of another kind, or holds something that is not a string.
    ValueError
        If a text is empty.
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
