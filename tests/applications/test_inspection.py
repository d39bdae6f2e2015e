"""A table with each fault, planted: it is named and counted, its cure cures, and no other is."""

import argparse
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications import inspection, log_faults
from plmrec_lite.applications.inspection import inspect_data
from plmrec_lite.applications.judge import add_files, in_order_of, read_files
from plmrec_lite.applications.log_faults import look_at_log
from plmrec_lite.applications.remark import Remark, remark_from
from plmrec_lite.applications.text_faults import look_at_columns, look_at_texts
from plmrec_lite.cli import main
from plmrec_lite.data import Interactions, Items

HOUR, DAY = 3600, 24 * 3600
WORDS = ("a story of the sea", "the one that got away", "songs for a long winter", "how to bake")
GERMAN = "Geschichten vom Meer und seinen Menschen, Band {}, Wien"


def quiet(line):
    """Say nothing."""


def events(n_users=40, n_items=30, n_events=8):
    """A table without a fault: hours apart, over months, rated 4 or 5."""
    rng, rows = np.random.default_rng(0), []
    for user in range(n_users):
        items = rng.choice(n_items, n_events, replace=False)
        times = 1.6e9 + user * 7 * HOUR + np.arange(n_events) * 9 * DAY + rng.integers(HOUR)
        rows += [
            (f"u{user:02}", f"i{item:02}", 4 + item % 2, int(time))
            for item, time in zip(items, times, strict=True)
        ]
    return pd.DataFrame(rows, columns=["user", "item", "rating", "timestamp"])


def read(table, **options):
    options = {"user": "user", "item": "item", "rating": "rating", "time": "timestamp", **options}
    return Interactions.from_frame(table, **options, duplicates="keep", tell=quiet)


def texts(n=30):
    return [f"{WORDS[i % 4]}, number {i} of the shelf and its maker" for i in range(n)]


def names(found):
    return [remark.name for remark in found]


def test_a_good_table_has_no_fault():
    log = read(events())
    found = inspect_data(log, texts(), pd.DataFrame({"year": np.arange(30) % 7}))
    assert found.remarks == []
    assert "Faults: none found" in repr(found)
    assert [row.split for row in found.tested] == ["temporal", "leave-one-out", "random"]
    assert found.tested[1].people == found.tested[1].events == 40


def tied(table):
    table.loc[7::8, "timestamp"] = table.loc[6::8, "timestamp"].to_numpy()


def hurried(table):
    table["timestamp"] = 1_600_000_000 + np.arange(len(table)) * 30
    table.loc[table.index % 8 > 3, "timestamp"] += 2 * DAY


def one_day(table):
    table["timestamp"] = 1_600_000_000 + np.arange(len(table)) * HOUR


def one_moment(table):
    table.loc[0::8, "timestamp"] = 1_500_000_000


def repeated(table):
    table.loc[1, "item"] = table.loc[0, "item"]


def alike_users(table):
    table.loc[0, "user"] = "U00"


def alike_items(table):
    first = table.index[table["item"] == "i07"][0]
    table.loc[first, "item"] = "i07 "


def heavy(table):
    table.loc[table.index % 8 > 4, "user"] = "robot"


def zeros(table):
    table["rating"] -= 3  # 1 or 2 ...
    table.loc[::3, "rating"] = 0


def disliked(table):
    table.loc[::4, "rating"] = 1


def one_rating(table):
    table["rating"] = 5


def short(table):
    more = (table.index // 8 < 20) & (table.index % 8 > 1)
    table.loc[more, "user"] = [f"u{20 + row % 20}" for row in table.index[more]]


def rare(table):
    table["item"] = [f"i{row:03}" for row in range(len(table))]


def numbered_dates(table):
    dates = pd.to_datetime(table["timestamp"], unit="s")
    table["timestamp"] = dates.dt.strftime("%Y%m%d").astype(int)


PLANTED = {
    "dates as numbers": (numbered_dates, 320, 320),
    "tied last events": (tied, 40, 40),
    "within a minute": (hurried, 240, 280),
    "one day only": (one_day, 40, 40),
    "one moment": (one_moment, 40, 320),
    "repeated pairs": (repeated, 1, 320),
    "alike ids of users": (alike_users, 2, 41),
    "alike ids of items": (alike_items, 2, 31),
    "one heavy user": (heavy, 120, 320),
    "ratings of 0": (zeros, 107, 320),
    "disliked": (disliked, 80, 320),
    "one rating": (one_rating, 320, 320),
    "short histories": (short, 20, 40),
    "rare items": (rare, 320, 320),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named_and_counted(fault):
    plant, count, total = PLANTED[fault]
    table = events()
    plant(table)
    found = {remark.name: remark for remark in look_at_log(read(table))}
    assert fault in found
    assert found[fault].total == total
    assert found[fault].count == count
    assert found[fault].cure and found[fault].says.endswith(".")


def history(user, n, step, item=0, start=1e9):
    """Rows of one user: n events, a step of seconds apart, of items of one's own."""
    return [(user, item + place, start + place * step) for place in range(n)]


def few_events(n):
    """One user of five, a share of 0.2, has n events."""
    return [row for user in range(5) for row in history(user, n if user == 4 else 9, 2 * DAY)]


def met(n):
    """One item of two is met by n users."""
    return [(user, 0, 1e9 + user * DAY) for user in range(9)] + [
        (user, 1, 2e9 + user * DAY) for user in range(n)
    ]


def at_once(n):
    """n users have an event at one moment."""
    return [(user, 0, 1e9) for user in range(n)] + [
        (user, 1, 2e9 + user * 7 * DAY) for user in range(20)
    ]


def robot(n):
    """One of n users has a tenth of the events."""
    each = [row for user in range(n - 1) for row in history(user, 3, 2 * DAY, start=1e9 + user)]
    return each + history(n - 1, (n - 1) // 3, 2 * DAY)


BORDERS = {
    "short histories": (few_events, 2, 3),
    "rare items": (met, 4, 5),
    "one moment": (at_once, 5, 4),
    "within a minute": (lambda step: history(0, 5, step), 60, 61),
    "one day only": (lambda step: history(0, 3, step), DAY / 2 - 1, DAY / 2),
    "one heavy user": (robot, 20, 19),
}


@pytest.mark.parametrize("fault", BORDERS)
def test_a_fault_begins_at_its_border_and_not_before(fault):
    rows, there, beyond = BORDERS[fault]
    for value in (there, beyond):
        users, items, times = np.array(rows(value)).T
        sizes = int(users.max()) + 1, int(items.max()) + 1
        log = Interactions(users.astype(int), items.astype(int), None, times, *sizes)
        assert (fault in names(look_at_log(log))) == (value == there)


@pytest.mark.parametrize(
    ("plant", "fault"),
    [(tied, "tied last events"), (one_moment, "one moment"), (zeros, "ratings of 0")],
)
def test_little_of_a_fault_is_no_remark_where_little_does_no_harm(plant, fault):
    table, whole = events(), events()
    plant(whole)
    table.iloc[:16] = whole.iloc[:16]  # two users of forty
    found = names(look_at_log(read(table)))
    assert (fault in found) == (fault == "ratings of 0" or fault == "tied last events")
    table.iloc[8:16] = events().iloc[8:16]
    assert "tied last events" not in names(look_at_log(read(table)))


def test_the_first_of_two_alike_ids_is_shown():
    table = events()
    alike_users(table)
    (remark,) = [r for r in look_at_log(read(table)) if r.name == "alike ids of users"]
    assert "'U00'" in remark.says
    table["user"] = table["user"].str.strip().str.lower()  # the cure
    assert "alike ids of users" not in names(look_at_log(read(table)))


def test_numbers_as_ids_are_never_alike():
    table = events().assign(user=lambda t: t["user"].str[1:].astype(int))
    assert look_at_log(read(table)) == []


def test_a_log_without_times_and_ratings_is_no_forecast():
    log = read(events()[["user", "item"]], rating=None, time=None)
    assert names(look_at_log(log)) == ["no times"]
    found = inspect_data(log)
    assert found.size["times"] == "none"
    assert [row.split for row in found.tested] == ["random"]


def test_of_likes_and_dislikes_the_zeros_are_ratings():
    table = events().assign(rating=lambda t: t["rating"] - 4)  # 0 or 1
    assert "ratings of 0" not in names(look_at_log(read(table)))


def test_whole_stars_from_half_a_star_are_no_zeros():
    table = events().assign(rating=lambda t: t["rating"] - 2.5)
    table.loc[0, "rating"] = 0
    assert "ratings of 0" not in names(look_at_log(read(table)))


@pytest.mark.parametrize(
    ("fault", "count", "change"),
    [
        ("short texts", 8, lambda t, i: "Alien (1979)" + f" {i}"[:0] if i < 8 else t),
        ("long texts", 3, lambda t, i: t + " and more" * 200 if i < 3 else t),
        ("markup", 2, lambda t, i: ("<b>new</b> " if i else "salt &amp; ") + t if i < 2 else t),
        ("shared texts", 2, lambda t, i: "one and the same text of the two" if i < 2 else t),
        ("another script", 3, lambda t, i: "深海里的一个故事" + str(i) if i < 3 else t),
        (
            "hardly English",
            10,
            lambda t, i: (
                f"Geschichten vom Meer und seinen Menschen, Band {i}, Wien" if i < 10 else t
            ),
        ),
    ],
)
def test_a_planted_fault_of_texts_is_named(fault, count, change):
    made = [change(text, i) for i, text in enumerate(texts())]
    log = read(events())
    found = {r.name: r for r in look_at_texts(made, log.popularity())}
    assert found[fault].count == count
    if fault != "short texts":  # which are alike as well
        assert list(found) == [fault]


def worded(n, word="a"):
    """Twenty texts of n different words each, the last one included."""
    return [" ".join([*(f"{word}{i}{place}" for place in range(n - 1)), "x"]) for i in range(20)]


def likely(text, n):
    """Thirty texts, n of them as given."""
    return [f"{text} {i}" for i in range(n)] + texts()[n:]


TEXT_BORDERS = {  # texts with the fault and without, and how many tokens the model reads
    "short texts": (worded(2), worded(3), 512),
    "long texts": (worded(41), worded(40), 52),  # 40 words are about 52 tokens
    "hardly English": (worded(8), worded(7), 512),
    "another script": (
        likely("海海海 ab", 2),
        likely("海海 ab", 2),
        512,
    ),  # less than half is Latin
    "markup": (likely("<b>one</b> of the many", 2), likely("<b>one</b> of the many", 1), 512),
}


@pytest.mark.parametrize("fault", TEXT_BORDERS)
def test_a_fault_of_texts_begins_at_its_border_and_not_before(fault):
    there, beyond, max_tokens = TEXT_BORDERS[fault]
    for made, expected in ((there, True), (beyond, False)):
        found = names(look_at_texts(made, np.ones(len(made)), max_tokens))
        assert (fault in found) == expected


@pytest.mark.parametrize(("n", "there"), [(20, True), (19, False)])
def test_twenty_items_of_two_kinds_are_enough_to_tell_that_texts_grow(n, there):
    many = np.arange(n) % 2 > 0
    made = [
        f"{text} it was good" if more else text for text, more in zip(texts(n), many, strict=True)
    ]
    found = names(look_at_texts(made, 1 + 8 * many))
    assert ("growing texts" in found) == there
    table = pd.DataFrame({"n_reviews": 2 + many, "same": 1})
    assert len(look_at_columns(table, 1 + 8 * many)) == there
    assert look_at_columns(table, np.ones(n)) == []


def test_texts_that_shrink_with_the_events_are_nobodys_praise():
    popularity = read(events()).popularity()
    made = [
        text + " it was good" * (popularity.max() - n)
        for text, n in zip(texts(), popularity, strict=True)
    ]
    assert "growing texts" not in names(look_at_texts(made, popularity))


def test_less_than_is_no_markup_and_accents_are_latin():
    made = [f"{text}: 3 < 4 > 2 & so on, in Málaga, Łódź" for text in texts()]
    assert look_at_texts(made, np.ones(30)) == []


def test_what_the_model_reads_is_what_is_long():
    made = [text + " and more" * 20 for text in texts()]
    assert names(look_at_texts(made, np.ones(30), max_tokens=512)) == []
    (remark,) = look_at_texts(made, np.ones(30), max_tokens=64)
    assert remark.name == "long texts" and "about 49 words" in remark.says


def test_texts_that_users_wrote_grow_with_the_events():
    popularity = read(events()).popularity()
    made = [text + " it was good" * n for text, n in zip(texts(), popularity, strict=True)]
    (remark,) = look_at_texts(made, popularity)
    assert remark.name == "growing texts"
    assert look_at_texts(texts(), popularity) == []


def test_a_column_that_counts_the_events_is_named():
    popularity = read(events()).popularity()
    table = pd.DataFrame(
        {"title": texts(), "n_reviews": popularity * 2.0, "year": np.arange(30) % 7, "none": 1}
    )
    table.loc[3, "n_reviews"] = np.nan
    (remark,) = look_at_columns(table, popularity)
    assert remark.name == "telling column 'n_reviews'"
    assert (remark.count, remark.total) == (29, 30)
    assert "+1.00" in remark.says
    table["n_reviews"] *= -1
    assert "-1.00" in look_at_columns(table, popularity)[0].says
    with pytest.raises(ValueError, match="29 rows for 30 items"):
        look_at_columns(table.iloc[1:], popularity)


def test_the_summary_says_size_tested_and_faults():
    table = events()
    tied(table)
    found = inspect_data(read(table), texts())
    said = repr(found)
    assert found.size["events"] == "320, 26.67% of all pairs"
    assert "users: 40, with 8 (8 to 8) events each" in said
    assert found.size["times"].startswith("2020-09-13 to 2020-11-")
    assert "temporal: " in said and "too few to tell" in said
    assert found["tied last events"].count == 40
    assert "tied last events: 40 of 40 users (100%)" in said
    assert str(found["tied last events"]).startswith("tied last events: 40 of 40 users (100%). ")
    with pytest.raises(KeyError, match="no remark 'robots'; there are 'tied last events'"):
        found["robots"]


def test_cold_events_and_known_people_are_counted():
    users = np.repeat(np.arange(10), 2)
    items = np.r_[np.arange(18) % 5, [5, 6]]
    log = Interactions(users, items, None, np.arange(20), 11, 7)
    found = inspect_data(log)
    assert found.size["users"] == "11, with 2 (0 to 2) events each"  # the last has none
    assert found["short histories"].count == 11
    temporal = found.tested[0]
    assert (temporal.people, temporal.events, temporal.cold) == (0, 2, 2)
    assert str(temporal).startswith("temporal: 0 people, fewer than 50")
    assert str(temporal).endswith("2 events, 100% of them with an item without any before")


def test_fifty_people_are_not_few():
    assert str(inspection.Tested("random", 50, 90, 9)).startswith(
        "random: 50 people; 90 events, 10% of"
    )
    assert "49 people, fewer than 50: too few to tell" in str(
        inspection.Tested("random", 49, 90, 9)
    )


def test_an_item_of_validation_is_known_at_the_test():
    items = [0, 4, 1, 1, 0, 4, 0, 1, 5]  # the last of each three is tested: 1, 4 and 5
    log = Interactions(np.repeat([0, 1, 2], 3), items, None, np.arange(9), 3, 6)
    tested = next(row for row in inspect_data(log).tested if row.split == "leave-one-out")
    assert (tested.people, tested.events, tested.cold) == (3, 3, 1)


@pytest.mark.parametrize(
    ("number", "is_date"),
    [
        *((number, True) for number in (19000101, 20991231, 20240131, 20241201)),
        *((number, False) for number in (18991231, 21000101, 20240031, 20241301)),
        *((number, False) for number in (20240500, 20240532)),
    ],
)
def test_a_date_as_a_number_has_a_month_and_a_day(number, is_date):
    log = SimpleNamespace(timestamps=np.array([number, number]))
    assert (log_faults._dates_as_numbers(log) is not None) == is_date


def test_a_rating_in_the_middle_of_the_scale_is_no_dislike():
    table = events()
    disliked(table)
    table.loc[1::4, "rating"] = 3  # of 1 to 5
    remark = inspect_data(read(table))["disliked"]
    assert (remark.count, remark.total) == (80, 320)
    assert "below 3" in remark.says


def test_a_zero_that_is_no_rating_is_no_dislike():
    table = events()
    table.loc[::4, "rating"] = 1
    table.loc[1::4, "rating"] = 0
    found = inspect_data(read(table))
    assert [found[fault].count for fault in ("ratings of 0", "disliked")] == [80, 80]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"items": texts(29)}, "29 texts for 30 items"),
        ({"table": pd.DataFrame({"a": [1]})}, "1 rows for 30 items"),
        ({"max_tokens": 0}, "max_tokens=0"),
    ],
)
def test_what_cannot_be_inspected_is_named(given, words):
    with pytest.raises(ValueError, match=words):
        inspect_data(read(events()), **given)


def test_an_empty_log():
    with pytest.raises(ValueError, match="the log is empty"):
        inspect_data(Interactions([], [], None, None, 2, 2))


def test_a_remark_is_made_where_the_share_is_reached():
    half = np.array([True, False])
    assert remark_from(0.5, half, "a", "things", "It is so.", "cure it.") == Remark(
        "a", 1, 2, "things", "It is so.", "cure it."
    )
    assert remark_from(0.6, half, "a", "things", "It is so.", "cure it.") is None
    assert remark_from(0, ~half & half, "a", "things", "It is so.", "cure it.") is None


def test_rows_stand_in_the_order_of_the_log():
    log = read(events())
    table = pd.DataFrame({"item": ["i05", "i01", "i01", "zz"], "n": [5, 1, 2, 9]})
    found = in_order_of(log, table)
    assert found["n"].fillna(-1).tolist() == [-1, 1, -1, -1, -1, 5, *[-1] * 24]


def test_the_command_names_what_it_finds(tmp_path, capsys):
    table = events()
    tied(table)
    repeated(table)
    popularity = table["item"].value_counts().sort_index()
    items = pd.DataFrame({"item": popularity.index, "title": texts(), "n": popularity.to_numpy()})
    table.to_csv(tmp_path / "events.csv", index=False)
    items.iloc[::-1].to_csv(tmp_path / "items.csv", index=False)
    log_file, items_file = str(tmp_path / "events.csv"), str(tmp_path / "items.csv")
    assert main(["inspect", log_file, "--items", items_file]) == 0
    printed = capsys.readouterr()
    for name in ("repeated pairs: 1", "tied last events: 40", "telling column 'n': 30"):
        assert name in printed.out
    assert "columns guessed" in printed.err
    assert main(["inspect", log_file, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [r["name"] for r in record["remarks"]] == ["repeated pairs", "tied last events"]
    assert record["tested"][1] == {
        "split": "leave-one-out",
        "people": 40,
        "events": 40,
        "cold": record["tested"][1]["cold"],
    }
    table.loc[4, "timestamp"] = None
    table.to_csv(tmp_path / "events.csv", index=False)
    assert main(["inspect", log_file]) == 1
    assert "pass --on-bad drop" in capsys.readouterr().err
    assert main(["inspect", log_file, "--on-bad", "drop"]) == 0


def awkward(folder):
    """A file of another country's: semicolons, decimal commas, a mark, days first."""
    table = events()
    days = pd.to_datetime(table["timestamp"], unit="s").dt.strftime("%d.%m.%Y %H:%M")
    stars = ["4,5" if rating == 4 else "5" for rating in table["rating"]]
    table = table.assign(rating=stars, timestamp=days)
    path = folder / "events.csv"
    path.write_text(table.to_csv(index=False, sep=";"), encoding="utf-8-sig")
    items = pd.DataFrame({"code": sorted(set(table.item)), "Werk": texts()})
    items.to_csv(folder / "items.csv", index=False, sep=";")
    return str(path), str(folder / "items.csv")


def test_each_cure_leads_on_to_the_next_and_to_the_end(tmp_path, capsys):
    log_file, items_file = awkward(tmp_path)
    words, cures = ["inspect", log_file, "--items", items_file], []
    for cure, option in [
        ('pass another separator, such as --separator ";"', ["--separator", ";"]),
        ("such as '4,5': read the file again, and pass --decimal ','", ["--decimal", ","]),
        ('such as --time-format "%d.%m.%Y %H:%M"', ["--time-format", "%d.%m.%Y %H:%M"]),
        ("the ids of the items: name it, --item-id ...;", ["--item-id", "code"]),
        ("a text: name it, --text ...;", ["--text", "Werk"]),
    ]:
        assert main(words) == 1
        assert cure in capsys.readouterr().err
        words += option
        cures.append(cure)
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["size"]["events"].startswith("320,")
    assert found["remarks"] == []


def test_dates_of_a_format_are_read_or_named(tmp_path, capsys):
    log_file, _ = awkward(tmp_path)
    words = ["inspect", log_file, "--separator", ";", "--decimal", ",", "--time-format"]
    assert main([*words, "%Y-%m-%d"]) == 1
    assert (
        "320 of 320 rows have no time of the form '%Y-%m-%d', the first is row 0 (timestamp='"
        in (capsys.readouterr().err)
    )
    assert main([*words, "%Q"]) == 1
    assert "--time-format %Q: " in capsys.readouterr().err
    assert main([*words, "%d.%m.%Y %H:%M", "--time", "when"]) == 1
    assert "--time 'when': the table has no such column" in capsys.readouterr().err
    text = (tmp_path / "events.csv").read_text("utf-8-sig").splitlines()
    text[1] = text[1].rpartition(";")[0] + ";soon"
    (tmp_path / "events.csv").write_text("\n".join(text))
    assert main([*words, "%d.%m.%Y %H:%M"]) == 1
    assert "(timestamp='soon'): correct them, or pass --on-bad drop" in capsys.readouterr().err
    assert main([*words, "%d.%m.%Y %H:%M", "--on-bad", "drop"]) == 0
    assert "events: 319," in capsys.readouterr().out
    (tmp_path / "events.csv").write_text("\n".join(text).replace("timestamp", "when"))
    assert main([*words, "%d.%m.%Y %H:%M"]) == 1
    assert "name it, --time ..." in capsys.readouterr().err


def test_the_cures_of_remarks_are_options_where_the_command_has_them(tmp_path, capsys):
    table = events()
    tied(table)
    repeated(table)
    table.to_csv(tmp_path / "events.csv", index=False)
    assert main(["inspect", str(tmp_path / "events.csv")]) == 0
    printed = capsys.readouterr().out
    assert "Cure: decide which event of a pair stays: --duplicates first or last." in printed
    assert "--split 'temporal' never parts a tie" in printed
    numbered_dates(table)
    table.to_csv(tmp_path / "events.csv", index=False)
    assert main(["inspect", str(tmp_path / "events.csv")]) == 0
    assert 'say how they are written: --time-format "%Y%m%d"' in capsys.readouterr().out
    assert main(["inspect", str(tmp_path / "events.csv"), "--time-format", "%Y%m%d"]) == 0
    assert "dates as numbers" not in capsys.readouterr().out
    table.loc[4, "timestamp"] = None  # the others are now written 20200913.0
    table = table.rename(columns={"timestamp": "when"}).assign(timestamp=0)
    table.to_csv(tmp_path / "events.csv", index=False)
    words = ["--user", "user", "--item", "item", "--time-format", "%Y%m%d", "--on-bad", "drop"]
    assert main(["inspect", str(tmp_path / "events.csv"), *words, "--time", "when"]) == 0
    assert "events: 319," in capsys.readouterr().out


def test_numbers_of_which_one_is_no_date_are_no_dates():
    table = events()
    numbered_dates(table)
    table.loc[4, "timestamp"] = 20201301
    assert "dates as numbers" not in names(inspect_data(read(table)).remarks)


def test_items_from_a_table_are_looked_at():
    log = read(events())
    table = pd.DataFrame({"item": log.item_ids, "title": ["Alien"] * 30})
    items = Items.from_frame(table, interactions=log, tell=quiet)
    assert names(inspect_data(log, items).remarks) == ["short texts", "shared texts"]


def test_files_are_read_by_their_options(tmp_path):
    events().to_csv(tmp_path / "events.csv", index=False)
    parser = argparse.ArgumentParser()
    add_files(parser)
    options = parser.parse_args([str(tmp_path / "events.csv"), "--time", "timestamp"])
    options.items = options.duplicates = None
    log, items, table = read_files(options, quiet, "keep")
    assert (len(log), items, table) == (320, None, None)
    options.user = "buyer"
    with pytest.raises(ValueError, match="--user 'buyer': the table has no such column"):
        read_files(options, quiet, "keep")
