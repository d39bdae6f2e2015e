"""From a table to a log: columns guessed, ids of any kind, times, and what is bad."""

import datetime
import re
import uuid

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import Interactions, events, frames
from plmrec_lite.data.frames import guess_column

DATES = pd.Series(pd.date_range("1998-04-01", periods=4, freq="75s"))
SECONDS = [891388800, 891388875, 891388950, 891389025]
TABLE = pd.DataFrame(
    {
        "userId": ["bob", "ann", "bob", "eve"],
        "movieId": [30, 10, 10, 20],
        "rating": [3.5, 4.0, 1.0, 5.0],
        "timestamp": SECONDS,
    },
    index=[5, 5, 9, 2],
)


def read(table=TABLE, *columns, **options):
    """A log, and what was told."""
    told = []
    return Interactions.from_frame(table, *columns, tell=told.append, **options), told


def test_usual_names_are_guessed_and_told(capsys):
    log = Interactions.from_frame(TABLE)
    assert log.user_ids.tolist() == ["ann", "bob", "eve"]
    assert log.item_ids.tolist() == [10, 20, 30]
    assert log.users.tolist() == [1, 0, 1, 2]
    assert log.items.tolist() == [2, 0, 0, 1]
    assert log.ratings.tolist() == [3.5, 4.0, 1.0, 5.0]
    assert log.timestamps.tolist() == SECONDS
    told = capsys.readouterr().err
    assert "user='userId', item='movieId', rating='rating', time='timestamp'" in told
    assert "taken as seconds since 1970" in told


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("userId movieId rating timestamp", "userId movieId rating timestamp"),
        ("user_id:token item_id:token timestamp:float", "user_id:token item_id:token timestamp"),
        ("reviewerID asin overall unixReviewTime", "reviewerID asin overall unixReviewTime"),
        ("user_id parent_asin asin rating timestamp", "user_id parent_asin rating timestamp"),
        ("user_id book_id rating date_added", "user_id book_id rating date_added"),
        ("User-ID ISBN Book-Rating", "User-ID ISBN Book-Rating"),
        ("uid iid", "uid iid"),
    ],
)
def test_what_data_sets_call_their_columns(columns, found):
    table = pd.DataFrame(columns=columns.split())
    guessed = [guess_column(table, role) for role in ("user", "item", "rating", "time")]
    assert [name.split(":")[0] for name in guessed if name] == [
        name.split(":")[0] for name in found.split()
    ]


def test_of_two_columns_of_one_usual_name_the_first_is_taken():
    for columns in (["user_id", "User ID"], ["User ID", "user_id"]):
        assert guess_column(pd.DataFrame(columns=columns), "user") == columns[0]


def test_named_columns_are_taken_and_nothing_else():
    log, told = read(TABLE, "movieId", "userId")
    assert log.user_ids.tolist() == [10, 20, 30]
    assert log.ratings is log.timestamps is None
    assert told == []
    assert read(TABLE, user="userId")[0].timestamps.tolist() == SECONDS


@pytest.mark.parametrize(
    ("ids", "vocabulary"),
    [
        ([76561197960287930, 2**63 - 1, 5], [5, 76561197960287930, 2**63 - 1]),
        (
            [uuid.UUID(int=7), uuid.UUID(int=3), uuid.UUID(int=5)],
            [uuid.UUID(int=i) for i in (3, 5, 7)],
        ),
        (["10", "9", "b"], ["10", "9", "b"]),
        ([("b", 1), ("a", 2), ("a", 1)], [("a", 1), ("a", 2), ("b", 1)]),
        (["x", 7, None], None),
        (pd.array([3, 1, 2], dtype="UInt64"), [1, 2, 3]),
    ],
)
def test_ids_of_any_kind(ids, vocabulary):
    table = pd.DataFrame({"u": pd.Series(ids), "i": [1, 2, 3]})
    log, _ = read(table, "u", "i", on_bad="drop")
    if vocabulary is None:  # of two kinds, which have no order: as they come
        vocabulary, ids = ["x", 7], ids[:2]
    assert log.user_ids.tolist() == vocabulary
    assert [vocabulary[user] for user in log.users] == list(ids)


def test_integers_beside_a_gap_are_integers_again_unless_digits_are_lost():
    log, _ = read(pd.DataFrame({"u": [2.0, None, 1.0], "i": [1, 2, 3]}), "u", "i", on_bad="drop")
    assert log.user_ids.tolist() == [1, 2]
    assert log.user_ids.dtype == np.int64
    for ids in ([76561197960287930.0, None], [2.0**53, None], [1.5, 2.0]):
        with pytest.raises(ValueError, match=r"user of row 0 is .*lost digits.*Int64"):
            read(pd.DataFrame({"u": ids, "i": [1, 2]}), "u", "i")


@pytest.mark.parametrize(
    "times",
    [
        *(DATES.astype(f"datetime64[{unit}]") for unit in ("s", "ms", "us", "ns")),
        DATES.dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata"),
        DATES.dt.strftime("%Y-%m-%dT%H:%M:%S"),
        DATES.dt.strftime("%Y-%m-%d %H:%M:%S"),
        [datetime.datetime(1998, 4, 1) + datetime.timedelta(seconds=75 * i) for i in range(4)],
        [str(s) for s in SECONDS],
        [float(s) for s in SECONDS],
        *([s * scale for s in SECONDS] for scale in (10**3, 10**6, 10**9)),
        [s * 1e3 for s in SECONDS],
    ],
)
def test_times_of_any_form_become_seconds(times):
    log, _ = read(TABLE.assign(timestamp=list(times)))
    assert log.timestamps.dtype == np.int64
    assert log.timestamps.tolist() == SECONDS


def test_the_unit_is_told():
    told = read(TABLE.assign(timestamp=[s * 1000 for s in SECONDS]))[1]
    assert "times of 'timestamp' are taken as milliseconds since 1970, by their size" in told


@pytest.mark.parametrize("scale", [1e-3, 1e-6])
def test_fractions_of_a_second_are_kept(scale):
    log, _ = read(TABLE.assign(timestamp=[int(1.5e9 / scale) + i for i in (2, 0, 1, 3)]))
    assert log.timestamps.dtype == np.float64
    assert np.argsort(log.timestamps).tolist() == [1, 2, 0, 3]
    np.testing.assert_allclose(log.timestamps - 1.5e9, np.array([2, 0, 1, 3]) * scale, atol=3e-7)


@pytest.mark.parametrize(
    ("largest", "per_second"),
    [(10**11 - 10**3, 1), (10**14 - 10**3, 10**3), (10**17 - 10**3, 10**6)],
)
def test_the_largest_time_of_each_unit(largest, per_second):
    log, _ = read(TABLE.assign(timestamp=largest))
    assert log.timestamps[0] == pytest.approx(largest / per_second)
    log, _ = read(TABLE.assign(timestamp=largest + 10**3))  # over the border
    assert log.timestamps[0] == pytest.approx((largest + 10**3) / (per_second * 1000))


def test_small_numbers_are_an_order_of_the_reader_s_own():
    log, told = read(TABLE.assign(timestamp=[20200101, 3, 0, -5]))
    assert log.timestamps.tolist() == [20200101, 3, 0, -5]
    assert len(told) == 1  # the columns


BAD = pd.DataFrame(
    {
        "user": ["a", None, "c", "d", " ", "f", "g"],
        "item": [1, 2, 3, None, 5, 6, 7],
        "rating": ["5", "4", "five", "3", "2", "1", ""],
        "time": ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04", "x", "2020-13-01", None],
    }
)


def test_bad_rows_are_counted_and_named():
    with pytest.raises(ValueError) as caught:
        read(BAD)
    assert str(caught.value) == (
        "2 of 7 rows have no usable user, the first is row 1 (user=nan); "
        "1 of 7 rows have no usable item, the first is row 3 (item=nan); "
        "2 of 7 rows have no usable rating, the first is row 2 (rating='five'); "
        "3 of 7 rows have no usable time, the first is row 4 (time='x'): "
        'correct them, or pass on_bad="drop"'
    )


def test_bad_rows_are_dropped_when_told_to_and_that_is_said():
    log, told = read(BAD, on_bad="drop")
    assert log.user_ids.tolist() == ["a"]
    assert log.item_ids.tolist() == [1]
    assert "the first is row 2 (rating='five')" in told[-1]
    assert told[-1].endswith("dropped 6 rows")
    with pytest.raises(ValueError, match="no row is left"):
        read(BAD.iloc[1:], on_bad="drop")


def test_one_time_of_another_unit_is_bad():
    mixed = [s * 1000 for s in SECONDS[:3]] + SECONDS[3:]
    with pytest.raises(ValueError, match=r"no usable time, the first is row 3 \(timestamp=8913"):
        read(TABLE.assign(timestamp=mixed))


REPEATED = pd.DataFrame(
    {"user": list("aaba"), "item": [1, 2, 1, 1], "rating": [1, 2, 3, 4], "time": [9, 5, 5, 3]}
)


@pytest.mark.parametrize(
    ("duplicates", "ratings"), [("first", [2, 3, 4]), ("last", [1, 2, 3]), ("keep", [1, 2, 3, 4])]
)
def test_repeated_pairs(duplicates, ratings):
    log, told = read(REPEATED, duplicates=duplicates)
    assert log.ratings.tolist() == ratings
    assert "1 of 4 events repeat a (user, item) pair, such as row" in told[-1]
    untimed, _ = read(REPEATED.drop(columns="time"), duplicates=duplicates)
    expected = {"first": [1, 2, 3], "last": [2, 3, 4], "keep": [1, 2, 3, 4]}[duplicates]
    assert untimed.ratings.tolist() == expected


def test_repeated_pairs_are_refused_when_told_to():
    with pytest.raises(ValueError, match=r"row 0 \(user 'a', item 1\): pass duplicates="):
        read(REPEATED, duplicates="raise")
    assert len(read(TABLE, duplicates="raise")[0]) == 4
    below = pd.concat([REPEATED.assign(user=None).iloc[:2], REPEATED])  # two rows that are dropped
    with pytest.raises(ValueError, match=r"such as row 2 \(user 'a', item 1\)"):
        read(below, duplicates="raise", on_bad="drop")


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (
            TABLE,
            {"user": "who"},
            "user='who': the table has no such column; it has userId",
        ),
        (TABLE, {"user": "userId", "item": "userId"}, "for two things.*: name another"),
        (
            TABLE.rename(columns={"userId": "x"}),
            {},
            r"usual name for the user: name it, user=\.\.\.; the table has x",
        ),
        (TABLE.iloc[:0], {}, "the table has no rows .columns: userId, movieId"),
        (TABLE.rename(columns={"rating": "userId"}), {}, "two columns 'userId'"),
        (TABLE, {"on_bad": "ignore"}, "on_bad='ignore'"),
        (TABLE, {"duplicates": "all"}, "duplicates='all'"),
        (TABLE.assign(rating=True), {}, "rating column 'rating' holds true and false"),
        (TABLE.assign(timestamp=True), {}, "time column 'timestamp' holds true and false"),
        (TABLE.assign(timestamp="31.05.2024"), {}, r"time of row 0 is '31.05.2024'.*to_datetime"),
        (TABLE.assign(userId=[[1], [2], [3], [4]]), {}, "user ids must be hashable"),
    ],
)
def test_what_cannot_be_is_named(table, options, words):
    with pytest.raises(ValueError, match=words):
        read(table, **options)


def test_the_cure_for_dates_of_another_form_cures():
    table = TABLE.assign(timestamp="31.05.2024")
    table["timestamp"] = pd.to_datetime(table["timestamp"], format="%d.%m.%Y")
    assert set(read(table)[0].timestamps) == {1717113600}


@pytest.mark.parametrize("on_bad", ["raise", "drop"])
def test_a_decimal_comma_is_named_and_no_whole_numbers_are_kept_without_the_others(on_bad):
    table = TABLE.assign(rating=["4", "4,5", None, "-,5"])
    with pytest.raises(ValueError, match=r"decimal comma, such as '4,5': .* pass decimal=','"):
        read(table, on_bad=on_bad)
    for others in (["4", "1,000", "2", "3"], ["4", "4,5", "bad", "3"]):
        log, told = read(TABLE.assign(rating=others), on_bad="drop")
        assert log.ratings.tolist() == [float(r) for r in others if r.isdigit()]
        assert "have no usable rating" in told[-1]


@pytest.mark.filterwarnings("error")  # the message says it all
def test_a_rating_beyond_every_scale_is_named():
    with pytest.raises(ValueError, match=r"1 of 4 rows have no usable rating.*1e\+300"):
        read(TABLE.assign(rating=[3.5, 1e300, 1.0, 5.0]))


@pytest.mark.parametrize("on_bad", ["raise", "drop"])
def test_where_no_rating_can_be_read_the_cure_does_without(on_bad):
    table = TABLE.assign(rating=["liked", None, "liked", "no"])
    cure = "pass user='userId', item='movieId', time='timestamp'"
    with pytest.raises(ValueError, match=f"4 of 4 rows have no usable rating.*: {cure}") as caught:
        read(table, on_bad=on_bad)
    words = dict(re.findall(r"(\w+)='(\w+)'", str(caught.value).rpartition("pass ")[2]))
    log, _ = read(table, on_bad=on_bad, **words)
    assert (len(log), log.ratings) == (4, None)
    assert log.timestamps is not None


def test_only_a_data_frame_is_a_table():
    with pytest.raises(TypeError, match=r"the table is a dict: give a pandas.DataFrame"):
        read({"user": [1]})


def test_the_table_stays_as_it_is():
    before = TABLE.copy(deep=True)
    read(TABLE)
    pd.testing.assert_frame_equal(TABLE, before)


def test_the_helpers_of_every_door():
    renumbered = frames.check_frame(TABLE.iloc[::-1])
    assert renumbered.index.tolist() == list(range(len(TABLE)))
    assert frames.column_named(TABLE, "user", "userId") == "userId"
    with pytest.raises(ValueError, match="user='who': the table has no such column; it has userId"):
        frames.column_named(TABLE, "user", "who")


def test_bad_rows_are_told_in_one_form():
    wrong = np.array([False, True, True])
    words = frames.first_of(wrong, "have no item", pd.Series([1, np.int64(2), 3], name="i"))
    assert words == "2 of 3 rows have no item, the first is row 1 (i=2)"
    assert frames.first_of(wrong, "are bad") == "2 of 3 rows are bad, the first is row 1"
    error = frames.no_usual_name(TABLE, "the item: name it")
    assert str(error).startswith("no column has a usual name for the item: name it; the table has")


@pytest.mark.parametrize(
    "ids",
    [
        [3, -5, 3, 2**62],  # far apart
        [3, -5, 3, 7],
        np.array([2**64 - 1, 2**64 - 3, 2**64 - 1, 2**64 - 2], dtype=np.uint64),
        ["b", "", "b", "a"],
    ],
)
def test_a_dropped_row_s_ids_are_gone(ids):
    table = pd.DataFrame({"u": ids, "i": [1, 2, None, 4], "n": 1})
    log, _ = read(table.astype({"i": "Int64"}), "u", "i", on_bad="drop")
    kept = [own for own in (ids[0], ids[1], ids[3]) if own != ""]
    assert log.user_ids.tolist() == sorted(kept)
    assert [log.user_ids[user] for user in log.users] == kept
    assert log.item_ids.tolist() == ([1, 4] if "" in ids else [1, 2, 4])


def test_read_events_gives_what_a_log_is_made_of():
    found = events.read_events(TABLE, None, None, None, None, "raise", "first")
    log = read(TABLE)[0]
    for name in ("users", "items", "ratings", "timestamps"):
        np.testing.assert_array_equal(found[name], getattr(log, name))
