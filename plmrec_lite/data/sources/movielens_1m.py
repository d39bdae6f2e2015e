"""MovieLens-1M, the data set of most published numbers; a reader fetches it from GroupLens."""

from __future__ import annotations

import re
import zipfile

import numpy as np
import pandas as pd

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.item_texts import item_text
from plmrec_lite.data.sources.archives import ArchiveError
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.film_facts import join_film_facts, load_film_facts
from plmrec_lite.data.sources.movielens import GENRES, MovieLens, _items
from plmrec_lite.data.sources.registry import dataset

NAME = "movielens-1m"
RATINGS, FILMS = "ml-1m/ratings.dat", "ml-1m/movies.dat"
RATING = re.compile("[0-9]{1,18}::[0-9]{1,18}::[1-5]::[0-9]{1,18}")
SIZES = {RATINGS: 24_594_131, FILMS: 171_308}  # bytes, unpacked


def load_movielens_1m():
    """Load MovieLens-1M: the films that somebody rated, and who rated them when.

    Only ratings and films are read; ages, occupations and postcodes stay in the archive.

    Returns
    -------
    MovieLens; interactions in the order of the file (by user); items with the columns of
        MovieLens-100K; ``users`` has their numbers alone; GroupLens's own ids are in
        ``interactions.user_ids`` and ``item_ids``

    Raises
    ------
    FetchError: the archive is neither here nor to be had (the message says the cure)
    ArchiveError: a file in it is missing, or of another size than GroupLens's
    ValueError: a line cannot be read, or the numbers of users, items or ratings differ

    Source: Harper and Konstan 2015.
    """
    ratings, films = read_archive(fetch(NAME)["ml-1m.zip"])
    log, items = assemble(ratings, films)
    dataset(NAME).check_counts(users=log.n_users, items=log.n_items, ratings=len(log))
    items = join_film_facts(items, load_film_facts())
    items["text"] = item_text(items)
    return MovieLens(log, items, pd.DataFrame({"user": np.arange(log.n_users)}))


def read_archive(path, sizes=None):
    """Read the two files of the archive, without unpacking it to the disk.

    Parameters
    ----------
    path : pathlib.Path; the archive, whose checksum was verified
    sizes : dict of str to int or None; bytes of each file; None for GroupLens's

    Returns
    -------
    ratings : int array (n, 4); user, film, stars, seconds since 1970, ids as in the file
    films : list of (int, str, tuple of str); id, title with year, genres

    Raises
    ------
    ArchiveError: a file is missing or of another size
    ValueError: a line has other fields than expected (the message names it)
    """
    sizes = SIZES if sizes is None else sizes
    with zipfile.ZipFile(path) as archive:
        texts = {}
        for name, size in sizes.items():
            if name not in archive.namelist():
                raise ArchiveError(f"{path.name} holds no {name!r}")
            if (found := archive.getinfo(name).file_size) != size:
                raise ArchiveError(f"{path.name}: {name!r} has {found:,} bytes, not {size:,}")
            texts[name] = archive.read(name).decode("latin-1")
    films = [_film(line) for line in texts[FILMS].splitlines()]
    return _numbers(texts[RATINGS]), films


def assemble(ratings, films):
    """Number users and the films that were rated, and make the table of films.

    Parameters
    ----------
    ratings, films : as from `read_archive`

    Returns
    -------
    log : Interactions
    items : pandas.DataFrame; ``item``, ``title``, ``year``, ``genres``; a row a rated film

    Raises
    ------
    ValueError: a rated film is not in the list
    """
    known = {film: (title, genres) for film, title, genres in films}
    user_ids, users = np.unique(ratings[:, 0], return_inverse=True)
    item_ids, items = np.unique(ratings[:, 1], return_inverse=True)
    if unknown := [film for film in item_ids.tolist() if film not in known]:
        raise ValueError(f"film {unknown[0]} is rated and not in {FILMS}")
    log = Interactions(
        users=users,
        items=items,
        ratings=ratings[:, 2].astype(np.float32),
        timestamps=ratings[:, 3],
        n_users=len(user_ids),
        n_items=len(item_ids),
        user_ids=user_ids,
        item_ids=item_ids,
    )
    return log, _items([known[film] for film in item_ids.tolist()])


def _numbers(text):
    """Parse lines such as 1::1193::5::978300760."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if not RATING.fullmatch(line):
            raise ValueError(
                f"{RATINGS}, line {number}: {line[:40]!r} is not user::film::stars::time, in "
                "integers with 1 to 5 stars"
            )
    return np.array(text.replace("::", " ").split(), dtype=np.int64).reshape(-1, 4)


def _film(line):
    """Read an id, a title with its year, and genres in GroupLens's order."""
    parts = line.split("::")
    if len(parts) != 3 or not parts[0].isdigit():
        raise ValueError(f"{FILMS}: {line[:60]!r} is not film::title (year)::genres")
    genres = parts[2].split("|")
    return int(parts[0]), parts[1], tuple(genre for genre in GENRES if genre in genres)
