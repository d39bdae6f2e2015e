"""A corpus on disk, cut into blocks of rows: where each begins, and its texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from plmrec_lite.checks import check_number

LINES = (".jsonl", ".ndjson")


class Block(NamedTuple):
    """Some rows in a row of a corpus.

    Attributes
    ----------
    number : int; of the block, from 0
    first : int; its first row, from 0
    n : int; how many rows
    offset : int; of JSON Lines, the byte at which the first row begins; else 0
    """

    number: int
    first: int
    n: int
    offset: int


def cut_corpus(path, size):
    """Cut a corpus into blocks without holding its texts.

    Parameters
    ----------
    path : str or pathlib.Path; a Parquet file (``.parquet``) or JSON Lines (``.jsonl``,
        ``.ndjson``)
    size : int; rows of a block; the last may be smaller

    Returns
    -------
    list of Block

    Raises
    ------
    ValueError: another kind of file, no row, or a damaged file
    FileNotFoundError: there is no such file
    """
    check_number("block", size, least=1, whole=True)
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file: give a Parquet or JSON Lines file of texts")
    if _is_lines(path):
        offsets, n, position = [], 0, 0
        with path.open("rb") as file:
            for line in file:
                if n % size == 0:
                    offsets.append(position)
                n, position = n + 1, position + len(line)
    else:
        n = _parquet(path).metadata.num_rows
        offsets = [0] * -(-n // size)
    if not n:
        raise ValueError(f"{path} holds no row: give some texts")
    return [Block(i, i * size, min(size, n - i * size), at) for i, at in enumerate(offsets)]


def read_block(path, block, text="text"):
    """Read the texts of one block.

    Parameters
    ----------
    path : str or pathlib.Path; of `cut_corpus`
    block : Block
    text : str; the column, or the key, that holds the text

    Returns
    -------
    list of n str

    Raises
    ------
    ValueError: a row without a text, which is named; no such column; or the file has changed
    """
    path = Path(path)
    rows = _lines(path, block, text) if _is_lines(path) else _rows(path, block, text)
    if len(rows) != block.n:
        raise ValueError(
            f"{path} has {block.first + len(rows)} rows, and had {block.first + block.n}: it "
            "changed while it was read; begin anew with a file that stays"
        )
    for number, value in enumerate(rows, start=block.first):
        if not isinstance(value, str) or not value.strip():
            raise ValueError(
                f"row {number} of {path}: {text}={value!r} is no text: drop the row, or give it a "
                "placeholder of your own"
            )
    return rows


def _is_lines(path):
    if path.suffix in LINES:
        return True
    if path.suffix != ".parquet":
        raise ValueError(
            f"{path} ends in {path.suffix!r}: give Parquet (.parquet) or JSON Lines ({LINES[0]})"
        )
    return False


def _lines(path, block, text):
    rows = []
    with path.open("rb") as file:
        file.seek(block.offset)
        for number, line in zip(range(block.first, block.first + block.n), file, strict=False):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise ValueError(f"row {number} of {path} is no JSON: {line[:40]!r}") from error
            if not isinstance(row, dict) or text not in row:
                raise ValueError(f"row {number} of {path} has no {text!r}: {line[:40]!r}")
            rows.append(row[text])
    return rows


def _rows(path, block, text):
    """Of a Parquet file only the row groups that hold the block are read."""
    file = _parquet(path)
    if text not in file.schema_arrow.names:
        names = ", ".join(file.schema_arrow.names)
        raise ValueError(f"{path} has no column {text!r}: it has {names}")
    first, last, start, rows = block.first, block.first + block.n, 0, []
    for group in range(file.metadata.num_row_groups):
        n = file.metadata.row_group(group).num_rows
        if start < last and start + n > first:
            column = file.read_row_group(group, columns=[text]).column(0)
            begin = max(first - start, 0)
            rows += column.slice(begin, min(last - start, n) - begin).to_pylist()
        start += n
    return rows


def _parquet(path):
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise ValueError(f"{path} is no whole Parquet file: {error}") from error
