import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plmrec_lite.data.sources.titles import ARTICLES, canonical_title, match_films, title_key


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Usual Suspects, The", "The Usual Suspects"),
        ("Clockwork Orange, A", "A Clockwork Orange"),
        ("Affair to Remember, An", "An Affair to Remember"),
        ("Boot, Das", "Das Boot"),
        ("Misérables, Les", "Les Misérables"),
        ("Postino, Il", "Il Postino"),
        ("Enfer, L'", "L'Enfer"),
        ("Good, The Bad and The Ugly, The", "The Good, The Bad and The Ugly"),
        ("Hate (Haine, La)", "Hate (La Haine)"),
        ("Die xue shuang xiong (Killer, The)", "Die xue shuang xiong (The Killer)"),
        ("Eye of Vichy, The (Oeil de Vichy, L')", "The Eye of Vichy (L'Oeil de Vichy)"),
        ("Convent, The (Convento, O)", "The Convent (O Convento)"),
        ("Seven (Se7en)", "Seven (Se7en)"),
        ("Two Friends  ", "Two Friends"),
    ],
)
def test_the_article_comes_first(written, read):
    assert canonical_title(written) == read


@pytest.mark.parametrize(
    "title",
    [
        "Paris, Texas",
        "Murder, My Sweet",
        "Cry, the Beloved Country",
        "I, Worst of All (Yo, la peor de todas)",
        "20,000 Leagues Under the Sea",
        "To Wong Foo, Thanks for Everything! Julie Newmar",
        "Mrs. Brown (Her Majesty, Mrs. Brown)",
        "To Have, or Not",
    ],
)
def test_other_commas_stay(title):
    assert canonical_title(title) == title


words = st.lists(
    st.text(st.characters(categories=("L", "N")), min_size=1), min_size=1, max_size=4
).map(" ".join)


@given(words, st.sampled_from(ARTICLES))
def test_canonical_titles_are_left_alone(name, article):
    once = canonical_title(f"{name}, {article}")
    assert once.startswith(article)
    assert canonical_title(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dumb & Dumber", "Dumb and Dumber"),
        ("Star Trek: Generations", "star trek generations"),
        ("Métisse", "Metisse"),
        ("M*A*S*H", "MASH"),
        ("Monty Python's Life of Brian", "Monty Python’s Life of Brian"),
        ("Pink Floyd - The Wall", "Pink Floyd – The Wall"),
        ("When Harry Met Sally...", "When Harry Met Sally"),
    ],
)
def test_two_spellings_share_a_key(one, other):
    assert title_key(one) == title_key(other)


def test_different_films_have_different_keys():
    titles = ["Alien", "Aliens", "Alien 3", "The Alien", "Boys", "Les Boys"]
    assert len({title_key(title) for title in titles}) == len(titles)


def films(*rows):
    return pd.DataFrame(rows, columns=["title", "year"]).astype({"year": "Int64"})


def found(title, year, *rows):
    (position,) = match_films(films((title, year)), films(*rows))
    return position


def test_title_and_year_must_agree_within_a_year():
    assert found("Heat", 1995, ("Alien", 1995), ("Heat", 1996)) == 1
    assert found("Heat", 1995, ("Alien", 1995), ("Heat", 1997)) == -1


def test_the_nearest_year_wins_then_the_first_row():
    assert found("Heat", 1995, ("Heat", 1994), ("Heat", 1995), ("Heat", 1995)) == 1


def test_an_alias_in_brackets_counts():
    assert found("Hate (La Haine)", 1995, ("Alien", 1979), ("La Haine", 1995)) == 1


def test_an_article_may_differ_only_in_the_very_year():
    assert found("Night Flier", 1997, ("The Night Flier", 1997)) == 0
    assert found("The Fear", 1995, ("Fear", 1996)) == -1
    assert found("Les Boys", 1997, ("Boys", 1996)) == -1
    assert found("Heat", 1995, ("The Heat", 1995), ("Heat", 1996)) == 1


def test_a_film_known_by_another_name():
    assert found("Star Wars", 1977, ("Star Wars: Episode IV – A New Hope", 1977)) == 0
    assert found("Star Wars", 1997, ("Star Wars: Episode IV – A New Hope", 1977)) == -1


def test_films_without_a_year_match_nothing():
    assert found("unknown", pd.NA, ("unknown", 1995)) == -1
    assert found("unknown", 1995, ("unknown", pd.NA)) == -1


def test_one_position_for_each_item_in_order():
    mine, theirs = films(("B", 2000), ("A", 2000), ("C", 2000)), films(("A", 2000), ("B", 2000))
    positions = match_films(mine, theirs)
    assert positions.dtype == np.int64
    assert positions.tolist() == [1, 0, -1]
