import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data.features import item_features
from plmrec_lite.vectors import join, unit_scale

FILMS = pd.DataFrame(
    {
        "year": pd.array([1979, 1986, pd.NA, 1990], dtype="Int64"),
        "genres": [("Horror", "Sci-Fi"), ("Sci-Fi", "Action"), (), ("Comedy", "Comedy")],
        "director": [("Scott",), ("Cameron",), ("Cameron",), ()],
    }
)


def test_each_value_has_a_column_field_by_field():
    matrix, names = item_features(FILMS, ("genres", "year"), min_count=1)
    assert names == [
        *("genres: Action", "genres: Comedy", "genres: Horror", "genres: Sci-Fi"),
        *("year: 1970s", "year: 1980s", "year: 1990s"),
    ]
    assert matrix.tolist() == [
        [0, 0, 1, 1, 1, 0, 0],
        [1, 0, 0, 1, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0],  # nothing is known
        [0, 1, 0, 0, 0, 0, 1],  # said twice, and one all the same
    ]
    assert matrix.dtype == np.float64


def test_a_rare_value_has_no_column():
    matrix, names = item_features(FILMS, ("genres", "director"))
    assert names == ["genres: Sci-Fi", "director: Cameron"]
    assert matrix.tolist() == [[1, 0], [1, 1], [0, 1], [0, 0]]


def test_a_value_counts_once_an_item():
    assert "genres: Comedy" not in item_features(FILMS, ("genres",), min_count=2)[1]


def test_no_value_is_frequent_enough():
    matrix, names = item_features(FILMS, ("director",), min_count=3)
    assert matrix.shape == (4, 0)
    assert names == []


def test_an_item_does_not_depend_on_the_others_order():
    order = [2, 0, 3, 1]
    matrix, names = item_features(FILMS, ("year", "genres", "director"), min_count=1)
    shuffled, same = item_features(FILMS.iloc[order], ("year", "genres", "director"), min_count=1)
    assert names == same
    assert (shuffled == matrix[order]).all()


def test_the_items_stay_as_they_are():
    before = FILMS.copy(deep=True)
    item_features(FILMS, ("year", "genres"))
    pd.testing.assert_frame_equal(FILMS, before)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("year", "fields='year': give a sequence"),
        ((), "give a sequence"),
        (("year", "colour"), "no column 'colour': use any of year, genres, director"),
    ],
)
def test_bad_fields_are_named(fields, words):
    with pytest.raises(ValueError, match=words):
        item_features(FILMS, fields)


def test_a_string_is_no_sequence_of_names_and_the_cure_makes_it_one():
    films = pd.DataFrame({"genres": ["Horror|Sci-Fi", "Sci-Fi"]})
    with pytest.raises(TypeError, match=r"row 0 of genres is the one string 'Horror\|Sci-Fi'"):
        item_features(films, ("genres",), min_count=1)
    films["genres"] = films["genres"].str.split("|")  # as the message says
    assert item_features(films, ("genres",), min_count=1)[1] == ["genres: Horror", "genres: Sci-Fi"]


def test_a_missing_year_does_not_change_the_others():
    films = pd.DataFrame({"year": [1979, None]})  # pandas makes it a column of floats
    matrix, names = item_features(films, ("year",), min_count=1)
    assert (names, matrix.tolist()) == (["year: 1970s"], [[1], [0]])


def test_a_count_below_one_is_named():
    with pytest.raises(ValueError, match="min_count=0"):
        item_features(FILMS, ("year",), min_count=0)


RNG = np.random.default_rng(0)
TEXT, FACTS = RNG.normal(5, 2, (9, 3)), RNG.normal(0, 40, (9, 6))


def products(vectors):
    """Inner products of centred vectors, of mean 1 on the diagonal."""
    centred = vectors - vectors.mean(axis=0)
    table = centred @ centred.T
    return table / np.diag(table).mean()


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_products_of_joined_vectors_are_the_weighted_sum(weight):
    joined = join(TEXT, FACTS, weight)
    assert joined.shape == (9, 9)
    expected = (1 - weight) * products(TEXT) + weight * products(FACTS)
    np.testing.assert_allclose(joined @ joined.T, expected, atol=1e-12)


def test_units_and_lengths_do_not_matter():
    joined = join(TEXT, FACTS, 0.3)
    np.testing.assert_allclose(join(1e3 * TEXT - 7, FACTS, 0.3), joined, atol=1e-9)


def test_a_kind_without_spread_says_nothing():
    joined = join(np.ones((9, 2)), FACTS, 0.5)
    assert (joined[:, :2] == 0).all()


def test_rows_of_other_items_are_refused():
    with pytest.raises(ValueError, match="9 rows and 8 rows"):
        join(TEXT, FACTS[:8])


@pytest.mark.parametrize("weight", [-0.1, 1.1, np.nan])
def test_the_weight_is_a_share(weight):
    with pytest.raises(ValueError, match="weight="):
        join(TEXT, FACTS, weight)


def test_one_unit_for_all_kinds_of_vectors():
    vectors = np.random.default_rng(0).normal(5, 3, (20, 4))
    scaled = unit_scale(vectors)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    assert (scaled**2).sum(axis=1).mean() == pytest.approx(1)
    assert not unit_scale(np.full((3, 2), 7.0)).any()
