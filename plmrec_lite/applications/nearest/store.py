"""Vectors that survive a restart, and a search that finds the newest of them at once."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np

from plmrec_lite.applications.nearest.index_file import (
    CURE,
    build_index,
    read_index,
    sums_of,
    write_index,
)
from plmrec_lite.checks import check_number

SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, vector BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
ALL = "SELECT number, id, vector FROM vectors ORDER BY number"


class _View(NamedTuple):
    """What a search looks at: replaced as a whole, never changed."""

    index: object  # of faiss, or None where there is none yet
    indexed: np.ndarray  # (n_indexed,) the number of each vector of the index
    late: np.ndarray  # (n_late,) the numbers that are not in the index
    vectors: np.ndarray  # (n_late, d)
    ids: dict  # str by number: what there is


class VectorStore:
    """Vectors in SQLite, which are the truth, and an HNSW index of them, a file beside it.

    A new vector is acknowledged when it is on the disk, and found at once: those that are not in
    the index yet are compared one by one. ``rebuild`` takes them into a new index while searches
    and new vectors go on. One process at a time has the file; its threads may share the store.

    Parameters
    ----------
    path : str or Path; of the SQLite file, made where there is none. The index is the file with
        ``.hnsw`` behind it, which ``rebuild`` writes.
    dimension : int; the length of a vector
    breadth : int; how many vectors a search of the graph keeps in mind (``efSearch``)
    rebuild : bool; make the index anew from the vectors, whatever its file holds

    Raises
    ------
    ValueError: the file is no store, or of another dimension; its index is cut off, altered, of
        another store, or of another state of this one
    OSError: another process has the store, or the disk refuses

    Source: Malkov & Yashunin 2018, by faiss.
    """

    def __init__(self, path, dimension, breadth=64, rebuild=False):
        check_number("dimension", dimension, least=1, whole=True)
        check_number("breadth", breadth, least=1, whole=True)
        self.path, self.dimension, self.breadth = Path(path), dimension, breadth
        self.index_path = Path(f"{path}.hnsw")
        self._writing, self._rebuilding = threading.Lock(), threading.Lock()
        try:
            self._db = sqlite3.connect(path, timeout=0.1, check_same_thread=False)
            for setting in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
                self._db.execute(f"PRAGMA {setting}")
            self._db.executescript(SCHEMA)
            with self._db:
                once = "INSERT INTO about VALUES (?, ?) ON CONFLICT DO NOTHING"
                self._db.execute(once, ("dimension", str(dimension)))
                self._db.execute(once, ("store", secrets.token_hex(16)))
            self._about = dict(self._db.execute("SELECT name, value FROM about"))
            if self._about["dimension"] != str(dimension):
                raise ValueError(
                    f"{path} holds vectors of {self._about['dimension']} numbers, not {dimension}: "
                    "encode with the model that it was made with, or make another store"
                )
            self._view = self._opened(rebuild)
        except sqlite3.OperationalError as error:
            raise OSError(
                f"{path} cannot be opened ({error}): stop the other process that has it, or give "
                "its disk room and rights"
            ) from error
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{path} is no store of vectors ({error}): give another path"
            ) from error
        except ValueError:
            self.close()
            raise
        if rebuild:
            self.rebuild()

    def _opened(self, rebuild):
        """Compare the vectors with the index, and keep those that it lacks."""
        numbers, sums, index = (
            read_index(self.index_path, self._about["store"])
            if not rebuild
            else (np.empty(0, np.int64), np.empty(0, np.uint32), None)
        )
        known = dict(zip(numbers.tolist(), sums.tolist(), strict=True))
        late, blobs, ids = [], [], {}
        for number, own, blob in self._db.execute(ALL):
            ids[number] = own
            if number not in known:
                late.append(number)
                blobs.append(blob)
            elif known[number] != int(sums_of([blob])[0]):
                raise ValueError(
                    f"{self.index_path} is of another state of the store, such as one before a "
                    f"backup came back: {CURE}"
                )
        return _View(index, numbers, np.array(late, np.int64), self._matrix(blobs), ids)

    def __len__(self):
        return len(self._view.ids)

    @property
    def n_late(self):
        """How many vectors the index does not hold yet."""
        return len(self._view.late)

    def close(self):
        """Give the file free for another process."""
        self._db.close()

    def add(self, ids, vectors):
        """Keep vectors; when this returns, they are on the disk and can be found.

        Parameters
        ----------
        ids : sequence of str; one that is there gets the new vector
        vectors : float array (n, d); scaled to length 1

        Raises
        ------
        ValueError: an id is no text or repeated, or a vector is of another length, not finite, or
            zero
        OSError: the disk refuses; then none of them is kept
        """
        ids = list(ids)
        if not all(isinstance(own, str) and own for own in ids) or len(set(ids)) < len(ids):
            raise ValueError("ids must be different texts: drop repeated ones, and name each")
        rows, put = self._unit(vectors, len(ids)), "INSERT INTO vectors (id, vector) VALUES (?, ?)"
        with self._writing:
            try:
                with self._db:
                    self._db.executemany("DELETE FROM vectors WHERE id = ?", [(i,) for i in ids])
                    new = [
                        self._db.execute(put, (own, row.tobytes())).lastrowid
                        for own, row in zip(ids, rows, strict=True)
                    ]
            except sqlite3.Error as error:
                raise OSError(
                    f"{self.path}: nothing is kept ({error}): free its disk, then send them again"
                ) from error
            view, sent = self._view, set(ids)
            known = {number: own for number, own in view.ids.items() if own not in sent}
            stays = np.array([number in known for number in view.late.tolist()], dtype=bool)
            self._view = view._replace(
                late=np.append(view.late[stays], np.array(new, dtype=np.int64)),
                vectors=np.vstack([view.vectors[stays], rows]),
                ids=known | dict(zip(new, ids, strict=True)),
            )

    def search(self, query, k=10):
        """Return the k nearest vectors, those of the graph approximately.

        Parameters
        ----------
        query : float array (d,)
        k : int

        Returns
        -------
        ids : list of str; the nearest first, ties by the older; fewer than k in a small store
        cosines : list of float

        Raises
        ------
        ValueError: k is below 1, or the query is of another length, not finite, or zero
        """
        check_number("k", k, least=1, whole=True)
        query = self._unit(np.asarray(query)[None], 1)
        view, found = self._view, []
        if view.index is not None and len(view.indexed):
            import faiss

            n_gone = len(view.indexed) + len(view.late) - len(view.ids)  # replaced since
            wide = min(k + n_gone, len(view.indexed))
            breadth = faiss.SearchParametersHNSW(efSearch=max(self.breadth, wide))
            scores, places = view.index.search(query, wide, params=breadth)
            numbers = view.indexed[places[0]].tolist()
            found = [
                (-score, number)
                for score, place, number in zip(scores[0].tolist(), places[0], numbers, strict=True)
                if place >= 0 and number in view.ids
            ]
        exact = view.vectors @ query[0]  # (n_late,)
        nearest = np.argsort(-exact, kind="stable")[:k]
        found += [(-float(exact[i]), int(view.late[i])) for i in nearest]
        found = sorted(found)[:k]
        return [view.ids[number] for _, number in found], [-score for score, _ in found]

    def rebuild(self):
        """Make the index of all vectors and write it; searches and new vectors go on meanwhile.

        Raises
        ------
        OSError: the disk refuses; the old index stays
        """
        with self._rebuilding:
            with self._writing:
                rows = self._db.execute(ALL).fetchall()
            numbers = np.array([number for number, _, _ in rows], dtype=np.int64)
            blobs = [blob for _, _, blob in rows]
            index = build_index(self._matrix(blobs))
            write_index(self.index_path, self._about["store"], numbers, sums_of(blobs), index)
            with self._writing:
                view = self._view
                late = ~np.isin(view.late, numbers)
                self._view = view._replace(
                    index=index, indexed=numbers, late=view.late[late], vectors=view.vectors[late]
                )

    def _matrix(self, blobs):
        return np.frombuffer(b"".join(blobs), np.float32).reshape(len(blobs), self.dimension)

    def _unit(self, vectors, n):
        """Scale vectors to length 1, refusing what has no direction."""
        vectors = np.asarray(vectors, dtype=np.float32)
        if vectors.shape != (n, self.dimension):
            raise ValueError(
                f"vectors of shape {vectors.shape}: give {(n, self.dimension)}, of the model that "
                "the store was made with"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        wrong = np.flatnonzero(~np.isfinite(lengths[:, 0]) | (lengths[:, 0] == 0))
        if len(wrong):
            raise ValueError(
                f"vector {wrong[0]} is zero or not finite: it has no direction, so leave it out"
            )
        return vectors / lengths
