"""``{assignments}``: the graded assignments, with points and hours read from their notebooks."""

import json
import math
import re
from pathlib import Path
from typing import NamedTuple

from plmrec_book.records import AllPages

# The masters of the book; an edition has the notebooks that are made from them.
FOLDERS = ("book/kit/assignments", "book/assignments")
TITLE = re.compile(r"^# Assignment (?P<number>\d+): (?P<title>.+)$", re.MULTILINE)
NEEDS = re.compile(r"^\*\*Needs\*\* (.+)$", re.MULTILINE)
QUESTION = re.compile(
    r"^## (?P<name>q\d+)\. (?P<head>[^\n]+) \((?P<kind>Compute|Code|Words|Open), "
    r"(?P<points>[\d.]+) points?\)$(?P<text>.*?)^\*Serves:\* (?P<serves>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)
HEAD = (
    "| | Assignment | Questions | Points by tests | Points by a reader | Hours | Needs |\n"
    "|---|---|---:|---:|---:|---:|---|"
)
SERVED = re.compile(r"([a-z-]+/[a-z-]+) (\d+)")
MINUTES = {"Compute": 4, "Code": 6, "Words": 6, "Open": 6}  # of an exercise of that kind
TIMES = 5  # a graded answer is written, tested and handed in: so many times an exercise


class Question(NamedTuple):
    """One question of an assignment.

    Attributes
    ----------
    name, head, kind : str; such as ``q1``, its heading, and what is asked for
    points : float
    serves : list of (str, int); a page, such as ``math/attention``, and the number of its objective
    """

    name: str
    head: str
    kind: str
    points: float
    serves: list


class Assignment(NamedTuple):
    """One assignment.

    Attributes
    ----------
    file : str; the name of its notebook, without a suffix
    number : int
    title : str
    needs : list of str; the pages that it needs
    questions : list of Question
    """

    file: str
    number: int
    title: str
    needs: list
    questions: list

    @property
    def points(self):
        """Points by tests, and points by a reader."""
        by_hand = sum(one.points for one in self.questions if one.kind in ("Words", "Open"))
        return sum(one.points for one in self.questions) - by_hand, by_hand

    @property
    def hours(self):
        """Hours by the rule, rounded up to half an hour."""
        return math.ceil(TIMES * sum(MINUTES[one.kind] for one in self.questions) / 30) / 2


def read_assignment(path):
    """Read an assignment from its notebook.

    Parameters
    ----------
    path : pathlib.Path
        A master, or what an edition makes of it.

    Returns
    -------
    Assignment
    """
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    title = TITLE.search(text)
    questions = [
        Question(
            *found.group("name", "head", "kind"),
            float(found["points"]),
            [(page, int(number)) for page, number in SERVED.findall(found["serves"])],
        )
        for found in QUESTION.finditer(text)
    ]
    needs = re.findall(r"`([^`]+)`", NEEDS.search(text)[1])
    return Assignment(Path(path).stem, int(title["number"]), title["title"], needs, questions)


def assignments_of(root):
    """List the assignments of a book or of an edition, by number.

    Parameters
    ----------
    root : pathlib.Path or str
        The folder of the book.

    Returns
    -------
    list of Assignment
        Empty where there is none.
    """
    for folder in FOLDERS:
        if found := [read_assignment(path) for path in (Path(root) / folder).glob("*.ipynb")]:
            return sorted(found, key=lambda one: one.number)
    return []


def served_by(assignments):
    """Say which questions serve each objective.

    Parameters
    ----------
    assignments : list of Assignment

    Returns
    -------
    dict of list of str
        By page and number of the objective: entries such as ``A1 q3``.
    """
    found = {}
    for one in assignments:
        for question in one.questions:
            for place in question.serves:
                found.setdefault(place, []).append(f"A{one.number} {question.name}")
    return found


class AssignmentTable(AllPages):
    """``{assignments}``: a table of all assignments."""

    def run(self):
        """Return the table, read afresh from the notebooks."""
        self.env.metadata[self.env.docname]["all-claims"] = True
        lines = [
            "| | Assignment | Questions | Points by tests | Points by a reader | Hours | Needs |"
        ]
        lines += ["|---|---|---:|---:|---:|---:|---|"]
        for one in assignments_of(self.env.srcdir):
            tests, reader = one.points
            needs = ", ".join(f"{{doc}}`/book/{page}`" for page in one.needs)
            lines.append(
                f"| A{one.number} | {one.title[0].upper()}{one.title[1:]} | {len(one.questions)} | "
                f"{tests:g} | {reader:g} | {one.hours:g} | {needs} |"
            )
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("assignments", AssignmentTable)
