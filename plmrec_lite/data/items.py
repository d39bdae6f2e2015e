"""What items are, in words: texts made of a table's columns, in the order of a log's items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plmrec_lite.checks import check_names, check_years, is_missing
from plmrec_lite.data.frames import check_frame, column_named, guess_column, shown, tell

WORDS = {
    "director": "Directed by {}",
    "cast": "With {}",
    "countries": "From {}",
    "languages": "In {}",
    "studio": "Made by {}",
}
ALIASES = {"movie_title": "title", "name": "title", "release_year": "year"}
USUAL_TEXTS = (
    *("title", "name", "movie_title", "product_title", "track_name", "year", "release_year"),
    *("category", "subcategory", "genres", "genre", "categories", "class", "brand", "author"),
    *("artist", "headline", "abstract", "description", "overview", "synopsis", "summary", "text"),
)


def item_text(items, fields=("title", "year", "genres")):
    """Say in words what is known of each item.

    Parameters
    ----------
    items : pandas.DataFrame, n_items rows
        With a column for each of the fields: strings, or tuples of str; ``year`` holds whole
        numbers. What is missing or empty is left out.
    fields : sequence of str
        What to say, in this order, a sentence each; title and year make one. Some columns are
        worded ("Directed by ..."): ``director``, ``cast``, ``countries``, ``languages``,
        ``studio``.

    Returns
    -------
    list of str, n_items long
        One text an item.

    Raises
    ------
    ValueError
        If there are no fields, ``items`` lacks the column of one, or a year is no whole number.
    TypeError
        If a value is neither a string nor a tuple of them.

    Examples
    --------
    >>> import pandas as pd
    >>> films = pd.DataFrame({"title": ["Alien"], "year": [1979], "director": [("Ridley Scott",)]})
    >>> item_text(films, fields=("title", "year", "director"))
    ['Alien (1979). Directed by Ridley Scott.']
    """
    if isinstance(fields, str) or not len(fields):
        raise ValueError(f"fields={fields!r}: give a sequence of names, such as ('title', 'year')")
    columns = []
    for field in fields:
        if field not in items:
            cure = ": add it with join_synopses(items, load_synopses())"
            raise ValueError(
                f"the items have no column {field!r}{cure if field == 'synopsis' else ''}; they "
                f"have {', '.join(map(str, items))}"
            )
        columns.append(_said(items[field].to_list(), field))
    return [
        _sentences(dict(zip(fields, values, strict=True))) for values in zip(*columns, strict=True)
    ]


def _said(values, field):
    """Return each item's value of a field as a string, empty where nothing is known."""
    if field == "year":
        return ["" if year is None else str(year) for year in check_years(values)]
    words = []
    for i, value in enumerate(values):
        if isinstance(value, tuple | list | np.ndarray):
            (value,) = check_names([value], f"{field}, item {i},")
            words.append(", ".join(value))
        elif isinstance(value, str):
            words.append(value.strip())
        elif is_missing(value):
            words.append("")
        else:
            raise TypeError(
                f"row {i} of {field} is {shown(value)}, not a string: convert the column, "
                f'table["{field}"].astype("string")'
            )
    return words


def _sentences(facts):
    """Word what is known of one item."""
    known = {field: value for field, value in facts.items() if value}
    if "title" in known and "year" in known:
        known["title"] += f" ({known.pop('year')})"
    said = [WORDS.get(field, "{}").format(value) for field, value in known.items()]
    return " ".join(words if words.endswith((".", "!", "?")) else f"{words}." for words in said)


@dataclass(frozen=True, eq=False)
class Items:
    """Items with a text each.

    Parameters
    ----------
    ids : array (n_items,)
        The reader's own ids; where the items belong to a log, its ``item_ids``.
    texts : list of str
        One text an item, none empty.

    Examples
    --------
    >>> import pandas as pd
    >>> films = pd.DataFrame({"movieId": [9, 4], "title": ["Alien", "Help!"], "year": [1979, 1965]})
    >>> Items.from_frame(films, item="movieId", text=["title", "year"]).texts
    ['Alien (1979).', 'Help! (1965).']
    """

    ids: np.ndarray
    texts: list

    def __len__(self):
        return len(self.texts)

    @classmethod
    def from_frame(
        cls,
        table,
        item=None,
        text=None,
        *,
        interactions=None,
        placeholder=None,
        on_bad="raise",
        duplicates="raise",
        tell=tell,
    ):
        """Build the texts of items from a table with one row an item.

        Parameters
        ----------
        table : pandas.DataFrame
            The items, in any order.
        item : str or None
            The column of ids; None guesses it.
        text : sequence of str or None
            Columns that make the text, as ``item_text`` words them; bars between names
            ("Horror|Sci-Fi") become commas. None guesses them.
        interactions : Interactions or None
            A log: the texts then stand in the order of its items, and other rows are left out.
        placeholder : str or None
            The text of an item that has no row or no words; None refuses such an item.
        on_bad : {"raise", "drop"}
            What becomes of rows without an id.
        duplicates : {"raise", "first", "last"}
            Which row of an item stays that has several.
        tell : callable
            Takes a line on what was guessed or left out; prints on stderr.

        Returns
        -------
        Items

        Raises
        ------
        TypeError
            If ``table`` is no DataFrame, or a text is no string.
        ValueError
            If a column is not there or cannot be guessed, an id is missing or there twice, or
            an item is without text (the message names the first).
        """
        if duplicates not in ("raise", "first", "last"):
            raise ValueError(f"duplicates={duplicates!r}: use 'raise', 'first' or 'last'")
        if on_bad not in ("raise", "drop"):
            raise ValueError(f"on_bad={on_bad!r}: use 'raise' or 'drop'")
        table = check_frame(table)
        item, text = _columns(table, item, text, tell)
        missing = table[item].isna().to_numpy()
        if missing.any():
            row = int(np.flatnonzero(missing)[0])
            words = (
                f"{int(missing.sum())} of {len(table)} rows have no {item}, the first is row {row}"
            )
            if on_bad == "raise":
                raise ValueError(f'{words}: correct them, or pass on_bad="drop"')
            tell(f"{words}: dropped")
            table = table[~missing].reset_index(drop=True)
        again = table[item].duplicated(keep="last" if duplicates == "last" else "first").to_numpy()
        if again.any():
            row = int(np.flatnonzero(again)[0])
            words = f"{int(again.sum())} rows repeat an item, such as row {row} ({item}="
            words += f"{shown(table[item].iloc[row])})"
            if duplicates == "raise":
                raise ValueError(f'{words}: pass duplicates="first" or "last"')
            tell(f"{words}: kept the {duplicates} of each")
            table = table[~again].reset_index(drop=True)
        plain = [str(name).partition(":")[0] for name in text]
        plain = [name if ALIASES.get(name, name) in plain else ALIASES[name] for name in plain]
        words = table[text].set_axis(plain, axis="columns")
        for name in words:
            bars = words[name].map(lambda value: isinstance(value, str) and "|" in value)
            words[name] = words[name].astype(object)
            words.loc[bars, name] = words.loc[bars, name].map(lambda value: _commas(value))
        texts = item_text(words, tuple(words))
        if interactions is None:
            return cls(table[item].to_numpy(), _filled(texts, table[item], placeholder, tell))
        ids = interactions.item_ids
        if ids is None:
            raise ValueError("the log has no item_ids: build it with Interactions.from_frame")
        by_id = dict(zip(table[item].tolist(), texts, strict=True))
        if not (by_id.keys() & set(ids.tolist())):
            raise ValueError(
                f"no item of the log is in the table: the log has {shown(ids[0])}, the table's "
                f"{item} {shown(table[item].iloc[0])}; name the column whose values are the same"
            )
        if len(unused := by_id.keys() - set(ids.tolist())):
            tell(f"{len(unused)} of {len(by_id)} items have no event and are left out")
        texts = [by_id.get(own, "") for own in ids.tolist()]
        return cls(ids, _filled(texts, ids, placeholder, tell))


def _commas(value):
    """Turn "Horror|Sci-Fi" into "Horror, Sci-Fi"."""
    return ", ".join(part.strip() for part in value.split("|") if part.strip())


def _columns(table, item, text, tell):
    """Return the columns of ids and of texts, guessed where they are not named."""
    guessed = []
    if item is None:
        item = guess_column(table, "item")
        if item is None:
            names = ", ".join(map(str, table))
            raise ValueError(f"no column has a usual name for the item: name it; it has {names}")
        guessed.append(f"item={item!r}")
    if text is None:
        plain = {str(name).partition(":")[0].lower(): name for name in table if name != item}
        years = [name for name in plain if ALIASES.get(name, name) == "year"]
        kept = [n for n in plain if n in years or table[plain[n]].dtype.kind not in "biufM"]
        text = [plain[name] for name in USUAL_TEXTS if name in kept]
        if not text:
            names = ", ".join(map(str, table))
            raise ValueError(f"no column has a usual name for a text: name it; it has {names}")
        guessed.append(f"text={text}")
    if isinstance(text, str):
        raise ValueError(f"text={text!r}: give a list of columns, [{text!r}]")
    if guessed:
        tell(f"columns guessed: {', '.join(guessed)}")
    return column_named(table, "item", item), [column_named(table, "text", c) for c in text]


def _filled(texts, ids, placeholder, tell):
    """Give items without text the placeholder, or refuse them."""
    empty = [i for i, text in enumerate(texts) if not text]
    if not empty:
        return texts
    first = shown(list(ids)[empty[0]])
    words = f"{len(empty)} of {len(texts)} items have no text, the first is item {first}"
    if placeholder is None:
        raise ValueError(f'{words}: pass placeholder="unknown", or leave out their events')
    if not isinstance(placeholder, str) or not placeholder.strip():
        raise ValueError(f"placeholder={placeholder!r}: give a text that is not empty")
    tell(f"{words}: they are called {placeholder!r}")
    return [text or placeholder for text in texts]
