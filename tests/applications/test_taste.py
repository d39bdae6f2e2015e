"""Taste: titles are found, words are read, and the answer is films."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications import taste as module
from plmrec_lite.applications.taste import Taste, split_taste
from plmrec_lite.data import Interactions, load_movielens
from plmrec_lite.recommenders import EASE
from plmrec_lite.text.encoder import TextTooLongError
from plmrec_lite.vectors import standardize

FILMS = [  # title, year, ratings, vector of its text
    ("Alien", 1979, 3, (1.0, 0.0)),
    ("Aliens", 1986, 2, (0.9, 0.1)),
    ("Heat", 1986, 1, (0.0, 0.2)),
    ("Heat", 1995, 4, (0.1, 0.3)),
    ("Chasing Amy", 1997, 3, (0.1, 1.0)),
    ("Chasing Amy", 1997, 1, (0.1, 1.0)),
    ("unknown", pd.NA, 1, (0.3, 0.3)),
    ("Blade Runner", 1982, 2, (0.8, 0.0)),
    ("The Night Flier", 1997, 1, (0.5, 0.5)),
]
WORDS = {"space": (2.0, 0.0), "love": (0.0, 4.0), "both": (1.0, 1.0)}
B = np.array([[(3 * i + 5 * j) % 7 for j in range(9)] for i in range(9)], dtype=float)


class Encoder:
    """Not a TextEncoder: it can only encode."""

    def __init__(self):
        self.asked = []
        self.known = {f"text {i}": film[3] for i, film in enumerate(FILMS)} | WORDS

    def encode(self, texts):
        self.asked.append(list(texts))
        return np.array([self.known[text] for text in texts])


@pytest.fixture
def movielens():
    items = pd.DataFrame(
        {
            "item": range(len(FILMS)),
            "title": [film[0] for film in FILMS],
            "year": pd.array([film[1] for film in FILMS], dtype="Int64"),
            "genres": [("Drama",)] * len(FILMS),
            "text": [f"text {i}" for i in range(len(FILMS))],
        }
    )
    met = [(user, item) for item, film in enumerate(FILMS) for user in range(film[2])]
    users, ids = zip(*met, strict=True)
    log = Interactions(users, ids, np.ones(len(met)), range(len(met)), 4, len(FILMS))
    return SimpleNamespace(items=items, interactions=log)


@pytest.fixture
def taste(movielens):
    made = Taste(movielens, Encoder())
    made.ease = SimpleNamespace(B_=B)
    return made


def ranked(scores, named=()):
    """The films by score, ties in their order, without named ones and second entries."""
    best = sorted(range(len(FILMS)), key=lambda item: (-scores[item], item))
    seen, answer = {FILMS[item][:2] for item in named}, []
    for item in best:
        if FILMS[item][:2] not in seen:
            seen.add(FILMS[item][:2])
            answer.append(item)
    return answer


def test_parts_are_split_at_semicolons_and_lines():
    assert split_taste(" Alien ;\n\n a, b ; ;c") == ["Alien", "a, b", "c"]


@pytest.mark.parametrize(
    "spelling",
    ["Alien", "alien", "Alien (1979)", "ALIEN.", "The Alien", "Alien, The", "Älien", " Alien "],
)
def test_a_title_is_found_however_it_is_written(taste, spelling):
    assert taste.read(spelling) == ([0], [])


def test_an_article_in_the_list_may_be_left_out(taste):
    assert taste.read("night flier") == taste.read("A Night Flier") == ([8], [])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Blade Runer", [7]),  # 2 · 11 of 23 letters
        ("Bladerunner", [7]),
        ("Blad Runer", [7]),  # 2 · 10 of 22
        ("Blad Rune", []),  # 2 · 9 of 21 = 0.86
        ("Alie", []),  # 2 · 4 of 9 = 0.89
        ("Aliens", [1]),
    ],
)
def test_a_title_may_differ_by_a_tenth_of_its_letters(taste, written, read):
    films, words = taste.read(written)
    assert films == read
    assert words == ([] if read else [written])


def test_the_best_known_film_has_the_title(taste):
    assert taste.read("Heat") == ([3], [])
    assert taste.read("Chasing Amy") == ([4], [])


def test_titles_and_words_are_distinguished_and_titles_named_once(taste):
    assert taste.read("Alien; a quiet love story\nHeat; alien") == ([0, 3], ["a quiet love story"])


def test_titles_alone_are_scored_by_behaviour(taste):
    found = taste.recommend("Alien; Heat", k=6)
    assert found.item.tolist() == ranked(B[0] + B[3], named=(0, 3))
    assert found.columns.tolist() == ["item", "title", "year", "genres"]
    assert found.index.tolist() == list(range(6))
    assert taste.encoder.asked == []


def test_words_alone_are_scored_by_meaning(taste):
    found = taste.recommend("space; love", k=8)
    vectors = np.array([film[3] for film in FILMS])
    assert found.item.tolist() == ranked(vectors @ (1.0, 2.0))  # the mean of (2, 0) and (0, 4)
    assert taste.encoder.asked == [["space", "love"], [f"text {i}" for i in range(len(FILMS))]]


def test_both_parts_count_alike_whatever_their_units(taste):
    vectors = np.array([film[3] for film in FILMS])
    both = standardize(B[7]) + standardize(vectors @ WORDS["space"])
    wanted = ranked(both, named=(7,))
    assert wanted not in (ranked(B[7], (7,)), ranked(vectors @ WORDS["space"], (7,)))
    assert taste.recommend("Blade Runner; space", k=7).item.tolist() == wanted
    taste.ease.B_ = B * 1000
    assert taste.recommend("Blade Runner; space", k=7).item.tolist() == wanted


def test_a_film_listed_twice_is_there_once_or_not_at_all_if_it_was_named(taste):
    titles = taste.recommend("space", k=8).title.tolist()
    assert titles.count("Chasing Amy") == 1
    assert titles.count("Heat") == 2  # two films of one title
    assert "Chasing Amy" not in taste.recommend("Chasing Amy; space", k=7).title.tolist()


@pytest.mark.parametrize("text", ["", "  ;\n; "])
def test_an_empty_taste_is_refused_before_anything_is_computed(taste, text):
    with pytest.raises(ValueError, match=r'empty taste.*"Alien; Blade Runner"'):
        taste.recommend(text)


@pytest.mark.parametrize(("k", "left"), [(0, 7), (-1, 7), (8, 7)])
def test_k_out_of_range_is_refused_before_anything_is_computed(taste, k, left):
    with pytest.raises(ValueError, match=rf"k={k}: ask for 1 to {left} films"):
        taste.recommend("Alien; space", k)
    assert taste.encoder.asked == []
    assert len(taste.recommend("Alien; space", left)) == left


class ShortSighted(Encoder):
    """Reads ten letters at once."""

    name = "short"

    def encode(self, texts):
        if any(len(text) > 10 for text in texts):
            raise TextTooLongError("pass truncate=True")
        return np.array([self.known.get(text, (1.0, 0.0)) for text in texts])


def test_a_part_that_is_too_long_gets_a_cure_that_works(movielens):
    reader = Taste(movielens, ShortSighted())
    with pytest.raises(ValueError, match=r"begins 'love in space' .*'short'.* divide") as caught:
        reader.recommend("space; love in space", k=3)
    assert "truncate" not in str(caught.value)
    assert len(reader.recommend("space; love in; space", k=3)) == 3


def test_ease_is_fitted_to_all_ratings_once(movielens):
    reader = Taste(movielens, Encoder())
    np.testing.assert_array_equal(reader.ease.B_, EASE().fit(movielens.interactions).B_)
    assert reader.ease is reader.ease


def test_without_an_encoder_it_takes_the_default_one_and_its_cache(movielens, monkeypatch):
    made = []
    monkeypatch.setattr(
        "plmrec_lite.text.encoder.TextEncoder", lambda **named: made.append(named) or Encoder()
    )
    reader = Taste(movielens)
    assert made == []
    reader.recommend("space", 2)
    assert made == [{"cache": True}]


def test_real_titles_recommend_by_behaviour():
    reader = Taste(load_movielens(), Encoder())
    found = reader.recommend("Star Wars; The Empire Strikes Back", k=5)
    assert "Return of the Jedi" in set(found.title)
    assert not {"Star Wars", "The Empire Strikes Back"} & set(found.title)
    assert reader.encoder.asked == []


def test_the_module_brings_nothing_heavy_in():
    assert not {"pd", "torch", "EASE"} & set(vars(module))
