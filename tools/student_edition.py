"""A page of the student edition: each solution is replaced by a stub and a self-check."""

import copy
import re

import nbformat
from exercises import INLINE

NO_CHECK = (
    "**Your answer** Write it down before you compare it with others'. This exercise has no "
    "self-check: {why}."
)
WHY = {True: "there is no single answer", False: "its answer is in words"}
FIRST = "# Your answer to exercise {number}: complete it, and run this cell.\n"
THEN = "# The self-check of exercise {number}: it says right or wrong, and not the answer.\n"
SPACE = "# Your code for exercise {number}.\n"
COPIED = """\
Copy this into a notebook, complete it and run it: it says right or wrong, and not the answer.

```python
{code}
```
"""
FIXED_WORDS = (*(NO_CHECK.format(why=why) for why in WHY.values()), FIRST, THEN, SPACE, COPIED)
SURPRISE = re.compile(r"^```\{surprise\} ([^\n]+)\n.*?^```\n+", re.MULTILINE | re.DOTALL)


def student_notebook(page, entries):
    """Return a copy of a notebook without the cells of its solutions, which nothing else uses."""
    begins = {entry.exercise.solution[0]: entry for entry in entries}
    cells = []
    for place, cell in enumerate(page.cells):
        if place in begins:
            cells += _in_place_of_a_solution(begins[place])
        if "solution" not in cell.metadata.get("tags", []):
            cells.append(copy.deepcopy(cell))
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(page.metadata))


def student_text(text, entries):
    """Return the text of a page without code, with self-checks to be copied into a notebook."""
    by_label = {entry.exercise.label: entry for entry in entries}

    def stub(found):
        entry = by_label[found["label"]]
        if not entry.answers:
            return f"{_no_check(entry)}\n"
        return COPIED.format(code=f"{entry.stub()}\n\n{entry.check()}")

    return INLINE.sub(stub, text)


def without_lost_claims(text, kept):
    """Leave out the surprises whose finding or check stands in a solution alone.

    ``kept`` are the keys of the findings and checks that the edition still shows.
    """

    def shorter(found):
        keys = found[1].split()
        return found[0] if set(keys) <= kept else ""

    return SURPRISE.sub(shorter, text)


def _in_place_of_a_solution(entry):
    """Make the cells for a reader's answer: a stub and a check, or a place for words and code."""
    number = entry.exercise.number
    if entry.answers:
        return [
            _code(f"answer-{number}", FIRST.format(number=number) + entry.stub()),
            _code(
                f"check-{number}",
                THEN.format(number=number) + entry.check(),
                ["hide-input", "self-check"],
                {"code_prompt_show": f"Self-check of exercise {number}"},
            ),
        ]
    words = nbformat.v4.new_markdown_cell(_no_check(entry), id=f"answer-{number}")
    return [words, _code(f"code-{number}", SPACE.format(number=number) + entry.code)]


def _no_check(entry):
    """Say that an exercise has no self-check, and why."""
    return NO_CHECK.format(why=WHY[entry.exercise.kind == "Open"])


def _code(name, source, tags=(), shown=None):
    """Make a cell with code that has not run, and say how the site shows it."""
    metadata = {"tags": list(tags), "mystnb": shown} if tags else {}
    return nbformat.v4.new_code_cell(source.rstrip("\n"), id=name, metadata=metadata)
