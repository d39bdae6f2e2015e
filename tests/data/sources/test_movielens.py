import dataclasses
import hashlib
import io
import shutil
import time
import zipfile

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data.items import item_text
from plmrec_lite.data.sources.fetch import cache_home, fetch, find_cached
from plmrec_lite.data.sources.film_facts import FACTS, load_film_facts
from plmrec_lite.data.sources.movielens import GENRES, load_movielens
from plmrec_lite.data.sources.records import File, Source
from plmrec_lite.data.sources.registry import DATASETS
from plmrec_lite.data.sources.titles import OTHER_NAMES, match_films

REAL = DATASETS["movielens-100k"]
# Films whose makers are known to whoever wrote this test.
DIRECTORS = {
    "Star Wars": "George Lucas",
    "Fargo": "Joel Coen",
    "The Usual Suspects": "Bryan Singer",
    "Hate (La Haine)": "Mathieu Kassovitz",
    "M*A*S*H": "Robert Altman",
    "Das Boot": "Wolfgang Petersen",
    "Clean Slate (Coup de Torchon)": "Bertrand Tavernier",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb": "Stanley Kubrick",
}


@pytest.fixture(scope="module")
def movielens():
    return load_movielens()


@pytest.fixture(scope="module")
def films(movielens):
    return movielens.items.drop_duplicates("title").set_index("title")


def test_the_numbers_are_those_of_the_data_set(movielens):
    log = movielens.interactions
    assert (log.n_users, log.n_items, len(log)) == (943, 1682, 100_000)
    assert set(np.unique(log.ratings)) == {1, 2, 3, 4, 5}
    assert len(set(zip(log.users.tolist(), log.items.tolist(), strict=True))) == 100_000
    assert np.bincount(log.users).min() == 20
    assert np.unique(log.items).size == 1682


def test_the_first_rating_of_the_file_is_the_first(movielens):
    log = movielens.interactions
    first = (log.users[0], log.items[0], log.ratings[0], log.timestamps[0])
    assert first == (195, 241, 3, 881250949)


def test_ids_are_rows(movielens):
    assert movielens.items["item"].tolist() == list(range(1682))
    assert movielens.users["user"].tolist() == list(range(943))
    assert movielens.items["title"][movielens.interactions.items[0]] == "Kolya"


def test_items_have_the_columns_that_pages_rely_on(movielens):
    columns = ["item", "title", "year", "genres", *FACTS, "text"]
    assert movielens.items.columns.tolist() == columns
    for column in ("genres", *FACTS):
        assert movielens.items[column].map(type).eq(tuple).all()


def test_titles_read_naturally_and_hold_no_year(films):
    for title in ("The Usual Suspects", "Les Misérables", "Á köldum klaka (Cold Fever)"):
        assert title in films.index
    assert not films.index.str.contains(r", (?:The|A|An|La|Le|Les|L'|Das|Der|Il)$|\(\d{4}\)").any()


def test_years_are_known_but_for_the_film_called_unknown(movielens):
    years = movielens.items["year"]
    assert movielens.items.loc[years.isna(), "title"].tolist() == ["unknown"]
    assert years.dropna().between(1922, 1998).all()
    assert years[1411] == 1995  # "(1995) (V)" in the file


def test_genres_are_grouplens_genres_in_order_and_unknown_is_none(movielens, films):
    assert films.loc["Star Wars", "genres"] == ("Action", "Adventure", "Romance", "Sci-Fi", "War")
    assert {genre for genres in movielens.items["genres"] for genre in genres} == set(GENRES)
    none = movielens.items["genres"].map(len).eq(0)
    assert movielens.items.loc[none, "title"].tolist() == ["unknown", "Good Morning"]


def test_users_are_whole(movielens):
    users = movielens.users
    assert users.columns.tolist() == ["user", "age", "sex", "occupation"]
    assert users["age"].between(7, 73).all()
    assert users["sex"].value_counts().to_dict() == {"M": 670, "F": 273}
    assert users["occupation"].nunique() == 21
    assert users.iloc[0].tolist() == [0, 24, "M", "technician"]


def test_the_facts_cover_the_films_and_ratings_that_the_book_counts_on(movielens):
    known = movielens.items["director"].map(len).gt(0).to_numpy()
    assert known.sum() >= 1376
    assert known[movielens.interactions.items].mean() >= 0.96


@pytest.mark.parametrize(("title", "director"), DIRECTORS.items())
def test_joined_films_have_the_right_director(title, director, films):
    assert director in films.loc[title, "director"]


@pytest.mark.parametrize("title", OTHER_NAMES)
def test_every_film_known_by_another_name_is_joined(title, movielens):
    named = movielens.items[movielens.items["title"] == title]
    assert named["director"].map(len).gt(0).any()


@pytest.mark.parametrize("title", ["The Fear", "Les Boys", "unknown", "Snow White and the Seven"])
def test_films_that_are_not_in_the_facts_stay_without(title, movielens):
    rows = movielens.items[movielens.items["title"].str.startswith(title)]
    assert len(rows) == 1
    assert rows["director"].item() == ()


def test_joined_films_agree_in_genre(movielens):
    """The two lists name genres apart; films joined by mistake would agree by chance only."""
    facts = load_film_facts()
    found = match_films(movielens.items, facts)
    shared = set(GENRES) & {genre for genres in facts["genres"] for genre in genres}

    def agreement(rows):
        pairs = [
            (set(mine) & shared, set(facts["genres"][row]) & shared)
            for mine, row in zip(movielens.items["genres"], rows, strict=True)
            if row >= 0
        ]
        return np.mean([bool(mine & theirs) for mine, theirs in pairs if mine and theirs])

    by_chance = agreement(np.where(found >= 0, np.random.default_rng(0).permutation(found), -1))
    assert agreement(found) > 0.95
    assert by_chance < 0.75


def test_loading_twice_is_quick_and_gives_fresh_tables(movielens):
    start = time.process_time()  # of this process: a busy machine is no slow library
    again = load_movielens()
    assert time.process_time() - start < 2
    pd.testing.assert_frame_equal(again.items, movielens.items)
    assert again.items is not movielens.items


def grouplens_archive(files):
    """Write RecBole's copy as GroupLens has it, with the oddities of GroupLens's own file."""
    lines = {
        name: path.read_text(encoding="utf-8").splitlines()[1:] for name, path in files.items()
    }
    flagged = ("unknown", *GENRES)
    films = []
    for line in lines["ml-100k.item"]:
        number, title, year, genres = line.split("\t")
        title = "unknown" if number == "267" else f"{title} ({year})"
        title += " " if number in ("1128", "1201", "1635") else ""
        flags = [str(int(genre in genres.split(" "))) for genre in flagged]
        films.append("|".join([number, title, "01-Jan-1995", "", "http://a.b/c", *flags]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, encoding in (
            ("u.data", lines["ml-100k.inter"], "ascii"),
            ("u.item", films, "latin-1"),
            ("u.user", [line.replace("\t", "|") for line in lines["ml-100k.user"]], "ascii"),
            ("README", ["not wanted"], "ascii"),
        ):
            archive.writestr(f"ml-100k/{name}", ("\n".join(content) + "\n").encode(encoding))
    return buffer.getvalue()


@pytest.fixture
def grouplens(server, monkeypatch, tmp_path):
    """Serve that archive as the first source, in a cache that holds film facts only."""
    archive = grouplens_archive(fetch("movielens-100k"))
    server.replies["/ml-100k.zip"] = archive
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        members = {
            f"ml-100k/u.{part}": opened.read(f"ml-100k/u.{part}")
            for part in ("data", "item", "user")
        }
    files = tuple(
        File(name, hashlib.sha256(content).hexdigest(), len(content))
        for name, content in members.items()
    )
    checksum = hashlib.sha256(archive).hexdigest()
    source = Source("url", f"{server.url}/ml-100k.zip", checksum, len(archive), files)
    fetch("film-facts")
    shutil.copytree(cache_home() / "film-facts", tmp_path / "film-facts")
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    record = dataclasses.replace(REAL, sources=(source, *REAL.sources[1:]))
    monkeypatch.setitem(DATASETS, "movielens-100k", record)
    return record


@pytest.mark.parametrize("name", ["u.data", "u.user"])
def test_files_rebuilt_from_the_wheel_are_grouplens_to_the_byte(name, grouplens):
    rebuilt, published = (
        {file.name: file.sha256 for file in record.sources[0].files} for record in (grouplens, REAL)
    )
    assert rebuilt[name] == published[name]


def test_grouplens_and_the_wheel_give_the_same(grouplens, movielens):
    theirs = load_movielens()
    assert sorted(find_cached("movielens-100k")) == ["u.data", "u.item", "u.user"]
    pd.testing.assert_frame_equal(theirs.items, movielens.items)
    pd.testing.assert_frame_equal(theirs.users, movielens.users)
    for part in ("users", "items", "ratings", "timestamps"):
        ours = getattr(movielens.interactions, part)
        np.testing.assert_array_equal(getattr(theirs.interactions, part), ours)


def test_other_numbers_than_expected_are_refused(grouplens, monkeypatch):
    record = dataclasses.replace(grouplens, counts={"users": 943, "items": 9742, "ratings": 1})
    monkeypatch.setitem(DATASETS, "movielens-100k", record)
    with pytest.raises(ValueError, match="expected 9,742 items, read 1,682"):
        load_movielens()


def test_the_text_column_is_made_of_title_year_and_genres(movielens):
    assert movielens.items["text"].tolist() == item_text(movielens.items)
    assert movielens.items["text"][0] == "Toy Story (1995). Animation, Children's, Comedy."


def test_a_missing_synopsis_says_how_to_add_it(movielens):
    with pytest.raises(ValueError, match=r"no column 'synopsis'.*join_synopses"):
        item_text(movielens.items, ("title", "synopsis"))
