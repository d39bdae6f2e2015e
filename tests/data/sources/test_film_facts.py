import pandas as pd
import pytest

from plmrec_lite.data.sources import film_facts
from plmrec_lite.data.sources.film_facts import FACTS, join_film_facts, load_film_facts


@pytest.fixture(scope="module")
def facts():
    return load_film_facts()


def test_all_films_and_columns_are_there(facts):
    assert len(facts) == 17_472
    assert facts.columns.tolist() == ["title", "year", "genres", *FACTS, "awards", "reviews"]
    assert facts["year"].between(1940, 2014).all()
    assert not facts.isna().any(axis=None)


def test_what_may_be_several_is_a_tuple_of_names(facts):
    for column in ("genres", *FACTS):
        assert facts[column].map(type).eq(tuple).all()
        assert all(name == name.strip() != "" for names in facts[column] for name in names)


def test_a_film_that_one_can_check(facts):
    (row,) = facts[(facts.title == "The Silence of the Lambs")].to_dict("records")
    assert row["year"] == 1991
    assert row["director"] == ("Jonathan Demme",)
    assert {"Anthony Hopkins", "Jodie Foster"} < set(row["cast"])
    assert row["countries"] == ("United States",)
    assert "Oscar" in row["awards"]


def test_films_with_more_reviews_stand_first(facts):
    assert facts["reviews"].is_monotonic_decreasing


def test_unknown_names_are_an_empty_tuple(facts):
    assert facts["director"].map(len).eq(0).sum() == 66


def test_a_suffix_is_not_a_name(facts):
    names = {name for column in FACTS for row in facts[column] for name in row}
    assert not names & {"Jr.", "Sr.", "Inc.", "Inc", "Ltd.", "III", "PhD"}
    assert film_facts._split("Dean Martin, Sammy Davis, Jr., Yo-Yo Ma") == (
        "Dean Martin",
        "Sammy Davis, Jr.",
        "Yo-Yo Ma",
    )


def test_the_join_adds_columns_and_keeps_the_rest(facts):
    items = pd.DataFrame({"title": ["Nothing Such", "Alien"], "year": [1990, 1979]}, index=[7, 3])
    joined = join_film_facts(items, facts)
    assert items.columns.tolist() == ["title", "year"]
    assert joined.index.tolist() == [7, 3]
    assert joined.loc[3, "director"] == ("Ridley Scott",)
    assert all(joined.loc[7, column] == () for column in FACTS)
