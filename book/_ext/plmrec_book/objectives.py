"""``{objectives}``: what each page teaches, and what practises, asks and grades it."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from plmrec_book.assignments import assignments_of, served_by
from plmrec_book.records import AllPages

ABLE = re.compile(r"\*\*You will be able to\*\*\n\n(.*?)\n\n", re.DOTALL)
AIM = re.compile(
    r"^- (?P<aim>.*?)(?: \(exercises? (?P<exercises>[\d, and]+), "
    r"questions? (?P<questions>[\d, and]+)\))?$",
    re.MULTILINE,
)
EXERCISE = re.compile(r"^:{3,}\{exercise\} *(\w+)", re.MULTILINE)
QUESTION = re.compile(r"^:{3,}\{quiz\}", re.MULTILINE)
HEAD = "| Page | After it you can | Exercises | Questions | Assignments |\n|---|---|---|---|---|"


class Objective(NamedTuple):
    """One thing that a reader of a page will be able to do.

    Attributes
    ----------
    aim : str; its words
    exercises : list of (int, str); the number and the kind of each that serves it
    questions : list of int; the numbers of the quiz's questions that serve it
    """

    aim: str
    exercises: list
    questions: list


def text_of_page(path):
    """Read the text of a page, the cells of a notebook one after the other.

    Parameters
    ----------
    path : pathlib.Path or str
        An ``.ipynb`` or ``.md`` file.

    Returns
    -------
    str
    """
    text = Path(path).read_text(encoding="utf-8")
    if Path(path).suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def objectives_of(text):
    """List what a page teaches, from its card, with what serves it.

    Parameters
    ----------
    text : str
        The text of the page.

    Returns
    -------
    list of Objective
        In the order of the card. What a card names and the page lacks is left out, so that the
        objective stands without it.
    """
    kinds = EXERCISE.findall(text)
    n_questions = len(QUESTION.findall(text))
    card = ABLE.search(text)
    found = []
    for aim in AIM.finditer(f"{card[1]}\n" if card else ""):
        exercises, questions = (_numbers(aim[part]) for part in ("exercises", "questions"))
        served = [(n, kinds[n - 1]) for n in exercises if 1 <= n <= len(kinds)]
        asked = [n for n in questions if 1 <= n <= n_questions]
        found.append(Objective(aim["aim"], served, asked))
    return found


def _numbers(words):
    """Read the numbers of "1, 2 and 4"; none of nothing."""
    return [int(number) for number in re.findall(r"\d+", words or "")]


def rows_of(page, objectives, graded=None):
    """Write the rows of a page in Markdown; its name stands in the first one.

    Parameters
    ----------
    page : str
        Its name, such as ``book/math/attention``.
    objectives : list of Objective
    graded : dict of list of str or None
        What `served_by` says of the assignments.

    Returns
    -------
    list of str
    """
    rows = []
    for number, objective in enumerate(objectives, start=1):
        link = "" if rows else f"{{doc}}`/{page}`"
        exercises = ", ".join(f"{place} {kind}" for place, kind in objective.exercises)
        tasks = ", ".join((graded or {}).get((page.removeprefix("book/"), number), []))
        questions = ", ".join(map(str, objective.questions))
        aim = objective.aim.replace("|", "\\|")
        rows.append(
            f"| {link} | {aim} | {exercises or '–'} | {questions or '–'} | {tasks or '–'} |"
        )
    return rows


class Objectives(AllPages):
    """``{objectives}``: a table of all pages."""

    def run(self):
        """Return the table, read afresh from the pages' cards."""
        self.env.metadata[self.env.docname]["all-claims"] = True
        lines, graded = [HEAD], served_by(assignments_of(self.env.srcdir))
        for page in self.config.external_site_map:
            if page in self.env.found_docs and page != self.env.docname:
                lines += rows_of(page, objectives_of(text_of_page(self.env.doc2path(page))), graded)
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("objectives", Objectives)
