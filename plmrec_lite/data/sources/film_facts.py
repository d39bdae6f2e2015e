"""Who made a film and where, from Wikidata, packaged by Bokeh; joined by title and year."""

from __future__ import annotations

import contextlib
import re
import sqlite3

import pandas as pd

from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset
from plmrec_lite.data.sources.titles import match_films

FACTS = ("director", "writers", "cast", "countries", "languages", "studio")

_QUERY = """
    SELECT omdb.ID AS film, Title AS title, Year AS year, Genre AS genres, Director AS director,
           Writer AS writers, "Cast" AS "cast", Country AS countries, Language AS languages,
           Production AS studio, Awards AS awards, Reviews AS reviews
    FROM omdb JOIN tomatoes ON omdb.ID = tomatoes.ID
    ORDER BY Reviews DESC, omdb.ID
"""
# Commas part names, but not a name from its suffix: "Sammy Davis, Jr., Dean Martin".
_BETWEEN_NAMES = re.compile(r", (?!(?:Jr|Sr|Inc|Ltd)\b|III\b|PhD\b)")


def load_film_facts():
    """Load the facts on 17,472 films from 1940 on, those with most reviews first.

    Returns
    -------
    pandas.DataFrame; ``title`` (str), ``year`` (int), ``genres``, ``director``, ``writers``,
        ``cast``, ``countries``, ``languages``, ``studio`` (tuples of str, empty where unknown, in
        the alphabet's order: the first of the cast need not be the lead), ``awards`` (str, empty
        where none) and ``reviews`` (int, critics' reviews counted by Rotten Tomatoes)

    Raises
    ------
    FetchError: the data are neither here nor to be had (the message says the cure)

    Source: Wikidata, by way of bokeh-sampledata.
    """
    (path,) = fetch("film-facts").values()
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
        facts = pd.read_sql_query(_QUERY, base).drop(columns="film")
    dataset("film-facts").check_counts(films=len(facts))
    for column in ("genres", *FACTS):
        facts[column] = pd.Series(
            [_split(names) for names in facts[column].fillna("")], dtype=object
        )
    facts["awards"] = facts["awards"].fillna("").astype(str)
    facts["reviews"] = facts["reviews"].fillna(0).astype("int64")
    return facts


def join_film_facts(items, facts):
    """Add to each item what is known of how it was made.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows; with ``title`` and ``year``
    facts : pandas.DataFrame; from ``load_film_facts``

    Returns
    -------
    pandas.DataFrame, n_items rows; a copy with ``FACTS``: tuples of str, empty where unknown

    Source: ``match_films`` has the rule.
    """
    found = match_films(items, facts)
    joined = items.copy()
    for column in FACTS:
        values = facts[column].to_numpy()
        joined[column] = pd.Series(
            [values[row] if row >= 0 else () for row in found], index=items.index, dtype=object
        )
    return joined


def _split(names):
    """Turn "A, B" into ("A", "B"), and nothing into ()."""
    return tuple(_BETWEEN_NAMES.split(names)) if names else ()
