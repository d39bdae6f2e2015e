"""Taste: titles are found, words are read, and the answer is films."""

import pytest

from plmrec_lite.applications.taste import Taste
from plmrec_lite.data import load_movielens
from plmrec_lite.text import TextEncoder


@pytest.fixture(scope="module")
def taste():
    return Taste(load_movielens(), TextEncoder(device="cpu"))


@pytest.mark.parametrize(
    "spelling", ["Alien", "alien", "Alien (1979)", "ALIEN.", "The Alien", "Alien, The"]
)
def test_a_title_is_found_however_it_is_written(taste, spelling):
    films, words = taste.read(spelling)
    assert taste.items.title[films].tolist() == ["Alien"]
    assert words == []


def test_a_slip_of_the_pen_is_forgiven(taste):
    films, _ = taste.read("Blade Runer")
    assert taste.items.title[films].tolist() == ["Blade Runner"]


def test_titles_and_words_are_told_apart(taste):
    films, words = taste.read("Alien; a quiet love story\nBlade Runner; Alien")
    assert taste.items.title[films].tolist() == ["Alien", "Blade Runner"]
    assert words == ["a quiet love story"]


def test_titles_recommend_by_behaviour(taste):
    found = taste.recommend("Star Wars; The Empire Strikes Back", k=5)
    assert "Return of the Jedi" in set(found.title)
    assert not {"Star Wars", "The Empire Strikes Back"} & set(found.title)


def test_words_recommend_by_meaning(taste):
    found = taste.recommend("soldiers in combat, World War II", k=10)
    assert sum("War" in genres for genres in found.genres) >= 5


def test_no_film_twice_and_as_many_as_asked(taste):
    found = taste.recommend("a crime that is not what it seems", k=50)
    assert len(found) == 50
    assert not found.duplicated(["title", "year"]).any()


@pytest.mark.parametrize("text", ["", "  ;\n; "])
def test_an_empty_taste(taste, text):
    with pytest.raises(ValueError, match="empty taste"):
        taste.recommend(text)


@pytest.mark.parametrize("k", [0, 1683])
def test_k_out_of_range(taste, k):
    with pytest.raises(ValueError, match=f"k={k}: ask for 1 to 1682"):
        taste.recommend("Alien", k)
