"""Events on disk: in SQLite, each durable before it is acknowledged, and counted once."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from plmrec_lite.applications.serving.refusal import Refusal, shown

VERSION = 1
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person TEXT NOT NULL, item TEXT NOT NULL,
    value REAL, time REAL, received REAL NOT NULL);
CREATE INDEX IF NOT EXISTS of_person ON events (person, COALESCE(time, received), number);
PRAGMA user_version = {VERSION};
"""
FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class EventLog:
    """The events that came in since the model was fitted.

    Several threads, and several processes, may use one file at once.

    Parameters
    ----------
    path : str or Path; of the file, which is made where there is none

    Raises
    ------
    ValueError: the file is no log of events, is damaged, or of another version
    """

    def __init__(self, path):
        self.path = Path(path)
        self._threads, self._writing = threading.local(), threading.Lock()
        try:
            connection = self._connection()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, VERSION):
                raise ValueError(
                    f"{path} is a log of version {version}, not {VERSION}: serve it by the "
                    "version of plmrec-lite that wrote it"
                )
            (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if state != "ok":
                raise sqlite3.DatabaseError(state)
            connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise ValueError(
                f"{path} cannot be used as a log of events ({error}): free its disk or give it "
                "back its rights, or move the file away and take it back from your last copy"
            ) from error

    def _connection(self):
        """A connection of each thread, which reads while another writes."""
        if not hasattr(self._threads, "connection"):
            connection = sqlite3.connect(self.path, timeout=5, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._threads.connection = connection
        return self._threads.connection

    def add(self, id, person, item, value=None, time_=None):
        """Keep an event; when this returns, it is on the disk.

        Parameters
        ----------
        id : str; the sender's own, the same when the event is sent again
        person, item : str
        value : float or None; such as stars
        time_ : float or None; seconds since 1970; None: when it came in

        Returns
        -------
        bool; False: it was there already

        Raises
        ------
        Refusal: another event has this id (409), the disk is full (507), or the log cannot be
            written now (503)
        """
        event = (person, item, value, time_)
        try:
            with self._writing:
                added = self._connection().execute(
                    "INSERT INTO events (id, person, item, value, time, received) "
                    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    (id, *event, time.time()),
                )
            if added.rowcount:
                return True
            there = self._connection().execute(
                "SELECT person, item, value, time FROM events WHERE id = ?", (id,)
            )
            if there.fetchone() == event:
                return False
        except sqlite3.Error as error:
            raise _not_kept(error) from error
        raise Refusal(
            409,
            "id_taken",
            f"id={shown(id)} is the id of another event",
            "give each event an id of its own, and send the same event again unchanged",
        )

    def items_of(self, person):
        """Return a person's items.

        Parameters
        ----------
        person : str

        Returns
        -------
        list of str; the oldest first

        Raises
        ------
        Refusal: the log cannot be read now (503)
        """
        try:
            found = self._connection().execute(
                "SELECT item FROM events WHERE person = ? "
                "ORDER BY COALESCE(time, received), number",
                (person,),
            )
            return [item for (item,) in found]
        except sqlite3.Error as error:
            raise _not_kept(error) from error

    def __len__(self):
        return self._connection().execute("SELECT COUNT(*) FROM events").fetchone()[0]


def _not_kept(error):
    """Say what is wrong with the disk, without a word of the event."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the kind, of which others are cases
    if code in FULL:
        return Refusal(
            507,
            "disk_full",
            f"the event is not kept: {error}",
            "free the disk that holds the served folder, then send the event again with its id",
        )
    cure = "send it again with its id" if code in BUSY else "look at the file of events"
    return Refusal(503, "log_unusable", f"the log says: {error}", cure, {"Retry-After": "1"})
