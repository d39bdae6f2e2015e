"""One checker for each kind of input: what is wrong is named, and nothing is coerced in silence."""

from __future__ import annotations


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
