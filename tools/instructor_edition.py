"""A page of the instructor edition: open solutions, minutes, notes, mistakes and rubrics."""

import copy

import nbformat
from exercises import INLINE
from minutes import pieces_of

BOX = "::::::{{admonition}} For the instructor: {title}\n:class: instructor\n\n{body}\n::::::"
GRADES = {"full": "Full", "half": "Half", "none": "None"}


def instructor_notebook(page, entries):
    """Return a copy of a notebook with open solutions and boxes for the instructor."""
    ends = {entry.exercise.solution[-1]: entry for entry in entries}
    cells = []
    for place, cell in enumerate(copy.deepcopy(page.cells)):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            if "solution" in tags:
                cell.source = cell.source.replace("\n:class: dropdown", "")
            if "notes" in tags:
                cell.source = BOX.format(title="a note for the speaker", body=cell.source)
        cells.append(cell)
        if place == 0:
            cells.append(_text("instructor-minutes", minutes_box(page)))
        if place in ends:
            cells.append(_text(f"instructor-{ends[place].exercise.number}", box_of(ends[place])))
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(page.metadata))


def instructor_text(text, page, entries):
    """Return the text of a page without code, with open solutions and boxes."""
    by_label = {entry.exercise.label: entry for entry in entries}

    def opened(found):
        return found[0].replace("\n:class: dropdown", "", 1) + f"\n{box_of(by_label[found[2]])}\n"

    first, cut, rest = INLINE.sub(opened, text).partition("\n+++ ")
    return f"{first}\n{minutes_box(page)}\n{cut}{rest}" if cut else first


def minutes_box(page):
    """Say how many minutes each section takes, exercises counted with their section."""
    sections = {}
    for piece in pieces_of(page):
        sections.setdefault(piece.section, []).append(piece)
    rows = ["| Section | Minutes | Short path |", "|---|---:|---:|"]
    for name, pieces in sections.items():
        whole = sum(piece.minutes for piece in pieces)
        short = sum(piece.minutes for piece in pieces if piece.short)
        if whole:
            name = "Card" if name == "(card)" else name
            rows.append(f"| {name} | {whole:.1f} | {short:.1f} |")
    return BOX.format(title="minutes", body="\n".join(rows))


def box_of(entry):
    """Say what an exercise takes, what its self-check accepts, and how to grade an answer."""
    exercise, lines = entry.exercise, []
    for answer in entry.answers:
        share = " as a share of it" if answer.relative else ""
        lines.append(
            f"- The self-check accepts {_shown(answer.value)} for *{answer.ask}*, "
            f"within {answer.within:g}{share}."
        )
        lines += [f"  - {_shown(value)}: {says}" for value, says in answer.wrong]
    lines += [f"- A common mistake: {mistake}" for mistake in entry.mistakes]
    lines += [f"- **{GRADES[grade]}** {line}" for grade, line in entry.rubric.items()]
    kind = f"{exercise.kind}, {exercise.minutes} minutes"
    body = "\n".join(lines) or "Nothing is noted for it yet."
    return BOX.format(title=f"exercise {exercise.number} ({kind})", body=body)


def _shown(value):
    """Show a value as code."""
    return f"`{value}`"


def _text(name, source):
    """Make a cell with text."""
    return nbformat.v4.new_markdown_cell(source, id=name)
