"""The plan of a class takes its minutes from the cards, and adds them up."""

import re

import pytest
from book_files import ROOT, page_files
from minutes import minutes_of, read_page
from plmrec_book.timetable import class_minutes, minutes_on_card, plan, read_card

CARD = "# A\n\n**Minutes** 45: 29 to read, 16 for the exercises\n\n**Short path** 17 min: A · B\n"


def test_the_minutes_are_those_of_the_card():
    assert minutes_on_card(CARD, short=False) == 45
    assert minutes_on_card(CARD, short=True) == 17
    with pytest.raises(ValueError, match=r"run tools/minutes.py --write"):
        minutes_on_card("# A\n\n**Short path** one", short=True)


@pytest.mark.parametrize("name", ["math/cross-entropy.ipynb", "ideas/why-plm.md"])
def test_the_card_of_a_real_page_says_what_is_counted(name):
    path = ROOT / "book" / name
    whole, short = minutes_of(read_page(path))
    card = read_card(path)
    assert (minutes_on_card(card, short=False), minutes_on_card(card, short=True)) == (whole, short)


@pytest.mark.parametrize(("short", "minutes"), [(25, 45), (24, 45), (20, 40), (14, 25), (1, 5)])
def test_a_class_takes_longer_than_a_reader(short, minutes):
    assert class_minutes(short) == minutes


def test_a_plan_adds_up_over_the_hour():
    rows = plan(["- 50 Welcome, all.", "", "- [a/b] The page."], "9:05", lambda page: CARD)
    assert rows == [
        ("9:05", 50, None, "Welcome, all."),
        ("9:55", 35, "a/b", "The page."),
        ("10:30", None, None, "End"),
    ]


@pytest.mark.parametrize(
    ("line", "start", "words"),
    [
        ("- Welcome", "9:00", "'- Welcome': write `- 15 words`"),
        ("15 Welcome", "9:00", "write `- 15 words`"),
        ("- 15 Welcome", "nine", "start 'nine': give a time"),
        ("- [a/b]", "9:00", "write"),
    ],
)
def test_what_cannot_be_read_is_refused(line, start, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        plan([line], start, lambda page: CARD)


def timetables():
    """The timetables of the book: the name of the page, the start, and the lines."""
    for path in page_files():
        if path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
            for found in re.finditer(r"^:::\{timetable\} (\S+)\n(.*?)^:::", text, re.M | re.S):
                yield path.stem, found.group(1), found.group(2).splitlines()


def test_each_timetable_fills_its_time_and_no_more():
    def card_of(page):
        path = ROOT / "book" / page
        found = [path.with_suffix(end) for end in (".ipynb", ".md")]
        return read_card(next(p for p in found if p.is_file()))

    def minutes(start, lines):
        rows = plan(lines, start, card_of)
        (hour, minute), (end, rest) = (map(int, row[0].split(":")) for row in (rows[0], rows[-1]))
        return 60 * (end - hour) + rest - minute

    for page, limits in (("workshop", (240, 480)), ("instructors", (90, 210, 390))):
        taken = [minutes(*one[1:]) for one in timetables() if one[0] == page]
        assert len(taken) == len(limits)
        for mine, limit in zip(taken, limits, strict=True):
            assert limit - 30 <= mine <= limit
