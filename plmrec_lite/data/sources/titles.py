"""Film titles: one form for display, one for comparison, and the search for the same film."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from importlib.resources import files

import numpy as np
import pandas as pd

ARTICLES = (
    *("The", "A", "An"),
    *("Le", "La", "Les", "L'", "Un", "Une"),
    *("Il", "Lo", "Gli", "El", "Los", "Las", "O", "Os"),
    *("Der", "Die", "Das", "Ein", "Eine", "Det", "Den"),
)
OTHER_NAMES = tomllib.loads(files(__package__).joinpath("other_names.toml").read_text("utf-8"))


def canonical_title(title):
    """Put a title's article in front, in the main title and in an alias in brackets.

    Parameters
    ----------
    title : str; without its year, as MovieLens writes it

    Returns
    -------
    str; as one reads it aloud, with single spaces

    Examples
    --------
    >>> canonical_title("Usual Suspects, The"), canonical_title("Hate (Haine, La)")
    ('The Usual Suspects', 'Hate (La Haine)')
    """
    names = [_article_first(name) for name in _names(title)]
    return names[0] + "".join(f" ({alias})" for alias in names[1:])


def title_key(title):
    """Reduce a title to what two spellings of it share.

    Parameters
    ----------
    title : str; in canonical form

    Returns
    -------
    str; lower case, without accents or punctuation, "&" spelt out

    Examples
    --------
    >>> title_key("Misérables, Les"), title_key("Secrets & Lies"), title_key("M*A*S*H")
    ('miserables les', 'secrets and lies', 'mash')
    """
    plain = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"['’`.*]", "", plain.replace("&", " and "))
    return " ".join(re.findall(r"\w+", plain))


def match_films(items, films):
    """Find each item's film in another list of films, by title and year.

    A title matches as a whole or by its alias in brackets, within a year; one that differs in its
    article only must have the very year. The nearest in years is taken, then the first.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows; ``title`` (in canonical form) and ``year``
    films : pandas.DataFrame; likewise

    Returns
    -------
    int array (n_items,); positions in ``films``, -1 where there is none

    Examples
    --------
    >>> mine = pd.DataFrame({"title": ["Heat", "Alien"], "year": [1995, 1979]})
    >>> theirs = pd.DataFrame({"title": ["Alien", "Heat"], "year": [1979, 1986]})
    >>> match_films(mine, theirs).tolist()
    [-1, 0]
    """
    by_key, by_bare_key = {}, {}
    for position, (title, year) in enumerate(zip(films["title"], films["year"], strict=True)):
        if not pd.isna(year):
            key = title_key(title)
            by_key.setdefault(key, []).append((int(year), position))
            by_bare_key.setdefault(_without_article(key), []).append((int(year), position))
    found = np.full(len(items), -1, dtype=np.int64)
    for row, (title, year) in enumerate(zip(items["title"], items["year"], strict=True)):
        if pd.isna(year):
            continue
        names = _names(title)
        keys = [title_key(name) for name in (*names, OTHER_NAMES.get(names[0], names[0]))]
        near = [(abs(y - year), p) for key in keys for y, p in by_key.get(key, ())]
        near = [pair for pair in near if pair[0] <= 1] or [
            (0, p)
            for key in keys
            for y, p in by_bare_key.get(_without_article(key), ())
            if y == year
        ]
        if near:
            found[row] = min(near)[1]
    return found


def _names(title):
    """Split "Main (Alias)" into its names."""
    title = " ".join(title.split())
    both = re.fullmatch(r"(.+?) \((.+)\)", title)
    return [both[1], both[2]] if both else [title]


def _article_first(name):
    """Turn "Enfer, L'" into "L'Enfer"."""
    rest, comma, article = name.rpartition(", ")
    if not comma or article not in ARTICLES:
        return name
    return f"{article}{rest}" if article.endswith("'") else f"{article} {rest}"


def _without_article(key):
    """Drop an article that leads a key."""
    first, space, rest = key.partition(" ")
    return rest if space and first.capitalize() in ARTICLES else key
