"""Who made a film and where: directors, writers, cast, countries, languages, studios.

The facts are Wikidata's, packaged by the Bokeh project; they join MovieLens by title and year.
"""

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
    """Load the facts on 17,472 films, those with most reviews first.

    Returns
    -------
    pandas.DataFrame
        17,472 rows: ``title`` (str), ``year`` (int), ``genres``, ``director``, ``writers``,
        ``cast``, ``countries``, ``languages``, ``studio`` (tuples of str, empty where unknown),
        ``awards`` (str, empty where none) and ``reviews`` (int, the critics' reviews counted by
        Rotten Tomatoes). Names stand in the alphabet's order, so the first of the cast need
        not be the lead. Films before 1940 are not in it.

    Raises
    ------
    FetchError
        If the data are neither here nor to be had (the message says the cure).

    Examples
    --------
    >>> facts = load_film_facts()
    >>> facts[facts.title == "Pulp Fiction"].director.item()
    ('Quentin Tarantino',)

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
    items : pandas.DataFrame, n_items rows
        With the columns ``title`` and ``year``.
    facts : pandas.DataFrame
        From ``load_film_facts``.

    Returns
    -------
    pandas.DataFrame, n_items rows
        A copy of ``items`` with ``director``, ``writers``, ``cast``, ``countries``,
        ``languages`` and ``studio``: tuples of str, empty where the film is not in ``facts``.

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
