import dataclasses
import hashlib
import zipfile

import numpy as np
import pytest

from plmrec_lite.data.sources import movielens_1m
from plmrec_lite.data.sources.archives import ArchiveError
from plmrec_lite.data.sources.fetch import FetchError, fetch
from plmrec_lite.data.sources.movielens_1m import assemble, load_movielens_1m, read_archive
from plmrec_lite.data.sources.registry import DATASETS

# Lines of the form that GroupLens's README describes; people, stars and times are made up.
FILMS = (
    "1::Toy Story (1995)::Animation|Children's|Comedy\n"
    "2::Les Misérables (1995)::Drama|Musical\n"
    "7::Nobody's Film (1999)::Drama\n"
    "9::Matrix, The (1999)::Action|Sci-Fi|Thriller\n"
)
RATINGS = "1::9::5::978300760\n1::1::4::978300760\n4::2::3::978300800\n4::9::1::978300900\n"


def archive_of(folder, ratings=RATINGS, films=FILMS):
    path = folder / "ml-1m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(movielens_1m.RATINGS, ratings.encode("latin-1"))
        archive.writestr(movielens_1m.FILMS, films.encode("latin-1"))
        archive.writestr("ml-1m/users.dat", "1::F::1::10::48067\n")
        archive.writestr("../outside", "never read")
    sizes = {
        movielens_1m.RATINGS: len(ratings.encode("latin-1")),
        movielens_1m.FILMS: len(films.encode("latin-1")),
    }
    return path, sizes


def test_the_made_archive_is_read(tmp_path):
    log, items = assemble(*read_archive(*archive_of(tmp_path)))
    assert (log.n_users, log.n_items, len(log)) == (2, 3, 4)
    assert log.user_ids.tolist() == [1, 4]
    assert log.item_ids.tolist() == [1, 2, 9]  # nobody rated film 7
    assert log.items.tolist() == [2, 0, 1, 2]
    assert log.ratings.tolist() == [5, 4, 3, 1]
    assert log.timestamps.tolist() == [978300760, 978300760, 978300800, 978300900]
    assert items["title"].tolist() == ["Toy Story", "Les Misérables", "The Matrix"]
    assert items["year"].tolist() == [1995, 1995, 1999]
    assert items["genres"][2] == ("Action", "Sci-Fi", "Thriller")


def test_files_of_another_size_are_refused(tmp_path):
    path, sizes = archive_of(tmp_path)
    with pytest.raises(ArchiveError, match="not 24,594,131"):
        read_archive(path)
    with pytest.raises(ArchiveError, match=r"holds no .*tags"):
        read_archive(path, sizes | {"ml-1m/tags.dat": 3})


@pytest.mark.parametrize(
    ("ratings", "films", "message"),
    [
        (RATINGS + "4::9::1\n", FILMS, "line 5"),
        (RATINGS + "4::x::1::978300900\n", FILMS, "line 5: '4::x::1::978300900' is not"),
        (RATINGS + f"4::9::1::{10**19}\n", FILMS, "line 5"),
        (RATINGS + "4::::1::978300900\n", FILMS, "line 5"),
        (RATINGS + "4::9::9::978300900\n", FILMS, "line 5: .* 1 to 5 stars"),
        (RATINGS + "4 9::::1::978300900\n", FILMS, "line 5"),
        (RATINGS, FILMS + "x::y\n", "'x::y' is not"),
        ("1::8::5::978300760\n", FILMS, "film 8 is rated"),
    ],
)
def test_a_bad_line_is_named(tmp_path, ratings, films, message):
    with pytest.raises(ValueError, match=message):
        assemble(*read_archive(*archive_of(tmp_path, ratings, films)))


@pytest.fixture
def served(monkeypatch, tmp_path):
    """The made archive at an address, in the registry with its own checksum."""
    path, sizes = archive_of(tmp_path)
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(movielens_1m, "SIZES", sizes)
    real = DATASETS["movielens-1m"]
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (source,) = real.sources
    (file,) = source.files
    made = dataclasses.replace(
        source,
        where=path.as_uri(),
        sha256=sha256,
        files=(dataclasses.replace(file, sha256=sha256),),
    )
    counts = {"users": 2, "items": 3, "ratings": 4}
    monkeypatch.setitem(
        DATASETS, "movielens-1m", dataclasses.replace(real, counts=counts, sources=(made,))
    )
    return path


def test_the_loader_fetches_checks_and_reads(served):
    data = load_movielens_1m()
    assert data.items["text"][2].startswith("The Matrix (1999).")
    assert data.users["user"].tolist() == [0, 1]
    assert np.array_equal(data.interactions.items, [2, 0, 1, 2])
    served.unlink()
    assert len(load_movielens_1m().interactions) == 4  # from the cache


def test_an_altered_archive_is_not_used(served):
    with served.open("ab") as archive:
        archive.write(b"more")
    with pytest.raises(FetchError, match="altered"):
        load_movielens_1m()


def test_an_archive_beyond_the_bound_is_cut_off(served, monkeypatch):
    record = DATASETS["movielens-1m"]
    small = dataclasses.replace(record.sources[0], size=10)
    monkeypatch.setitem(DATASETS, "movielens-1m", dataclasses.replace(record, sources=(small,)))
    with pytest.raises(FetchError, match="more than the 10 bytes"):
        fetch("movielens-1m")


def test_other_counts_are_refused(served, monkeypatch):
    record = DATASETS["movielens-1m"]
    monkeypatch.setitem(
        DATASETS,
        "movielens-1m",
        dataclasses.replace(record, counts={"users": 3, "items": 3, "ratings": 4}),
    )
    with pytest.raises(ValueError, match="expected 3 users, read 2"):
        load_movielens_1m()
