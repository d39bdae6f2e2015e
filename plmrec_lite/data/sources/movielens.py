"""MovieLens-100K: who rated which film, what the films are, who the people are.

GroupLens's own archive and RecBole's copy spell the same films in two ways; both come out alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.item_texts import item_text
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.film_facts import join_film_facts, load_film_facts
from plmrec_lite.data.sources.registry import dataset
from plmrec_lite.data.sources.titles import canonical_title

NAME = "movielens-100k"
GENRES = (
    *("Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama"),
    *("Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller"),
    *("War", "Western"),
)
_TITLE_AND_YEAR = re.compile(r"(.+?)\s*\((\d{4})\)(?: \(V\))?\s*")  # (V): came out on video


@dataclass(frozen=True, eq=False)
class MovieLens:
    """The data set in three tables; a user's or item's id is its row.

    Attributes
    ----------
    interactions : Interactions; 100,000 ratings from 1 to 5 stars by 943 users of 1,682 items, in
        the file's order (which is not that of time); timestamps in seconds since 1970
    items : pandas.DataFrame, 1,682 rows; ``item`` (int), ``title`` (str, "The Usual Suspects"),
        ``year`` (nullable int), ``genres``, ``director``, ``writers``, ``cast``, ``countries``,
        ``languages``, ``studio`` (tuples of str, empty where unknown), ``text`` (see ``item_text``)
    users : pandas.DataFrame, 943 rows; ``user`` (int), ``age`` (years), ``sex`` ("F" or "M"),
        ``occupation`` (str)

    Source: Harper and Konstan 2015.
    """

    interactions: Interactions
    items: pd.DataFrame
    users: pd.DataFrame


def load_movielens():
    """Load MovieLens-100K, each film with what is known of its making.

    Returns
    -------
    MovieLens; ids are GroupLens's less one; eighteen films are there twice, as in GroupLens's list

    Raises
    ------
    FetchError: the data are neither here nor to be had (the message says the cure)
    ValueError: the numbers of users, items or ratings are not those of this data set

    Examples
    --------
    >>> movielens = load_movielens()
    >>> movielens.items.loc[11, "text"]
    'The Usual Suspects (1995). Crime, Thriller.'

    Source: Harper and Konstan 2015.
    """
    files = fetch(NAME)
    if "u.item" in files:
        ratings = np.loadtxt(files["u.data"], dtype=np.int64)
        films = [_from_grouplens(line) for line in _lines(files["u.item"], "|", "latin-1")]
        people = _lines(files["u.user"], "|", "ascii")
    else:
        ratings = np.loadtxt(files["ml-100k.inter"], dtype=np.int64, skiprows=1)
        films = [_from_recbole(line) for line in _lines(files["ml-100k.item"], "\t", "utf-8")[1:]]
        people = _lines(files["ml-100k.user"], "\t", "ascii")[1:]
    dataset(NAME).check_counts(users=len(people), items=len(films), ratings=len(ratings))
    interactions = Interactions(
        users=ratings[:, 0] - 1,
        items=ratings[:, 1] - 1,
        ratings=ratings[:, 2].astype(np.float32),
        timestamps=ratings[:, 3],
        n_users=len(people),
        n_items=len(films),
    )
    items = join_film_facts(_items(films), load_film_facts())
    items["text"] = item_text(items)
    return MovieLens(interactions, items, _users(people))


def _lines(path, separator, encoding):
    lines = path.read_text(encoding=encoding).splitlines()
    return [line.split(separator) for line in lines]


def _from_grouplens(line):
    """Read an item's title with its year, and its genres from 19 flags, the first "unknown"."""
    flags = line[-len(GENRES) :]
    genres = tuple(genre for genre, flag in zip(GENRES, flags, strict=True) if flag == "1")
    return line[1], genres


def _from_recbole(line):
    """Read an item as GroupLens would have spelt it; RecBole parted title and last bracket."""
    _, title, year, genres = line
    if title == "unkonwn":
        return "unknown", ()
    return f"{title} ({year})", tuple(genre for genre in GENRES if genre in genres.split(" "))


def _items(films):
    parted = [_TITLE_AND_YEAR.fullmatch(title) for title, _ in films]
    return pd.DataFrame(
        {
            "item": np.arange(len(films)),
            "title": [
                canonical_title(both[1] if both else title)
                for both, (title, _) in zip(parted, films, strict=True)
            ],
            "year": pd.array([int(both[2]) if both else pd.NA for both in parted], dtype="Int64"),
            "genres": pd.Series([genres for _, genres in films], dtype=object),
        }
    )


def _users(people):
    """Make the table of users; the postcode, which GroupLens has too, stays out."""
    return pd.DataFrame(
        {
            "user": np.arange(len(people)),
            "age": [int(person[1]) for person in people],
            "sex": [person[2] for person in people],
            "occupation": [person[3] for person in people],
        }
    )
