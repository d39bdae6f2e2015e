"""Items of the reader's own: texts made of a table's columns, in the order of a log's items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plmrec_lite.checks import check_choice
from plmrec_lite.data.frames import (
    DROP,
    check_frame,
    column_named,
    first_of,
    guess_column,
    no_usual_name,
    shown,
    tell,
)
from plmrec_lite.data.item_texts import item_text

ALIASES = {"movie_title": "title", "name": "title", "release_year": "year"}
USUAL_TEXTS = (
    *("title", "name", "movie_title", "product_title", "track_name", "year", "release_year"),
    *("category", "subcategory", "genres", "genre", "categories", "class", "brand", "author"),
    *("artist", "headline", "abstract", "description", "overview", "synopsis", "summary", "text"),
)


@dataclass(frozen=True, eq=False)
class Items:
    """Items with a text each.

    Parameters
    ----------
    ids : array (n_items,); the reader's own; of a log's items, its ``item_ids``
    texts : list of str; none empty

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
        item : str or None; the column of ids; None guesses it
        text : sequence of str or None; columns that make the text, as ``item_text`` words them;
            bars between names ("Horror|Sci-Fi") become commas; None guesses them
        interactions : Interactions or None; a log: the texts then stand in the order of its items,
            and other rows are left out
        placeholder : str or None; the text of an item that has no row or no words; None refuses it
        on_bad : {"raise", "drop"}; what becomes of rows without an id
        duplicates : {"raise", "first", "last"}; which row of an item stays that has several
        tell : callable; takes a line on what was guessed or left out; prints on stderr

        Returns
        -------
        Items

        Raises
        ------
        TypeError: ``table`` is no DataFrame, or a text is no string
        ValueError: a column is not there or cannot be guessed, an id is missing or there twice, or
            an item is without text (the message names the first)
        """
        check_choice("duplicates", duplicates, ("raise", "first", "last"))
        check_choice("on_bad", on_bad, ("raise", "drop"))
        table = check_frame(table)
        item, text = _columns(table, item, text, tell)
        table = _one_row_an_item(table, item, on_bad, duplicates, tell)
        plain = [str(name).partition(":")[0] for name in text]
        plain = [name if ALIASES.get(name, name) in plain else ALIASES[name] for name in plain]
        words = table[text].set_axis(plain, axis="columns").astype(object).map(_commas)
        texts = item_text(words, tuple(words))
        if interactions is None:
            return cls(table[item].to_numpy(), _filled(texts, table[item], placeholder, tell))
        ids = interactions.item_ids
        if ids is None:
            raise ValueError("the log has no item_ids: build it with Interactions.from_frame")
        by_id = dict(zip(table[item].tolist(), texts, strict=True))
        unused = by_id.keys() - set(ids.tolist())
        if len(unused) == len(by_id):
            raise ValueError(
                f"no item of the log is in the table: the log has {shown(ids[0])}, the table's "
                f"{item} {shown(table[item].iloc[0])}; {_why_apart(ids, by_id)}"
            )
        if unused:
            tell(f"{len(unused)} of {len(by_id)} items have no event and are left out")
        return cls(
            ids, _filled([by_id.get(own, "") for own in ids.tolist()], ids, placeholder, tell)
        )


def _why_apart(ids, others):
    """What to do where no id of a log is one of a table's."""

    def plain(own):
        return str(own).strip().removesuffix(".0").casefold()

    if {plain(own) for own in ids.tolist()} & {plain(own) for own in others}:
        return "some differ in blanks, capitals or '.0' alone: write the ids alike in both"
    return "name the column whose values are the same"


def _commas(value):
    """Turn "Horror|Sci-Fi" into "Horror, Sci-Fi"."""
    if not isinstance(value, str) or "|" not in value:
        return value
    return ", ".join(part.strip() for part in value.split("|") if part.strip())


def _columns(table, item, text, tell):
    """Return the columns of ids and of texts, guessed where they are not named."""
    guessed = []
    if item is None:
        item = guess_column(table, "item")
        if item is None:
            raise no_usual_name(table, "the ids of the items: name it, item=...")
        guessed.append(f"item={item!r}")
    if text is None:
        plain = {str(name).partition(":")[0].lower(): name for name in table if name != item}
        years = [name for name in plain if ALIASES.get(name, name) == "year"]
        kept = [n for n in plain if n in years or table[plain[n]].dtype.kind not in "biufM"]
        text = [plain[name] for name in USUAL_TEXTS if name in kept]
        if not text:
            raise no_usual_name(table, "a text: name it, text=...")
        guessed.append(f"text={text}")
    if isinstance(text, str):
        raise ValueError(f"text={text!r}: give a list of columns, [{text!r}]")
    if guessed:
        tell(f"columns guessed: {', '.join(guessed)}")
    return column_named(table, "item", item), [column_named(table, "text", c) for c in text]


def _one_row_an_item(table, item, on_bad, duplicates, tell):
    """Refuse or drop rows without an id, and rows that repeat one."""
    missing = table[item].isna().to_numpy()
    if missing.any():
        words = first_of(missing, f"have no {item}")
        if on_bad == "raise":
            raise ValueError(f"{words}: {DROP}")
        tell(f"{words}: dropped")
        table = table[~missing].reset_index(drop=True)
    again = table[item].duplicated(keep="last" if duplicates == "last" else "first").to_numpy()
    if again.any():
        words = first_of(again, "repeat an item", table[item])
        if duplicates == "raise":
            raise ValueError(f'{words}: pass duplicates="first" or "last"')
        tell(f"{words}: kept the {duplicates} of each")
        table = table[~again].reset_index(drop=True)
    return table


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
