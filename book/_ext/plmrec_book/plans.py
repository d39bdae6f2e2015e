"""``{session-plan}`` and ``{course-plan}``: timetables whose minutes come from the pages' cards."""

import math
import re
from types import MappingProxyType

from docutils import nodes
from docutils.parsers.rst import directives

from plmrec_book.records import AllPages, build_table, first_cell

SPOKEN = 45 / 25  # a short path of 25 minutes of reading fills a class of 45
CARD = re.compile(r"^\*\*Minutes\*\* (\d+): (\d+) to read, (\d+) for the exercises", re.MULTILINE)
SHORT = re.compile(r"^\*\*Short path\*\* (\d+) min", re.MULTILINE)
KINDS = ("teach", "read", "exercises")


def card_minutes(text):
    """Read the minutes of a page from its card.

    Parameters
    ----------
    text : str
        The first cell of the page, or its whole text.

    Returns
    -------
    dict
        ``short`` (reading the short path), ``read`` (the whole page), ``exercises``, and ``teach``:
        the short path spoken in class, in steps of five minutes.

    Raises
    ------
    ValueError
        The text has no such card.
    """
    card, short = CARD.search(text), SHORT.search(text)
    if not card or not short:
        raise ValueError("it has no card with **Minutes** and **Short path**")
    _, read, exercises = map(int, card.groups())
    spoken = 5 * math.ceil(int(short[1]) * SPOKEN / 5)
    return {"short": int(short[1]), "read": read, "exercises": exercises, "teach": spoken}


def clock(minutes):
    """Write minutes since the beginning as hours and minutes.

    Parameters
    ----------
    minutes : int

    Returns
    -------
    str
    """
    return f"{minutes // 60}:{minutes % 60:02d}"


class Plan(AllPages):
    """What both timetables share."""

    has_content = True

    def minutes_of(self, page):
        """Return what ``card_minutes`` reads on a page such as ``plmrec/cold-start``."""
        name = f"book/{page}"
        if name not in self.env.found_docs:
            raise self.error(f"{self.name}: the book has no page {page}")
        self.env.note_dependency(self.env.doc2path(name))
        try:
            return card_minutes(first_cell(self.env.doc2path(name)))
        except ValueError as wrong:
            raise self.error(f"{self.name}: {page}: {wrong}") from wrong

    def rows(self, columns):
        """Return the lines of the content, each as its columns."""
        rows = [[part.strip() for part in line.split("|")] for line in self.content if line.strip()]
        for row in rows:
            if len(row) != columns:
                raise self.error(f"{self.name}: {' | '.join(row)!r}: give {columns} columns")
        return rows

    def inline(self, text):
        """Return a cell's text, with its links and its emphasis."""
        parsed, _ = self.parse_inline(text)
        return parsed

    def within(self, what, minutes, limit):
        """Stop the build where a plan takes longer than it says."""
        if minutes > limit:
            raise self.error(f"{self.name}: {what} takes {minutes} minutes, more than {limit}")


class SessionPlan(Plan):
    """A session; each line is ``minutes | what | how``.

    Minutes are a number, or ``teach``, ``read`` or ``exercises`` and a page: then they come from
    its card, and the page's title stands before the words. ``:minutes:`` is what the session has.
    """

    option_spec = MappingProxyType({"minutes": directives.positive_int})

    def run(self):
        """Return the table, with the time at which each part begins."""
        start, rows = 0, []
        for when, what, how in self.rows(3):
            minutes, page = self._minutes(when)
            before = [self.link_to_page(f"book/{page}"), nodes.Text(": ")] if page else []
            when = [[nodes.Text(clock(start))], [nodes.Text(str(minutes))]]
            rows.append([*when, [*before, *self.inline(what)], self.inline(how)])
            start += minutes
        self.within("the session", start, self.options["minutes"])
        left = self.options["minutes"] - start
        if left:
            words = (clock(start), str(left), "In reserve", "Questions")
            rows.append([[nodes.Text(word)] for word in words])
        return [build_table(["At", "Minutes", "What", "How"], rows, [8, 10, 40, 42], "plan")]

    def _minutes(self, when):
        if when.isdecimal():
            return int(when), None
        kind, _, page = when.partition(" ")
        if kind not in KINDS or not page:
            raise self.error(
                f"session-plan: {when!r}: give minutes, or one of {', '.join(KINDS)} and a page"
            )
        return self.minutes_of(page)[kind], page


class CoursePlan(Plan):
    """A course; each line is ``pages, with commas | what to hand in`` and makes one week.

    The short paths are taught, the rest is read and exercised at home. ``:class:`` and ``:home:``
    are the minutes that a week has.
    """

    option_spec = MappingProxyType(
        {"class": directives.positive_int, "home": directives.positive_int}
    )

    def run(self):
        """Return the table, a line for each week."""
        rows = []
        for week, (pages, task) in enumerate(self.rows(2), start=1):
            names = [page.strip() for page in pages.split(",") if page.strip()]
            cards = [self.minutes_of(page) for page in names]
            spoken = sum(card["teach"] for card in cards)
            home = sum(card["read"] - card["short"] + card["exercises"] for card in cards)
            self.within(f"the class of week {week}", spoken, self.options["class"])
            self.within(f"the homework of week {week}", home, self.options["home"])
            links = []
            for name in names:
                links += [nodes.Text(", ")] if links else []
                links.append(self.link_to_page(f"book/{name}"))
            minutes = [[nodes.Text(str(n) if names else "–")] for n in (spoken, home)]
            rows.append([[nodes.Text(str(week))], links, *minutes, self.inline(task)])
        head = ["Week", "Pages", "In class", "At home", "Also"]
        return [build_table(head, rows, [8, 38, 10, 10, 34], "plan")]


def setup(app):
    """Add the directives.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("session-plan", SessionPlan)
    app.add_directive("course-plan", CoursePlan)
