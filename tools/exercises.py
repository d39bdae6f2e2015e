"""The exercises of a page: where each stands, what kind it is, and which cells solve it."""

import dataclasses
import re

from minutes import EXERCISE_MINUTES

TITLE = re.compile(
    r"^:{3,}\{exercise\} *(?P<kind>Recall|Compute|Code|Open)(?:: (?P<checked>[^\n]+))?\n"
    r"(?::class:[^\n]*\n)?:label: (?P<label>\S+)$",
    re.MULTILINE,
)
START = re.compile(r"^:{3,}\{solution-start\} (\S+)", re.MULTILINE)
END = re.compile(r"^:{3,}\{solution-end\}", re.MULTILINE)
INLINE = re.compile(  # a solution on a page without code, which holds all of it
    r"^(?P<fence>:{3,})\{solution\} (?P<label>\S+)\n:class: dropdown\n(?P<text>.*?)"
    r"^(?P=fence) *$\n?",
    re.MULTILINE | re.DOTALL,
)
WITHIN = re.compile(r"a value within ([\d.]+)( %)?")
EXACT = 1e-6
WIDER = 5  # times the tolerance, where an answer is called close


@dataclasses.dataclass(frozen=True)
class Exercise:
    """One exercise: its number on the page, its marks, and the places of its solution's cells."""

    number: int
    label: str
    kind: str
    checked: str
    solution: tuple

    @property
    def is_checkable(self):
        """Whether there is an answer that can be compared with a value."""
        return self.kind != "Open" and self.checked != "in words"

    @property
    def minutes(self):
        """Minutes by its kind."""
        return EXERCISE_MINUTES[self.kind]

    @property
    def tolerance(self):
        """How far a value may be off, and whether that is a share of it, as the title says."""
        found = WITHIN.fullmatch(self.checked)
        if not found:
            return EXACT, False
        return float(found[1]) / (100 if found[2] else 1), bool(found[2])


def exercises_of(page):
    """List the exercises of a page, a notebook as `minutes.read_page` reads it, in its order."""
    solutions, label = {}, None
    for place, cell in enumerate(page.cells):
        if cell.cell_type == "markdown":
            for found in INLINE.finditer(cell.source):
                solutions[found["label"]] = ()
            if found := START.search(cell.source):
                label = found[1]
                solutions[label] = ()
        if label:
            solutions[label] += (place,)
        if cell.cell_type == "markdown" and END.search(cell.source):
            label = None
    text = "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    return [
        Exercise(
            number, *found.group("label", "kind"), found["checked"] or "", solutions[found["label"]]
        )
        for number, found in enumerate(TITLE.finditer(text), start=1)
    ]
