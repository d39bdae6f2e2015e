"""Texts of items: what is said, in which order, and for which items of a log."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import Interactions
from plmrec_lite.data.items import Items, item_text

ONE = pd.DataFrame(
    {
        "title": ["Help!"],
        "year": pd.array([1965], dtype="Int64"),
        "genres": [("Comedy", "Musical")],
        "director": [("Richard Lester",)],
        "cast": [("Eleanor Bron", "Sammy Davis, Jr.")],
        "countries": [("United Kingdom",)],
        "languages": [("English", "German")],
        "studio": [()],
        "synopsis": ["Four musicians run from a cult."],
    }
)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (("title", "year", "genres"), "Help! (1965). Comedy, Musical."),
        (("title",), "Help!"),
        (("year",), "1965."),
        (("genres", "title"), "Comedy, Musical. Help!"),
        (("title", "director"), "Help! Directed by Richard Lester."),
        (("cast",), "With Eleanor Bron, Sammy Davis, Jr."),
        (("countries", "languages"), "From United Kingdom. In English, German."),
        (("title", "studio"), "Help!"),
        (("studio",), ""),
        (["title", "year", "synopsis"], "Help! (1965). Four musicians run from a cult."),
    ],
)
def test_a_text_says_the_fields_in_order(fields, text):
    assert item_text(ONE, fields) == [text]


def test_what_is_unknown_is_left_out():
    unknown = pd.DataFrame(
        {"title": ["unknown"], "year": pd.array([pd.NA], dtype="Int64"), "genres": [()]}
    )
    assert item_text(unknown) == ["unknown."]


@pytest.mark.parametrize("fields", ["title", ()])
def test_fields_must_be_a_sequence_of_names(fields):
    with pytest.raises(ValueError, match=r"give a sequence of names"):
        item_text(ONE, fields)


def test_a_column_that_is_not_there_gets_the_list():
    with pytest.raises(ValueError, match=r"'plot'; they have title, year, genres"):
        item_text(ONE, ("title", "plot"))


def test_one_missing_year_changes_no_other_text():
    films = pd.DataFrame({"title": ["Alien", "Odd"], "year": [1979, None]})  # floats, in pandas
    assert item_text(films, ("title", "year")) == ["Alien (1979).", "Odd."]
    with pytest.raises(ValueError, match=r"row 1 of year is 1979\.5"):
        item_text(films.assign(year=[1979, 1979.5]), ("title", "year"))


def test_what_is_no_text_is_named():
    with pytest.raises(TypeError, match="row 1 of price is 7, not a string"):
        item_text(pd.DataFrame({"price": ["cheap", 7]}), ["price"])
    with pytest.raises(TypeError, match="holds 3, not a string"):
        item_text(pd.DataFrame({"genres": [("War",), ("War", 3)]}), ["genres"])


LOG = Interactions.from_frame(
    pd.DataFrame({"u": [1, 1, 2], "i": ["b", "a", "c"]}), user="u", item="i"
)
TABLE = pd.DataFrame(
    {
        "asin": ["c", "a", "z", "b"],
        "title": ["Cup", "Axe", "Zip", "Bag"],
        "brand": ["", "Acme", None, "Tote"],
        "genres": ["", "Tool | Sharp", "", ""],
    }
)


def test_texts_stand_in_the_order_of_the_log(capsys):
    items = Items.from_frame(TABLE, interactions=LOG)
    assert items.ids.tolist() == LOG.item_ids.tolist() == ["a", "b", "c"]
    assert items.texts == ["Axe. Tool, Sharp. Acme.", "Bag. Tote.", "Cup."]
    assert len(items) == 3
    told = capsys.readouterr().err
    assert "columns guessed: item='asin', text=['title', 'genres', 'brand']" in told
    assert "1 of 4 items have no event and are left out" in told


def test_without_a_log_every_row_is_an_item():
    items = Items.from_frame(TABLE, item="asin", text=["brand"], placeholder="unknown")
    assert items.ids.tolist() == ["c", "a", "z", "b"]
    assert items.texts == ["unknown", "Acme.", "unknown", "Tote."]


@pytest.mark.parametrize("table", [TABLE.iloc[1:], TABLE.assign(title=[" ", "A", "Z", "B"])])
def test_an_item_without_text_is_refused_or_called_something(table, capsys):
    words = "1 of 3 items have no text, the first is item 'c'"
    with pytest.raises(ValueError, match=words):
        Items.from_frame(table, "asin", ["title"], interactions=LOG)
    items = Items.from_frame(table, "asin", ["title"], interactions=LOG, placeholder="unknown")
    assert items.texts[2] == "unknown"
    assert words in capsys.readouterr().err
    for bad in ("", " ", 3):
        with pytest.raises(ValueError, match="placeholder="):
            Items.from_frame(table, "asin", ["title"], interactions=LOG, placeholder=bad)


def test_a_repeated_item_is_refused_or_decided():
    twice = pd.concat([TABLE, TABLE.assign(title="Again").iloc[:1]])
    with pytest.raises(ValueError, match=r"1 rows repeat an item, such as row 4 \(asin='c'\)"):
        Items.from_frame(twice, "asin", ["title"])
    first, last = (
        Items.from_frame(twice, "asin", ["title"], interactions=LOG, duplicates=which).texts[2]
        for which in ("first", "last")
    )
    assert (first, last) == ("Cup.", "Again.")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"item": "sku"}, "item='sku': the table has no such column; it has asin"),
        ({"text": ["plot"]}, "text='plot': the table has no such column"),
        ({"text": "title"}, r"give a list of columns, \['title'\]"),
        ({"item": "title", "interactions": LOG}, "no item of the log is in the table.*'a'.*'Cup'"),
        ({"item": "brand"}, "1 of 4 rows have no brand, the first is row 2"),
        ({"duplicates": "all"}, "duplicates='all'"),
        ({"on_bad": "all"}, "on_bad='all'"),
        ({"interactions": Interactions([], [], [], [], 1, 1)}, "no item_ids"),
    ],
)
def test_what_cannot_be_is_named(options, words):
    with pytest.raises(ValueError, match=words):
        Items.from_frame(TABLE, **options)


def test_rows_without_an_id_are_dropped_when_told_to():
    items = Items.from_frame(TABLE, "brand", ["title"], on_bad="drop")
    assert (items.ids.tolist(), items.texts) == (["", "Acme", "Tote"], ["Cup.", "Axe.", "Bag."])


def test_columns_that_cannot_be_guessed_are_asked_for():
    odd = pd.DataFrame({"a": [1], "b": ["x"]})
    with pytest.raises(ValueError, match=r"no column has a usual name for the item.*it has a, b"):
        Items.from_frame(odd)
    with pytest.raises(ValueError, match=r"no column has a usual name for a text.*it has a, b"):
        Items.from_frame(odd, item="a")


def test_lists_of_names_from_a_parquet_are_taken():
    table = pd.DataFrame({"item": [1], "genres:token_seq": [np.array(["War", "Drama"], object)]})
    assert Items.from_frame(table).texts == ["War, Drama."]
