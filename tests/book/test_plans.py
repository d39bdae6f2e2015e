"""Timetables for teaching: their minutes are those of the pages' cards."""

import re

import pytest
from book_files import page_files
from bs4 import BeautifulSoup
from plmrec_book.plans import card_minutes
from plmrec_book.records import first_cell

CARD = "**Minutes** 45: 27 to read, 18 for the exercises\n\n**Short path** 20 min: A · B\n"


def test_the_card_says_what_is_taught_and_what_is_left():
    assert card_minutes(CARD) == {"short": 20, "read": 27, "exercises": 18, "teach": 40}
    assert card_minutes(CARD.replace("20 min", "14 min"))["teach"] == 30  # 25.2 minutes
    assert card_minutes(CARD.replace("20 min", "25 min"))["teach"] == 45


@pytest.mark.parametrize("line", ["**Minutes**", "**Short path**"])
def test_a_card_without_one_of_the_two_is_refused(line):
    with pytest.raises(ValueError, match="no card with"):
        card_minutes(CARD.replace(line, "**Hours**"))


def tables(site):
    page = (site / "book/teach/instructors.html").read_text(encoding="utf-8")
    for table in BeautifulSoup(page, "html.parser").select("table.plan"):
        rows = [row.find_all("td") for row in table.select("tbody tr")]
        yield [head.get_text() for head in table.select("thead th")], rows


def card(cell):
    """Return the cards of the pages that a cell of a table links to."""
    pages = {path.stem: path for path in page_files()}
    names = [re.search(r"([\w-]+)\.html", link["href"])[1] for link in cell.find_all("a")]
    return [card_minutes(first_cell(pages[name])) for name in names]


def test_sessions_add_up_and_courses_take_what_the_cards_say(site):
    found = list(tables(site))
    sessions = [rows for head, rows in found if head[0] == "At"]
    courses = [rows for head, rows in found if head[0] == "Week"]
    assert (len(sessions), [len(rows) for rows in courses]) == (3, [6, 12])
    for rows in sessions:
        start = 0
        for at, minutes, *_ in rows:
            hours, part = map(int, at.get_text().split(":"))
            assert 60 * hours + part == start
            start += int(minutes.get_text())
    for rows in courses:
        for _, pages, taught, home, _ in rows:
            cards = card(pages)
            assert int(taught.get_text()) == sum(one["teach"] for one in cards) <= 90
            left = sum(one["read"] - one["short"] + one["exercises"] for one in cards)
            assert int(home.get_text()) == left


def test_a_part_that_is_taught_has_the_minutes_of_its_page(site):
    taught = 0
    for head, rows in tables(site):
        for _, minutes, what, *_ in rows if head[0] == "At" else []:
            if what.get_text().endswith(": the short path"):
                assert int(minutes.get_text()) == card(what)[0]["teach"]
                taught += 1
    assert taught >= 10
