import pandas as pd
import pytest

from plmrec_lite.data.sources.movielens import load_movielens
from plmrec_lite.data.sources.synopses import _stated_year, join_synopses, load_synopses


@pytest.fixture(scope="module")
def synopses():
    return load_synopses()


@pytest.fixture(scope="module")
def items(synopses):
    return join_synopses(load_movielens().items, synopses)


def test_all_summaries_are_there(synopses):
    assert synopses.columns.tolist() == ["title", "text", "year"]
    assert len(synopses) == 997
    assert synopses["text"].str.len().min() >= 70
    assert 1_000_000 < synopses["text"].str.len().sum() < 1_010_000


def test_titles_are_bare(synopses):
    assert {"Vertigo", "Psycho", "Hugo", "Breathless"} < set(synopses["title"])
    assert not synopses["title"].str.contains(r"NOW SHOWING|film\)$").any()


def test_texts_about_something_else_have_no_year(synopses):
    others = ["Casablanca", "Heat", "Chinatown", "Brazil", "Lawrence of Arabia", "M", "Earth"]
    assert synopses.set_index("title").loc[others, "year"].isna().all()


def test_repeated_texts_have_no_year_after_the_first(synopses):
    own = synopses.dropna(subset="year")
    assert synopses["text"].duplicated().sum() == 57
    assert not own["text"].duplicated().any()
    assert 720 < len(own) < 770


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Alien is a 1979 science fiction horror film directed by Ridley Scott.", 1979),
        ("Kiss Me Deadly is 1955 American film noir produced by Robert Aldrich.", 1955),
        ("The Tin Drum (German: Die Blechtrommel) is a 1959 novel by Günter Grass.", None),
        ("X is a 1927 novel. Its adventure became the 1948 film of that name.", None),
        ("Casablanca is the largest city of Morocco.", None),
        ("", None),
    ],
)
def test_the_year_is_the_one_stated_of_a_film(text, year):
    assert _stated_year(text) == year


def test_movielens_films_get_a_synopsis_of_their_own(items):
    with_one = items[items["synopsis"] != ""]
    assert len(with_one) >= 120
    for title, year, text in zip(with_one.title, with_one.year, with_one.synopsis, strict=True):
        assert any(str(year + step) in text[:500] for step in (-1, 0, 1)), title
    assert with_one["synopsis"].str.contains("film|documentary").all()


def test_a_remake_does_not_get_the_synopsis_of_the_original(items):
    assert items.set_index("title").loc["Diabolique", "synopsis"] == ""
    assert items.set_index("title").loc["Heat", "synopsis"] == ""


def test_the_join_leaves_its_input_alone(synopses):
    films = pd.DataFrame({"title": ["Alien", "Nothing Such"], "year": [1979, 1979]})
    joined = join_synopses(films, synopses)
    assert films.columns.tolist() == ["title", "year"]
    assert joined["synopsis"].str.startswith("Alien is a 1979").tolist() == [True, False]
    alien = synopses[synopses["title"] == "Alien"].reset_index(drop=True)  # now the first
    assert join_synopses(films, alien)["synopsis"].tolist() == [alien["text"][0], ""]
