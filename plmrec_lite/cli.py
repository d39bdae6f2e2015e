"""The command line: ``plmrec-lite doctor``, ``data``, ``cache``, ``recommend``,
``inspect``, ``judge``, ``encode``, ``serve``.
"""

from __future__ import annotations

import argparse
import json
import sys

from plmrec_lite import __version__
from plmrec_lite.applications import inspect_command, judge
from plmrec_lite.applications.corpus import command as encode
from plmrec_lite.applications.serving import command as serving


def main(arguments=None):
    """Run one command and return its exit status.

    Parameters
    ----------
    arguments : list of str or None; the words after ``plmrec-lite``; None takes the process's

    Returns
    -------
    int; 0 when all went well, 1 when something is wrong and was named on stderr; words that make no
        command end the process with 2, as ``argparse`` does
    """
    if arguments is None:  # this process is the command: print what the terminal has no sign for
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"plmrec-lite: {error}", file=sys.stderr)
        return 1


def _parser():
    """The commands and their options."""
    parser = argparse.ArgumentParser(
        prog="plmrec-lite", description="The library behind 'Language Models for Recommendation'."
    )
    parser.add_argument("--version", action="version", version=f"plmrec-lite {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    doctor = commands.add_parser("doctor", help="what works here, and how to cure what does not")
    doctor.set_defaults(command=_doctor)

    data = commands.add_parser("data", help="fetch and verify data sets (all that pages need)")
    data.add_argument("names", nargs="*", metavar="NAME", help="such as movielens-100k")
    data.set_defaults(command=_data)

    cache = commands.add_parser("cache", help="the vectors that are kept: where, how many bytes")
    cache.add_argument("--clear", action="store_true", help="remove them")
    cache.set_defaults(command=_cache)

    recommend = commands.add_parser("recommend", help="films for a taste, in words or titles")
    recommend.add_argument("taste", help='such as "The Matrix; Alien" or "a quiet love story"')
    recommend.add_argument("-k", type=int, default=5, help="how many films (default 5)")
    recommend.set_defaults(command=_recommend)

    inspect_command.add_parser(commands)
    judge.add_parser(commands)
    encode.add_parser(commands)
    serving.add_parser(commands)

    for command in (doctor, data, cache, recommend):
        command.add_argument("--json", action="store_true", help="print JSON for other programs")
    return parser


def _tell(options, record, lines):
    """Print JSON for other programs, or lines for people."""
    print(json.dumps(record, indent=2) if options.json else "\n".join(lines))


def _doctor(options):
    """Print each check; the exit status says whether all passed."""
    from plmrec_lite.doctor import examine

    findings = examine()
    _tell(options, [finding._asdict() for finding in findings], map(str, findings))
    return 0 if all(finding.works for finding in findings) else 1


def _data(options):
    """Fetch each data set named, or all, and say where it lies."""
    from plmrec_lite.data import DATASETS, cache_home, dataset, fetch

    usual = [name for name, record in DATASETS.items() if not record.on_request]
    records = [dataset(name) for name in options.names or usual]  # a wrong name fails first
    found = [{"name": r.name, "title": r.title, "files": sorted(fetch(r.name))} for r in records]
    lines = [f"{record.name:<16} verified: {record.title}" for record in records]
    lines.append(f"The data sets are in {cache_home()}")
    _tell(options, {"folder": str(cache_home()), "datasets": found}, lines)
    return 0


def _cache(options):
    """Say what the vector cache holds, or remove it."""
    from plmrec_lite.text.vector_cache import cache_size, clear_cache, vectors_folder

    n_files, n_bytes = clear_cache() if options.clear else cache_size()
    folder, state = str(vectors_folder()), "removed" if options.clear else "kept"
    line = f"{n_files} files of vectors, {n_bytes / 1e6:.1f} MB, {state} in {folder}"
    _tell(options, {"folder": folder, "files": n_files, "bytes": n_bytes}, [line])
    return 0


def _recommend(options):
    """Print films for a taste."""
    from plmrec_lite.applications.taste import Taste, split_taste
    from plmrec_lite.data import dataset

    split_taste(options.taste)  # bad input is refused before anything is loaded
    n_films = dataset("movielens-100k").counts["items"]
    if not 1 <= options.k <= n_films:
        raise ValueError(f"-k {options.k}: ask for 1 to {n_films} films")
    from plmrec_lite.data import load_movielens

    taste = Taste(load_movielens())
    films, words = taste.read(options.taste)
    found = taste.recommend(options.taste, options.k)
    titles = taste.items.title[films].tolist()
    lines = [f"Films you named: {'; '.join(titles)}"] if films else []
    lines += [f"Words you used:  {'; '.join(words)}"] if words else []
    dated = zip(found.itertuples(), found.year.notna(), strict=True)
    for rank, (film, has_year) in enumerate(dated, start=1):
        year = f" ({film.year})" if has_year else ""
        lines.append(f"{rank:>2}. {film.title}{year}  {', '.join(film.genres)}")
    answer = {
        "titles": titles,
        "words": words,
        "films": json.loads(found.to_json(orient="records")),
    }
    _tell(options, answer, lines)
    return 0
