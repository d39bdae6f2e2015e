"""Events on disk: each counted once, none lost, a full disk said."""

import sqlite3
import threading
import time

import pytest

from plmrec_lite.applications.serving.event_log import EventLog
from plmrec_lite.applications.serving.refusal import Refusal


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "events.sqlite")


def test_an_event_that_comes_again_is_counted_once(log):
    assert log.add("a", "ann", "7", 4, 10.0)
    assert not log.add("a", "ann", "7", 4.0, 10.0)
    assert len(log) == 1
    assert log.items_of("ann") == ["7"]


def test_when_it_came_in_is_kept_beside_the_time_that_was_told(log):
    before = time.time()
    log.add("a", "ann", "7", 4, 10.0)
    log.add("b", "ann", "8")
    rows = sqlite3.connect(log.path).execute("SELECT time, received FROM events").fetchall()
    assert [told for told, _ in rows] == [10.0, None]
    assert all(before - 1 < received < time.time() + 1 for _, received in rows)


def test_an_event_without_value_and_time_is_the_same_when_it_comes_again(log):
    assert log.add("a", "ann", "7")
    assert not log.add("a", "ann", "7")


@pytest.mark.parametrize("other", [("bob", "7", 4), ("ann", "8", 4), ("ann", "7", 5), ("ann", "7")])
def test_another_event_under_the_same_id_is_refused(log, other):
    log.add("a", "ann", "7", 4)
    with pytest.raises(Refusal, match="id='a'") as refused:
        log.add("a", *other)
    assert refused.value.status == 409
    assert len(log) == 1


def test_items_come_in_the_order_of_time(log):
    for name, item, told in (
        ("a", "x", 30.0),
        ("b", "y", 10.0),
        ("c", "z", None),
        ("d", "w", 30.0),
    ):
        log.add(name, "ann", item, None, told)
    log.add("e", "bob", "other")
    assert log.items_of("ann") == ["y", "x", "w", "z"]  # one without a time came in now


def test_another_connection_sees_it_at_once_in_wal_with_full_sync(log):
    log.add("a", "ann", "7")
    other = sqlite3.connect(log.path)
    assert other.execute("SELECT COUNT(*) FROM events").fetchone() == (1,)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert log._connection().execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    other.close()
    assert EventLog(log.path).items_of("ann") == ["7"]


def test_many_threads_lose_nothing_and_count_each_once(log):
    def send(part):
        for number in range(40):
            log.add(f"{number % 30}-{part // 2}", f"p{part // 2}", str(number % 30))

    threads = [threading.Thread(target=send, args=(part,)) for part in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log) == 3 * 30
    assert [len(log.items_of(f"p{part}")) for part in range(3)] == [30] * 3


def test_a_full_disk_refuses_the_event_and_takes_the_next_when_there_is_room(log):
    connection = log._connection()
    connection.execute("PRAGMA max_page_count = 12").fetchone()
    kept, refused = 0, None
    while refused is None and kept < 2000:
        try:
            log.add(f"e{kept}", "ann" * 50, "item" * 40)
            kept += 1
        except Refusal as refusal:
            refused = refusal
    assert (refused.status, refused.code) == (507, "disk_full")
    assert "free the disk" in refused.cure
    assert "ann" not in str(refused)
    assert len(log) == kept == len(log.items_of("ann" * 50)) > 10
    connection.execute("PRAGMA max_page_count = 10000").fetchone()
    assert log.add(f"e{kept}", "ann" * 50, "item" * 40)


def test_a_log_that_another_process_holds_is_busy_and_not_full(log):
    log._connection().execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(log.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal, match="locked") as refused:
        log.add("a", "ann", "7")
    assert refused.value.status == 503
    assert refused.value.headers == {"Retry-After": "1"}
    other.execute("ROLLBACK")
    other.close()
    assert log.add("a", "ann", "7")


def test_what_is_no_log_is_refused_with_a_cure(tmp_path):
    path = tmp_path / "events.sqlite"
    path.write_bytes(b"not a database, by far" * 400)
    with pytest.raises(ValueError, match=r"not a database.*last copy"):
        EventLog(path)


def test_a_damaged_log_is_refused(log):
    for number in range(300):
        log.add(f"e{number}", "ann", "7")
    log._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log._connection().close()
    content = bytearray(log.path.read_bytes())
    content[4096 * 2 : 4096 * 3] = b"\xff" * 4096
    log.path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be used as a log of events"):
        EventLog(log.path)


def test_a_log_of_another_version_is_refused(log):
    log._connection().execute("PRAGMA user_version = 9")
    with pytest.raises(ValueError, match="version 9, not 1"):
        EventLog(log.path)
