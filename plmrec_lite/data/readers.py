"""Files of the reader's own: CSV, TSV, Parquet, JSON Lines, RecBole's atomic files, MIND."""

from __future__ import annotations

import contextlib
import csv
import gzip
import json
import zlib
from pathlib import Path

import pandas as pd

from plmrec_lite.checks import check_choice
from plmrec_lite.data.encodings import check_encoding, likely_encoding, unread
from plmrec_lite.data.separated import read_separated

SEPARATORS = {".csv": ",", ".tsv": "\t", ".inter": "\t", ".item": "\t", ".user": "\t"}
ATOMIC = (".inter", ".item", ".user")
JSON = (".jsonl", ".ndjson", ".json")
NEWS = ("news_id", "category", "subcategory", "title", "abstract", "url", "entities", "more")
BEHAVIORS = ("impression", "user_id", "time", "history", "impressions")


def read_table(path, *, separator=None, encoding="utf-8", decimal=".", names=None, ids=()):
    """Read a table from a file, as ``Interactions.from_frame`` and ``Items.from_frame`` want it.

    Parameters
    ----------
    path : str or Path; ``.csv``, ``.tsv``, ``.parquet``, ``.jsonl`` (one JSON object a line),
        RecBole's ``.inter``, ``.item`` and ``.user`` (types are taken off the names of columns), or
        MIND's ``behaviors.tsv`` (see ``read_behaviors``) and ``news.tsv``; text also with ``.gz``
    separator : str or None; between the columns of a text file; None goes by the file's name
    encoding : str; of a text file
    decimal : {".", ","}; what stands before the decimals of a text file's numbers
    names : sequence of str or None; the columns of a text file that has no line of names
    ids : sequence of str; columns whose values are names even where they look like numbers, beside
        those that usually are: "007" stays another id than "7"

    Returns
    -------
    pandas.DataFrame; only an empty cell is missing; "NA" and "null" are words

    Raises
    ------
    FileNotFoundError: there is no such file
    ValueError: the file is no such table (the message says what it is, and the cure)
    """
    path = Path(path)
    _check_file(path)
    check_encoding(encoding)
    check_choice("decimal", decimal, (".", ","))
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    kind = plain.suffix.lower()
    with _named_errors(path, encoding):
        if plain.name == "behaviors.tsv" and names is None:
            return read_behaviors(path)
        if kind == ".parquet":
            return _read_parquet(path)
        if kind in JSON and separator is None:
            return _read_json(path, encoding)
        if plain.name == "news.tsv" and names is None:
            return read_separated(path, "\t", encoding, decimal, NEWS, ids, csv.QUOTE_NONE)
        separator = separator or SEPARATORS.get(kind)
        if separator is None:
            raise ValueError(
                f"{path.name} is of no known kind ({', '.join((*SEPARATORS, '.parquet', *JSON))}): "
                'rename it, or pass separator="," for a text file'
            )
        quoting = csv.QUOTE_NONE if kind in ATOMIC else csv.QUOTE_MINIMAL
        table = read_separated(path, separator, encoding, decimal, names, ids, quoting)
        _check_columns(path, table, kind, separator, names)
        return table.rename(columns=_without_type) if kind in ATOMIC else table


def read_behaviors(path):
    """Read the clicks in MIND's ``behaviors.tsv``.

    Parameters
    ----------
    path : str or Path; lines of impression, user, time, history, and what was shown ("N1-1 N2-0", 1
        for a click), separated by tabs

    Returns
    -------
    pandas.DataFrame; ``user_id``, ``news_id`` and ``time``, one row a click, at its impression's
        time; a history, which has no times, is put before the first impression of the file, in its
        order, a second apart

    Raises
    ------
    ValueError: a line is not of that form (the message names the row)

    Source: Wu et al. 2020 (MIND).
    """
    table = pd.read_csv(
        path, sep="\t", names=BEHAVIORS, dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE
    )
    times = pd.to_datetime(table["time"], format="%m/%d/%Y %I:%M:%S %p", errors="coerce")
    shown = table["impressions"].str.split()
    wrong = times.isna() | ~table["impressions"].str.fullmatch(r"(\S+-[01]\s*)+")
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ValueError(
            f"row {row} is no impression of MIND: time {table['time'][row]!r} (such as '11/15/2019 "
            f"8:55:22 AM'), shown {table['impressions'][row]!r} (such as 'N1-1 N2-0')"
        )
    clicks = pd.DataFrame({"user_id": table["user_id"], "news_id": shown, "time": times})
    clicks = clicks.explode("news_id")
    clicks = clicks[clicks["news_id"].str.endswith("-1")]
    clicks["news_id"] = clicks["news_id"].str.removesuffix("-1")
    first = table.assign(time=times).sort_values("time", kind="stable").drop_duplicates("user_id")
    past = pd.DataFrame({"user_id": first["user_id"], "news_id": first["history"].str.split()})
    past["back"] = past["news_id"].map(lambda history: list(range(len(history), 0, -1)))
    past = past.explode(["news_id", "back"]).dropna(subset="news_id")
    past["time"] = times.min() - pd.to_timedelta(past["back"].astype(int), unit="s")
    return pd.concat([past[["user_id", "news_id", "time"]], clicks], ignore_index=True)


def _check_file(path):
    """Refuse what is no file, or an empty one."""
    if path.is_dir():
        inside = ", ".join(sorted(p.name for p in path.iterdir())[:5])
        raise ValueError(f"{path} is a folder: name a file in it ({inside or 'it is empty'})")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}: check its name and folder")
    if not path.stat().st_size:
        raise ValueError(f"{path} is empty: fetch or write it again")


@contextlib.contextmanager
def _named_errors(path, encoding):
    """Turn what a reader of pandas raises into what is wrong with the file, and the cure."""
    try:
        yield
    except UnicodeError as error:
        raise ValueError(
            f"{path.name} is not in {encoding} ({unread(error)}): pass "
            f'encoding="{likely_encoding(path)}" or the encoding that it was written in'
        ) from error
    except gzip.BadGzipFile as error:
        raise ValueError(f"{path.name} is no gzip file: rename it without .gz") from error
    except (EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} ends in the middle: fetch it again") from error
    except pd.errors.EmptyDataError as error:
        raise ValueError(f"{path.name} has no columns: fetch or write it again") from error
    except pd.errors.ParserError as error:
        raise ValueError(
            f"{path.name} has lines of different length ({' '.join(str(error).split())}): correct "
            'that line, or pass another separator, such as separator=";"'
        ) from error


def _read_parquet(path):
    """Read a Parquet file."""
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError(
            f"{path.name} is a Parquet file, which needs pyarrow: pip install pyarrow"
        ) from error
    try:
        return pd.read_parquet(path, dtype_backend="numpy_nullable")
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as error:
        first = str(error).splitlines()[0]
        raise ValueError(
            f"{path.name} is no whole Parquet file ({first}): write it again"
        ) from error


def _read_json(path, encoding):
    """Read one JSON object a line; numbers stay as they are written."""
    open_it = gzip.open if path.suffix == ".gz" else open
    rows = []
    with open_it(path, "rt", encoding=encoding) as lines:
        for number, line in enumerate(lines, start=1):
            line = line.removeprefix("\ufeff")  # which some editors put before UTF-8
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(
                    f"line {number} of {path.name} is no JSON object ({line.strip()[:40]!r}): "
                    "give JSON Lines, one object a line"
                ) from error
            if not isinstance(row, dict):
                raise ValueError(f"line {number} of {path.name} is no JSON object: {line[:40]!r}")
            rows.append(row)
    columns = dict.fromkeys(name for row in rows for name in row)
    table = {}
    for name in columns:
        values = pd.Series([row.get(name) for row in rows], dtype=object)
        kinds = {type(value) for value in values if value is not None}
        table[name] = values.astype("Int64") if kinds == {int} else values.infer_objects()
    return pd.DataFrame(table)


def _check_columns(path, table, kind, separator, names):
    """Refuse a table whose separator or line of names is plainly another."""
    columns = [str(column) for column in table.columns]
    if len(columns) == 1:
        other = next((s for s in (";", "\t", ",", "|") if s != separator and s in columns[0]), None)
        cure = f"pass separator={other!r}" if other else "give at least two columns"
        raise ValueError(f"{path.name} has the one column {columns[0][:60]!r}: {cure}")
    numbers = sum(c.replace(".", "").replace("-", "").isdigit() for c in columns)
    few = len(columns) <= 8  # a wider table may have numbers for names
    if names is None and (numbers == len(columns) or (few and 2 * numbers >= len(columns))):
        example = ["user", "item", "rating", "time"][: len(columns)]
        raise ValueError(
            f"{path.name} seems to have no line of names, for it begins "
            f"{separator.join(columns)!r}: pass names={example}"
        )
    if not len(table):
        raise ValueError(
            f"{path.name} has a line of names ({', '.join(columns)}) and no rows: fetch or write "
            "it again"
        )
    if kind in ATOMIC and not all(":" in column for column in columns):
        raise ValueError(
            f"{path.name} has no RecBole types in its names ({', '.join(columns)}): write them, "
            "such as user_id:token, or call the file .tsv"
        )


def _without_type(column):
    """Take RecBole's type off a column's name."""
    return column.partition(":")[0]
