"""``{timetable} 9:00``: the plan of a class, with the minutes of pages from their cards.

Each line is ``- 15 Welcome``, a number of minutes, or ``- [ideas/recommenders] Seven models``, the
short path of a page. A class takes longer than a reader, who neither asks nor waits for a cell.
"""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from plmrec_book.records import build_table

LINE = re.compile(r"- (?:(?P<minutes>\d+)|\[(?P<page>[\w/-]+)\]) (?P<words>.+)")
SHORT_PATH = re.compile(r"^\*\*Short path\*\* (\d+) min", re.MULTILINE)
WHOLE = re.compile(r"^\*\*Minutes\*\* (\d+)", re.MULTILINE)
CLASS_TIMES, ROUND_TO = 1.8, 5  # 45 minutes of class for 25 of reading, in steps of five minutes


def minutes_on_card(card, short):
    """Read the minutes of a page, or of its short path, off its card.

    Parameters
    ----------
    card : str
        The first cell of the page.
    short : bool
        Whether to take the short path.

    Returns
    -------
    int
        The minutes.

    Raises
    ------
    ValueError
        The card does not say them.
    """
    found = (SHORT_PATH if short else WHOLE).search(card)
    if found is None:
        raise ValueError("its card names no minutes: run tools/minutes.py --write")
    return int(found.group(1))


def class_minutes(short):
    """Say how long a class takes for a short path.

    Parameters
    ----------
    short : int
        The minutes of reading on the card.

    Returns
    -------
    int
        The minutes, rounded up.
    """
    return -(-round(short * CLASS_TIMES) // ROUND_TO) * ROUND_TO


def plan(lines, start, card_of):
    """Lay out the plan of a class.

    Parameters
    ----------
    lines : list of str
        As the directive takes them.
    start : str
        The time at which it begins, such as ``9:00``.
    card_of : callable
        Takes the name of a page and returns its first cell.

    Returns
    -------
    list of tuple
        From, minutes, page or None, words; at the end a row for the end, without minutes.

    Raises
    ------
    ValueError
        A line or the start cannot be read, or a page names no minutes.
    """
    at = re.fullmatch(r"(\d{1,2}):(\d\d)", start)
    if at is None:
        raise ValueError(f"start {start!r}: give a time such as 9:00")
    clock, rows = 60 * int(at.group(1)) + int(at.group(2)), []
    for line in filter(None, map(str.strip, lines)):
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{line!r}: write `- 15 words` or `- [part/page] words`")
        page = found["page"]
        minutes = found["minutes"] or class_minutes(minutes_on_card(card_of(page), short=True))
        rows.append((_time(clock), int(minutes), page, found["words"]))
        clock += int(minutes)
    return [*rows, (_time(clock), None, None, "End")]


def _time(minutes):
    """Write minutes since midnight as a time."""
    return f"{minutes // 60}:{minutes % 60:02}"


def read_card(path):
    """Read the first cell of a page.

    Parameters
    ----------
    path : pathlib.Path or str
        A notebook or a MyST page.

    Returns
    -------
    str
        Its text.
    """
    text = Path(path).read_text(encoding="utf-8")
    if str(path).endswith(".ipynb"):
        return nbformat.reads(text, as_version=4).cells[0].source
    return re.split(r"^\+\+\+", text, maxsplit=1, flags=re.MULTILINE)[0]


class Timetable(SphinxDirective):
    """The table of a plan; the build fails where a page is not there or names no minutes."""

    required_arguments = 1
    has_content = True

    def run(self):
        """Return the table."""
        try:
            rows = plan(list(self.content), self.arguments[0], self._card)
        except ValueError as error:
            raise self.error(f"timetable: {error}") from error
        cells = [[[nodes.Text(t)], [nodes.Text(m or "")], self._words(*w)] for t, m, *w in rows]
        return [build_table(["From", "Minutes", "What"], cells, [12, 12, 76], "timetable")]

    def _card(self, page):
        name = f"book/{page}"
        if name not in self.env.found_docs:
            raise ValueError(f"no page {page!r}")
        path = self.env.doc2path(name)
        self.env.note_dependency(path)
        return read_card(path)

    def _words(self, page, words):
        if page is not None:
            words = f"{{doc}}`/book/{page}` · {words}"
        return self.state.inline_text(words, self.lineno)[0]


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("timetable", Timetable)
