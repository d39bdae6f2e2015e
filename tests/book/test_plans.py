"""The weeks of a course: their minutes are those of the pages' cards."""

import re

import pytest
from book_files import page_files
from bs4 import BeautifulSoup
from plmrec_book.plans import taught_and_left
from plmrec_book.timetable import read_card

CARD = "**Minutes** 45: 27 to read, 18 for the exercises\n\n**Short path** 20 min: A · B\n"


def test_what_is_taught_is_not_left_for_home():
    assert taught_and_left(CARD) == (36 + 4, 27 - 20 + 18)


@pytest.mark.parametrize("line", ["**Minutes**", "**Short path**"])
def test_a_card_without_one_of_the_two_is_refused(line):
    with pytest.raises(ValueError, match=r"run tools/minutes.py --write"):
        taught_and_left(CARD.replace(line, "**Hours**"))


def test_courses_take_what_the_cards_say(site):
    page = (site / "book/teach/instructors.html").read_text(encoding="utf-8")
    paths = {path.stem: path for path in page_files()}
    tables = BeautifulSoup(page, "html.parser").select("table.plan tbody")
    assert [len(table.select("tr")) for table in tables] == [6, 12]
    for row in (row for table in tables for row in table.select("tr")):
        _, pages, taught, home, _ = row.find_all("td")
        names = [re.search(r"([\w-]+)\.html", link["href"])[1] for link in pages.find_all("a")]
        both = [taught_and_left(read_card(paths[name])) for name in names]
        assert [int(cell.get_text()) for cell in (taught, home)] == [
            sum(part) for part in zip(*both, strict=True)
        ]
        assert int(taught.get_text()) <= 90
