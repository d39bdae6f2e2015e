"""``{course-plan}``: the weeks of a course, whose minutes come from the pages' cards."""

import re
from types import MappingProxyType

from docutils import nodes
from docutils.parsers.rst import directives

from plmrec_book.records import AllPages, build_table
from plmrec_book.timetable import class_minutes, minutes_on_card, read_card

PARTS = re.compile(r"^\*\*Minutes\*\* \d+: (\d+) to read, (\d+) for the exercises", re.MULTILINE)


def taught_and_left(card):
    """Divide a page between class and home.

    Parameters
    ----------
    card : str
        The first cell of the page.

    Returns
    -------
    tuple of int
        Minutes of class for its short path; minutes at home for the rest and the exercises.

    Raises
    ------
    ValueError
        The card does not say them.
    """
    found, short = PARTS.search(card), minutes_on_card(card, short=True)
    if found is None:
        raise ValueError("its card does not divide its minutes: run tools/minutes.py --write")
    read, exercises = map(int, found.groups())
    return class_minutes(short), read - short + exercises


class CoursePlan(AllPages):
    """A course; each line is ``pages, with commas | what else`` and makes one week.

    ``:class:`` and ``:home:`` are the minutes that a week has; the build fails where the cards of
    its pages say more.
    """

    has_content = True
    option_spec = MappingProxyType(
        {"class": directives.positive_int, "home": directives.positive_int}
    )

    def run(self):
        """Return the table, a line for each week."""
        lines = [line for line in self.content if line.strip()]
        rows = [self._row(week, line) for week, line in enumerate(lines, start=1)]
        head = ["Week", "Pages", "In class", "At home", "Also"]
        return [build_table(head, rows, [8, 38, 10, 10, 34], "plan")]

    def _row(self, week, line):
        pages, divider, also = line.partition("|")
        if not divider:
            raise self.error(f"course-plan: {line!r}: write `pages | what else`")
        names = [page.strip() for page in pages.split(",")]
        both = [taught_and_left(self._card(name)) for name in names]
        minutes = [sum(part) for part in zip(*both, strict=True)]
        for part, number in zip(("class", "home"), minutes, strict=True):
            if number > self.options[part]:
                raise self.error(f"course-plan: week {week} has {number} minutes of {part}")
        links = [self.link_to_page(f"book/{name}") for name in names]
        shown = [node for link in links for node in (nodes.Text(", "), link)][1:]
        words = self.state.inline_text(also.strip(), self.lineno)[0]
        return [[nodes.Text(str(week))], shown, *([nodes.Text(str(n))] for n in minutes), words]

    def _card(self, page):
        name = f"book/{page}"
        if name not in self.env.found_docs:
            raise self.error(f"course-plan: the book has no page {page}")
        self.env.note_dependency(self.env.doc2path(name))
        return read_card(self.env.doc2path(name))


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("course-plan", CoursePlan)
