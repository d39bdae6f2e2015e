"""Separated values: what looks like a number is one where no sign of an id is lost."""

from __future__ import annotations

import contextlib

import numpy as np
import pandas as pd

from plmrec_lite.data.frames import guess_column

ASCII_LIKE = ("utf-8", "ascii", "latin-1", "cp1252")  # digits and separators are one byte each
ZERO, DIGIT, MINUS, BLANK, END = range(1, 6)  # kinds of signs; a blank, or a plus; a field's end


def read_separated(path, separator, encoding, decimal, names, ids, quoting):
    """Read separated values; ids that look like numbers become them if they lose nothing.

    Parameters
    ----------
    path, separator, encoding, decimal, names, ids : as ``read_table`` takes them
    quoting : int; of the ``csv`` module

    Returns
    -------
    pandas.DataFrame; only an empty cell is missing

    Raises
    ------
    ValueError: ``names`` are fewer than the columns
    """
    options = {
        "sep": separator,
        "encoding": encoding,
        "decimal": decimal,
        "names": None if names is None else list(names),
        "header": "infer" if names is None else None,
        "quoting": quoting,
        "engine": "c" if len(separator) == 1 else "python",
        "keep_default_na": False,
        "na_values": [""],
    }
    if names is not None:  # pandas takes what they do not name, on the left, for the index
        width = pd.read_csv(path, nrows=1, **options | {"names": None}).shape[1]
        if width > len(names):
            raise ValueError(
                f"{path.name} has {width} columns, and names={list(names)} are {len(names)}: name "
                "each of them, in their order"
            )
    header = pd.read_csv(path, nrows=0, **options)
    as_text = [column for column in header if column in ids or _is_id(header, column)]
    if options["engine"] == "c":
        options["low_memory"] = False  # else a long column may hold 1 and "1" at once
        if path.suffix != ".gz" and encoding in ASCII_LIKE and _as_written(path, separator):
            table = pd.read_csv(path, **options)  # what it takes for a number is written as one
            as_text = [c for c in as_text if not isinstance(table[c].dtype, pd.StringDtype)]
            as_text = [c for c in as_text if table[c].dtype.kind not in "iu"]
            if not as_text:
                return table
    table = pd.read_csv(path, dtype=dict.fromkeys(as_text, str), **options)
    return table.assign(**{column: _integers(table[column]) for column in as_text})


def _is_id(header, column):
    """Whether a column has a usual name for ids, or RecBole's type for names."""
    usual = column in (guess_column(header[[column]], role) for role in ("user", "item"))
    return usual or str(column).endswith(":token")


def _as_written(path, separator):
    """Whether no field has a sign, a leading zero or a blank that a whole number would lose."""
    kinds = bytearray(256)
    for kind, signs in enumerate((b"0", b"123456789", b"-", b"+ \t\v\f", b'\n\r"'), start=1):
        for sign in signs:
            kinds[sign] = kind
    kinds[ord(separator)] = END
    before = b"\n"
    with path.open("rb") as file:
        while before:
            signs = file.read(2**18)
            chunk = np.frombuffer((before + (signs or b"\n")).translate(kinds), dtype=np.uint8)
            ends = np.flatnonzero(chunk[:-2] == END)
            first, then = chunk[1:][ends], chunk[2:][ends]  # the two signs behind each end
            lost = (first == ZERO) & (then - 1 < DIGIT)  # 007; uint8: nothing is below 0
            lost |= (first == BLANK) | ((first == MINUS) & (then == ZERO))
            blank = chunk[:-1] == BLANK
            if lost.any() or (blank.any() and (chunk[1:][blank] == END).any()):
                return False
            before = signs and (before + signs)[-2:]
    return True


def _integers(column):
    """Return a column of text as integers, if all of it is written as integers are."""
    column = column.astype("category")  # each text is looked at once
    texts = column.cat.categories.to_numpy(object)
    values = texts
    with contextlib.suppress(ValueError, TypeError):
        numbers = pd.to_numeric(texts)
        if numbers.dtype.kind in "iu" and (numbers.astype(str) == texts.astype(str)).all():
            values = numbers
    codes = column.cat.codes.to_numpy()
    if (codes >= 0).all() and len(values):
        return pd.Series(values[codes])
    kept = pd.array([*values.tolist(), None], dtype=object if values is texts else "Int64")
    return pd.Series(kept[codes])  # -1, what is missing, takes the last
