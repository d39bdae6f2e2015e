"""A store of vectors: durable, found at once, and never served by a wrong index."""

import resource
import shutil
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest

from plmrec_lite.applications.nearest.store import VectorStore

D = 8


def vectors(n, seed=0):
    return np.random.default_rng(seed).normal(size=(n, D)).astype(np.float32)


def names(n, start=0):
    return [f"i{start + row}" for row in range(n)]


def exact(rows, ids, query, k):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = unit @ (query / np.linalg.norm(query))
    order = np.argsort(-cosines, kind="stable")[:k]
    return [ids[row] for row in order], cosines[order]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vectors.sqlite"


@pytest.fixture
def store(path):
    store = VectorStore(path, D)
    yield store
    store.close()


def filled(path, n=50, late=0):
    store = VectorStore(path, D)
    store.add(names(n), vectors(n))
    store.rebuild()
    if late:
        store.add(names(late, n), vectors(late, 1))
    store.close()
    return path


@pytest.mark.parametrize("n_indexed", [0, 30, 50])
def test_it_finds_the_nearest_indexed_or_not(store, n_indexed):
    rows, ids, query = vectors(50), names(50), vectors(1, 9)[0]
    if n_indexed:
        store.add(ids[:n_indexed], rows[:n_indexed])
        store.rebuild()
    store.add(ids[n_indexed:], rows[n_indexed:])
    assert store.n_late == 50 - n_indexed
    found, cosines = store.search(query, 7)
    wanted, values = exact(rows, ids, query, 7)
    assert found == wanted
    assert cosines == pytest.approx(values, abs=1e-5)


def test_a_new_vector_is_found_at_once(store):
    store.add(names(20), vectors(20))
    store.rebuild()
    store.add(["new"], [np.ones(D)])
    assert store.search(np.ones(D), 1)[0] == ["new"]
    assert len(store) == 21


@pytest.mark.parametrize("again", [False, True])
def test_a_vector_that_is_replaced_is_found_at_its_new_place_only(store, again):
    rows = vectors(20)
    store.add(names(20), rows)
    store.rebuild()
    if again:
        store.add(["i3"], [rows[5]])  # replaced while it is late
    store.add(["i3"], [-rows[3]])
    assert store.search(-rows[3], 1)[0] == ["i3"]
    found, _ = store.search(rows[3], 20)
    assert sorted(found) == sorted(names(20))  # each once
    assert found[-1] == "i3"
    assert len(store) == 20
    store.rebuild()
    assert (store.search(rows[3], 20)[0][-1], store.n_late) == ("i3", 0)


def test_neighbours_that_were_replaced_do_not_hide_those_behind_them(store):
    query, aside = np.eye(D)[:2]
    store.add(names(12), query + 0.01 * vectors(12, 3))
    store.add(names(8, 12), query + aside + 0.01 * vectors(8, 5))
    store.rebuild()
    store.add(names(12), -query + 0.01 * vectors(12, 4))  # the nearest of the index are gone
    assert sorted(store.search(query, 8)[0]) == sorted(names(8, 12))


def test_it_survives_a_restart_with_its_index(path):
    filled(path, 50, late=5)
    store = VectorStore(path, D)
    assert (len(store), store.n_late) == (55, 5)
    rows, ids = np.vstack([vectors(50), vectors(5, 1)]), names(55)
    for query in vectors(5, 7):
        assert store.search(query, 5)[0] == exact(rows, ids, query, 5)[0]


def test_without_its_index_nothing_is_lost(path):
    filled(path, 30)
    path.with_name(path.name + ".hnsw").unlink()
    store = VectorStore(path, D)
    assert store.n_late == 30
    assert store.search(vectors(30)[4], 1)[0] == ["i4"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda body: body[: len(body) // 2], "was cut off"),
        (lambda body: body + b"x", "was cut off"),
        (lambda body: body[:-9] + bytes([body[-9] ^ 1]) + body[-8:], "altered"),
        (lambda body: b"", "no index of this library"),
        (lambda body: b"[]\n" + body, "no index of this library"),
        (lambda body: b"hello", "no index of this library"),
        (lambda body: body.replace(b"nearest 1", b"nearest 9"), "format"),
    ],
)
def test_a_damaged_index_is_refused_and_can_be_made_anew(path, damage, message):
    filled(path)
    index = path.with_name(path.name + ".hnsw")
    index.write_bytes(damage(index.read_bytes()))
    with pytest.raises(ValueError, match=rf"{message}.*rebuild=True"):
        VectorStore(path, D)
    store = VectorStore(path, D, rebuild=True)
    assert store.n_late == 0
    store.close()
    assert VectorStore(path, D).search(vectors(50)[4], 1)[0] == ["i4"]


def test_the_index_of_another_store_is_refused(path, tmp_path):
    filled(path)
    other = filled(tmp_path / "other.sqlite")
    shutil.copy(f"{other}.hnsw", f"{path}.hnsw")
    with pytest.raises(ValueError, match="of another store"):
        VectorStore(path, D)


def test_an_index_that_is_later_than_a_backup_is_refused(path, tmp_path):
    filled(path, 20)
    shutil.copy(path, tmp_path / "backup")
    store = VectorStore(path, D)
    store.add(names(10, 20), vectors(10, 2))
    store.rebuild()
    store.close()
    for name in (path, tmp_path / "vectors.sqlite-wal"):
        name.unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup", path)
    store = VectorStore(path, D)  # what the backup lacks is not found
    assert set(store.search(vectors(10, 2)[0], 30)[0]) == set(names(20))
    store.add(names(10, 50), vectors(10, 3))  # and takes the numbers of what was lost
    store.close()
    with pytest.raises(ValueError, match="another state of the store"):
        VectorStore(path, D)


def test_a_half_written_index_does_not_count(path):
    filled(path)
    path.with_name(path.name + ".hnsw.new").write_bytes(b"half")
    store = VectorStore(path, D)
    assert store.n_late == 0
    store.rebuild()
    assert not path.with_name(path.name + ".hnsw.new").exists()


def test_what_is_no_store_is_refused(path):
    path.write_bytes(b"not a database, by far" * 400)
    with pytest.raises(ValueError, match="no store of vectors"):
        VectorStore(path, D)


def test_a_store_of_other_vectors_is_refused(path):
    filled(path)
    with pytest.raises(ValueError, match="vectors of 8 numbers, not 9"):
        VectorStore(path, D + 1)
    assert len(VectorStore(path, D)) == 50  # and it was given free


def test_a_second_process_is_refused(path, store):
    with pytest.raises(OSError, match="other process"):
        VectorStore(path, D)


@pytest.mark.parametrize(
    ("ids", "rows", "message"),
    [
        (["a", "a"], np.ones((2, D)), "different texts"),
        ([1], np.ones((1, D)), "different texts"),
        ([""], np.ones((1, D)), "different texts"),
        (["a"], np.ones((2, D)), "shape"),
        (["a"], np.ones((1, D + 1)), "shape"),
        (["a", "b"], [np.ones(D), np.zeros(D)], "vector 1 is zero"),
        (["a"], np.full((1, D), np.nan), "vector 0 is zero or not finite"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(store, ids, rows, message):
    with pytest.raises(ValueError, match=message):
        store.add(ids, rows)
    assert len(store) == 0


def test_questions_that_make_no_sense_are_refused(store):
    store.add(names(3), vectors(3))
    with pytest.raises(ValueError, match="k="):
        store.search(np.ones(D), 0)
    with pytest.raises(ValueError, match="shape"):
        store.search(np.ones(D - 1))
    with pytest.raises(ValueError, match="zero"):
        store.search(np.zeros(D))
    assert len(store.search(np.ones(D), 10)[0]) == 3


def test_an_empty_store_answers_with_nothing(store):
    assert store.search(np.ones(D)) == ([], [])
    store.rebuild()
    assert store.search(np.ones(D)) == ([], [])
    store.add(["a"], np.ones((1, D)))
    assert store.search(np.ones(D))[0] == ["a"]


def test_vectors_come_in_while_it_answers_and_rebuilds(store):
    rows, query, seen = vectors(300), vectors(1, 9)[0], []
    store.add(names(100), rows[:100])
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            found, _ = store.search(query, 5)
            seen.append(len(set(found)) == 5)

    def build():
        while not stop.is_set():
            store.rebuild()

    threads = [threading.Thread(target=ask), threading.Thread(target=build)]
    for thread in threads:
        thread.start()
    for start in range(100, 300, 5):
        store.add(names(5, start), rows[start : start + 5])
        assert store.search(rows[start], 1)[0] == [f"i{start}"]
    stop.set()
    for thread in threads:
        thread.join()
    assert seen and all(seen)
    assert len(store) == 300
    store.rebuild()
    assert store.n_late == 0
    assert store.search(query, 5)[0] == exact(rows, names(300), query, 5)[0]


KILLED = """
import sys, os, numpy as np
from plmrec_lite.applications.nearest.store import VectorStore
store = VectorStore(sys.argv[1], 8)
for i in range(7):
    store.add([f"k{i}"], np.eye(8)[[i]])
    print(f"k{i}", flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_killed_process_loses_no_vector_that_it_acknowledged(path):
    done = subprocess.run([sys.executable, "-c", KILLED, path], capture_output=True, text=True)
    acknowledged = done.stdout.split()
    assert len(acknowledged) == 7
    store = VectorStore(path, D)
    assert sorted(store.search(np.ones(D), 9)[0]) == acknowledged


FULL = """
import sys, resource, numpy as np
from plmrec_lite.applications.nearest.store import VectorStore
store = VectorStore(sys.argv[1], 8)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
n = 0
try:
    while n < 5000:
        store.add([f"i{n:04}" + "x" * 200], np.ones((1, 8)))
        n += 1
except OSError as error:
    print(n, len(store), "free its disk" in str(error), len(store.search(np.ones(8), 5)[0]))
"""


def test_a_full_disk_refuses_the_vector_and_the_search_goes_on(path):
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True)
    kept, there, said, found = done.stdout.split()
    assert (said, found) == ("True", "5")
    assert int(kept) == int(there) > 10
    assert len(VectorStore(path, D)) == int(kept)


def test_a_disk_that_is_full_when_the_index_is_written_leaves_the_old_one(path):
    filled(path, 50)
    store, was = VectorStore(path, D), resource.getrlimit(resource.RLIMIT_FSIZE)
    old = store.index_path.read_bytes()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, was[1]))
    try:
        with pytest.raises(OSError, match="large"):
            store.rebuild()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert store.index_path.read_bytes() == old
    assert store.search(vectors(50)[4], 1)[0] == ["i4"]


def test_what_is_on_the_disk_is_in_wal_with_full_sync(store):
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert isinstance(store._db, sqlite3.Connection)
