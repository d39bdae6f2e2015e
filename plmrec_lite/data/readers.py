"""Files of the reader's own: CSV, TSV, Parquet, JSON Lines, RecBole's atomic files, MIND."""

from __future__ import annotations

import contextlib
import csv
import gzip
import json
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from plmrec_lite.data.frames import guess_column

SEPARATORS = {".csv": ",", ".tsv": "\t", ".inter": "\t", ".item": "\t", ".user": "\t"}
ATOMIC = (".inter", ".item", ".user")
JSON = (".jsonl", ".ndjson", ".json")
ASCII_LIKE = ("utf-8", "ascii", "latin-1", "cp1252")  # digits and separators are one byte each
ZERO, DIGIT, MINUS, BLANK, END = range(1, 6)  # kinds of signs; a blank, or a plus; a field's end
NEWS = ("news_id", "category", "subcategory", "title", "abstract", "url", "entities", "more")
BEHAVIORS = ("impression", "user_id", "time", "history", "impressions")


def read_table(path, *, separator=None, encoding="utf-8", names=None, ids=()):
    r"""Read a table from a file, as ``Interactions.from_frame`` and ``Items.from_frame`` want it.

    Parameters
    ----------
    path : str or Path
        ``.csv``, ``.tsv``, ``.parquet``, ``.jsonl`` (one JSON object a line), RecBole's
        ``.inter``, ``.item`` and ``.user``, or MIND's ``behaviors.tsv`` and ``news.tsv``; text
        files also with ``.gz``. RecBole's types are taken off the names of columns. MIND's
        clicks become one row each, see ``read_behaviors``.
    separator : str or None
        What stands between the columns of a text file; None goes by the file's name.
    encoding : str
        The encoding of a text file.
    names : sequence of str or None
        The columns of a text file that has no line of names.
    ids : sequence of str
        Columns whose values are names even where they look like numbers, beside those that
        usually are: "007" stays another id than "7".

    Returns
    -------
    pandas.DataFrame
        Only an empty cell is missing; "NA" and "null" are words.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such table (the message says what it is, and the cure).
    ImportError
        If a Parquet file is to be read and pyarrow is not installed.
    """
    path = Path(path)
    _check_file(path)
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
            return _read_text(path, "\t", encoding, NEWS, ids, csv.QUOTE_NONE)
        separator = separator or SEPARATORS.get(kind)
        if separator is None:
            raise ValueError(
                f"{path.name} is of no known kind ({', '.join((*SEPARATORS, '.parquet', *JSON))}): "
                'rename it, or pass separator="," for a text file'
            )
        quoting = csv.QUOTE_NONE if kind in ATOMIC else csv.QUOTE_MINIMAL
        table = _read_text(path, separator, encoding, names, ids, quoting)
        _check_columns(path, table, kind, separator, names)
        return table.rename(columns=_without_type) if kind in ATOMIC else table


def read_behaviors(path):
    """Read the clicks in MIND's ``behaviors.tsv``.

    Parameters
    ----------
    path : str or Path
        The file: impression, user, time, history, and what was shown ("N1-1 N2-0", 1 for a
        click) in each line, separated by tabs.

    Returns
    -------
    pandas.DataFrame
        ``user_id``, ``news_id`` and ``time``, one row a click. A click has the time of its
        impression. A user's history has no times of its own: its clicks are put before the
        first impression of the file, a second apart, in their order.

    Raises
    ------
    ValueError
        If a line is not of that form (the message names the row).

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
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path.name} is not in {encoding} (byte {error.object[error.start]:#x} cannot be "
            'read): pass encoding="latin-1" or the encoding that it was written in'
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


def _read_text(path, separator, encoding, names, ids, quoting):
    """Read separated values; ids that look like numbers become them if they lose nothing."""
    options = {
        "sep": separator,
        "encoding": encoding,
        "names": None if names is None else list(names),
        "header": "infer" if names is None else None,
        "quoting": quoting,
        "engine": "c" if len(separator) == 1 else "python",
        "keep_default_na": False,
        "na_values": [""],
    }
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
    kinds = np.zeros(256, dtype=np.uint8)
    for kind, signs in enumerate((b"0", b"123456789", b"-", b"+ \t\v\f", b'\n\r"'), start=1):
        kinds[list(signs)] = kind
    kinds[ord(separator)] = END
    before = b"\n"
    with path.open("rb") as file:
        while before:
            signs = file.read(2**20)
            chunk = kinds[np.frombuffer(before + (signs or b"\n"), dtype=np.uint8)]
            first, then, last = chunk[:-2], chunk[1:-1], chunk[2:]
            lost = (then == ZERO) & (last <= DIGIT) & (last > 0)  # 007
            lost |= (then == MINUS) & (last == ZERO)
            lost |= then == BLANK
            lost &= first == END
            lost |= (then == BLANK) & (last == END)
            if lost.any():
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
    if names is None and all(c.replace(".", "").replace("-", "").isdigit() for c in columns):
        example = ["user", "item", "rating", "time"][: len(columns)]
        raise ValueError(
            f"{path.name} seems to have no line of names, for it begins "
            f"{separator.join(columns)!r}: pass names={example}"
        )
    if kind in ATOMIC and not all(":" in column for column in columns):
        raise ValueError(
            f"{path.name} has no RecBole types in its names ({', '.join(columns)}): write them, "
            "such as user_id:token, or call the file .tsv"
        )


def _without_type(column):
    """Take RecBole's type off a column's name."""
    return column.partition(":")[0]
