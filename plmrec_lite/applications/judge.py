"""The command ``plmrec-lite judge``: does a language model help on the reader's own data?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from plmrec_lite.applications.cures import as_options

REPORTS = (".html", ".md")


def add_parser(commands):
    """Add the command to those of the command line; nothing heavy is loaded.

    Parameters
    ----------
    commands : argparse subparsers
    """
    parser = commands.add_parser("judge", help="does a language model help on your own data?")
    add_files(parser)
    parser.add_argument("--items", required=True, help="items with their texts, a file likewise")
    parser.add_argument(
        "--split", choices=("auto", "temporal", "leave-one-out", "random"), default="auto"
    )
    parser.add_argument("--max-users", type=int, default=5000, help="tested at most (default 5000)")
    parser.add_argument("--encoder", metavar="NAME", help="a language model (default minilm)")
    parser.add_argument("--report", metavar="FILE", help="write a report, .html or .md")
    parser.add_argument("--json", action="store_true", help="print JSON for other programs")
    parser.set_defaults(command=run)


def add_files(parser):
    """Add what says how a file of events and a file of items are read.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument(
        "ratings", help="events: .csv, .tsv, .parquet, .jsonl, .inter, behaviors.tsv"
    )
    add_columns(parser)


def add_columns(parser):
    """Add the options that say how both files are read.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    for role in ("user", "item", "rating", "time"):
        parser.add_argument(f"--{role}", metavar="COLUMN", help="guessed if not given")
    parser.add_argument(
        "--item-id", metavar="COLUMN", help="of the items' file; guessed, or --item"
    )
    parser.add_argument("--text", metavar="COLUMNS", help="such as title,genres; guessed")
    parser.add_argument("--names", metavar="COLUMNS", help="of a file without a line of names")
    parser.add_argument("--separator", help="between the columns of a text file")
    parser.add_argument("--encoding", default="utf-8", help="of text files (default utf-8)")
    parser.add_argument(
        "--decimal", metavar="SIGN", default=".", help="of text files: . (default) or ,"
    )
    parser.add_argument("--time-format", metavar="FORMAT", help="of dates, such as %%d.%%m.%%Y")
    parser.add_argument("--on-bad", choices=("raise", "drop"), default="raise", help="bad rows")
    parser.add_argument("--placeholder", metavar="TEXT", help="for items without text")
    parser.add_argument(
        "--duplicates", choices=("first", "last"), help="which row of an item, or of a pair, stays"
    )


def run(options):
    """Read, judge, print, and write the report.

    Parameters
    ----------
    options : argparse.Namespace; what ``add_parser`` defines

    Returns
    -------
    int; 0

    Raises
    ------
    ValueError, OSError: the input is bad; the cures name options of the command line
    """
    report = None if options.report is None else _report_path(options.report)
    if options.max_users < 1:
        raise ValueError(f"--max-users {options.max_users}: test at least one user")
    notes = []

    def tell(line):
        notes.append(line)
        print(line, file=sys.stderr)

    log, items, _ = read_files(options, tell, options.duplicates or "first")
    from plmrec_lite.applications import judge_report
    from plmrec_lite.applications.judgement import judge
    from plmrec_lite.text.encoder import TextEncoder

    found = judge(
        log,
        items,
        TextEncoder(options.encoder, cache=True),
        split=options.split,
        max_users=options.max_users,
        notes=notes,
    )
    if report is not None:
        write = judge_report.as_html if report.suffix == ".html" else judge_report.as_markdown
        report.write_text(write(found), encoding="utf-8")
    if options.json:
        print(json.dumps(judge_report.as_record(found), indent=2, ensure_ascii=False))
    else:
        print(judge_report.as_text(found))
        if report is not None:
            print(f"\nThe report is in {report}")
    return 0


def _report_path(name):
    """Refuse a report that could not be written, before anything is computed."""
    path = Path(name)
    if path.suffix not in REPORTS:
        raise ValueError(f"--report {name}: end the name in .html or .md")
    if not path.parent.is_dir():
        raise ValueError(f"--report {name}: there is no folder {path.parent}")
    return path


def read_files(options, tell, duplicates):
    """Read both files and put the items in the order of the log's.

    Parameters
    ----------
    options : argparse.Namespace; ``ratings``, ``items``, ``duplicates``, what ``add_columns`` adds
    tell : callable; takes a line on what was guessed, converted or dropped
    duplicates : {"first", "last", "keep"}; which of a pair's events stays

    Returns
    -------
    log : Interactions
    items : Items or None; None where no file of items is named
    table : pandas.DataFrame or None; the rows of these items, as the file has them

    Raises
    ------
    ValueError, OSError: the input is bad; the cures name options of the command line
    """
    try:
        return _read(options, tell, duplicates)
    except (ValueError, TypeError) as error:
        raise ValueError(as_options(str(error))) from error


def _read(options, tell, duplicates):
    """Read both files; the cures of an error name arguments of the library."""
    from plmrec_lite.data import Interactions, Items, read_table

    def split(names):
        return None if names is None else [name.strip() for name in names.split(",")]

    for path in filter(None, (options.ratings, options.items)):
        if not Path(path).exists():
            raise ValueError(f"there is no file {path}: check its name and folder")
    text = {name: getattr(options, name) for name in ("separator", "encoding", "decimal")}
    events = read_table(
        options.ratings,
        names=split(options.names),
        ids=[name for name in (options.user, options.item) if name],
        **text,
    )
    if options.time_format is not None:
        events = _dated(events, options)
    log = Interactions.from_frame(
        events,
        options.user,
        options.item,
        options.rating,
        options.time,
        on_bad=options.on_bad,
        duplicates=duplicates,
        tell=tell,
    )
    if options.items is None:
        return log, None, None
    named = [name for name in (options.item_id, options.item) if name]
    table = read_table(options.items, ids=named, **text)
    column = options.item_id or (options.item if options.item in table else None)
    items = Items.from_frame(
        table,
        column,
        split(options.text),
        interactions=log,
        placeholder=options.placeholder,
        on_bad=options.on_bad,
        duplicates=options.duplicates or "raise",
        tell=tell,
    )
    return log, items, in_order_of(log, table, column)


def _dated(table, options):
    """Read the dates of a table by their format."""
    import pandas as pd

    from plmrec_lite.data.frames import DROP, column_named, first_of, guess_column

    name = options.time or guess_column(table, "time")
    if name is None:
        raise ValueError("--time-format needs a column of times: name it, time=...")
    column = table[column_named(table, "time", name)]
    texts = column.convert_dtypes().astype("string")  # 20240531 is a number, or a float by a gap
    try:
        dates = pd.to_datetime(texts, format=options.time_format, errors="coerce")
    except ValueError as error:
        raise ValueError(f"--time-format {options.time_format}: {error}") from error
    wrong = (dates.isna() & column.notna()).to_numpy()
    if wrong.any() and (wrong.all() or options.on_bad == "raise"):
        what = f"have no time of the form {options.time_format!r}"
        cure = "give another --time-format" if wrong.all() else DROP
        raise ValueError(f"{first_of(wrong, what, column)}: {cure}")
    return table.assign(**{name: dates})


def in_order_of(log, table, column=None):
    """Return the rows of a log's items, in its order, without the column of ids.

    Parameters
    ----------
    log : Interactions; with its own ids
    table : pandas.DataFrame; one row an item; of repeated ones the first is taken
    column : str or None; of ids; guessed if not given

    Returns
    -------
    pandas.DataFrame, n_items rows; empty where an item has none
    """
    from plmrec_lite.data.frames import guess_column

    column = column or guess_column(table, "item")
    return table.drop_duplicates(column).set_index(column).reindex(log.item_ids)
