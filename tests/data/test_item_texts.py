"""Texts of items: what is said, in which order; names and years that are none are named."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data.item_texts import check_names, check_years, item_text

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


def test_names():
    assert check_names([("a", "b"), [], np.array(["c"])]) == [("a", "b"), (), ("c",)]
    with pytest.raises(TypeError, match=r"row 1 of genres is the one string 'A\|B'.*split"):
        check_names([("A",), "A|B"], "genres")
    with pytest.raises(TypeError, match="row 0 of genres is nan"):
        check_names([float("nan")], "genres")
    with pytest.raises(TypeError, match="row 0 of genres holds 3"):
        check_names([("A", 3)], "genres")


def test_years():
    assert check_years([1979, 1980.0, None, float("nan"), pd.NA]) == [1979, 1980, *[None] * 3]
    for bad in (1979.5, "1979", True):
        with pytest.raises(ValueError, match="row 1 of year is"):
            check_years([1979, bad])
