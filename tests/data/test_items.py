"""Items of the reader's own: which text belongs to which item of a log."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import Interactions
from plmrec_lite.data.items import Items

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
    with pytest.raises(
        ValueError, match=r"1 of 5 rows repeat an item, the first is row 4 \(asin='c'\)"
    ):
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
    with pytest.raises(
        ValueError, match=r"no column has a usual name for the ids of the items.*the table has a, b"
    ):
        Items.from_frame(odd)
    with pytest.raises(
        ValueError, match=r"no column has a usual name for a text.*the table has a, b"
    ):
        Items.from_frame(odd, item="a")


def test_lists_of_names_from_a_parquet_are_taken():
    table = pd.DataFrame({"item": [1], "genres:token_seq": [np.array(["War", "Drama"], object)]})
    assert Items.from_frame(table).texts == ["War, Drama."]


@pytest.mark.parametrize(
    ("ids", "others"),
    [(["7.0", "8.0"], [7, 8]), (["a ", "b "], ["a", "b"]), (["A", "B"], ["a", "b"])],
)
def test_ids_that_differ_in_their_writing_alone_are_named(ids, others):
    log = Interactions.from_frame(pd.DataFrame({"user": ["u", "v"], "item": ids}), tell=print)
    table = pd.DataFrame({"item": others, "title": ["A", "B"]})
    with pytest.raises(ValueError, match=r"in blanks, capitals or '\.0' alone: write .* alike"):
        Items.from_frame(table, interactions=log, tell=print)
    other = table.assign(item=["x", "y"])
    with pytest.raises(ValueError, match="name the column whose values are the same"):
        Items.from_frame(other, interactions=log, tell=print)
