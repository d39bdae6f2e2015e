"""Minutes that a page takes: 150 words and ten lines of shown code a minute, exercises by kind.

    python tools/minutes.py math/cross-entropy            where the minutes of a page go
    python tools/minutes.py                               one line for each page
    python tools/minutes.py math/cross-entropy --write    note them on the card; run nothing

The card gives the sum, and the part of it that is the short path (cells with the tag `short`).

Not counted: what is folded (a dropdown, a solution, the code of a cell with one of the tags
`hide-input`, `hide-cell`, `remove-input`, `remove-cell`), empty lines, outputs, figures with their
captions, diagrams, and on the card the lines that are computed. Counted: comments, library code
that a cell prints, a formula on lines of its own (each line as one of code), the words of a quiz's
questions and options.
"""

import argparse
import dataclasses
import re
import sys

import nbformat
from book_files import ROOT, page_files
from page_tests import page_named
from steps import StepError

WORDS_A_MINUTE, LINES_A_MINUTE = 150, 10
# To read an exercise, to try it, and to compare with the solution; its words are not counted too.
EXERCISE_MINUTES = {"Recall": 2, "Compute": 4, "Code": 6, "Open": 6}
UNNAMED_MINUTES = 4  # of an exercise whose title names no kind
QUESTION_MINUTES = 0.5  # of a quiz: to choose and to read the reason
MOST_MINUTES, MOST_SHORT_MINUTES = 45, 25  # a class of 45 minutes also talks

FOLDING_TAGS = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
HIDING_TAGS = {"hide-output", "hide-cell", "remove-output", "remove-cell"}
FOLDED = {"dropdown", "solution", "toggle"}
WORDLESS = {
    "mermaid",
    "hand",
    "figure",
    "page-claims",
    "bibliography",
    "image",
    "glue:figure",
    "code-cell",
}
CODE = {"code", "code-block", "literalinclude", "sourcecode"}
FENCE = re.compile(
    r"^ {0,3}(?P<fence>:{3,}|`{3,})\s*(?:\{(?P<name>[^}]+)\}|(?P<info>\w*))(?P<rest>.*)$"
)
EXERCISE = re.compile(r"^\s*(?P<kind>Recall|Compute|Code|Open)\b")
COMPUTED = re.compile(r"^\*\*(?:Minutes|Short path|Measured cost)\*\*.*$", re.MULTILINE)
MINUTES_LINE = re.compile(
    r"^\*\*(?:Minutes|Reading)\*\*.*$(?:\n\n\*\*Short path\*\*.*$)?", re.MULTILINE
)
PRINTS_CODE = re.compile(r"\b(?:code_of|getsource)\(")


@dataclasses.dataclass
class Piece:
    """What stands in one section of one cell."""

    section: str
    short: bool
    words: int = 0
    lines: int = 0
    exercises: list = dataclasses.field(default_factory=list)
    questions: int = 0

    @property
    def minutes(self):
        """Minutes by the rule, as a fraction."""
        return self.reading + sum(EXERCISE_MINUTES.get(k, UNNAMED_MINUTES) for k in self.exercises)

    @property
    def reading(self):
        """Minutes without the exercises."""
        code = self.lines / LINES_A_MINUTE
        return self.words / WORDS_A_MINUTE + code + self.questions * QUESTION_MINUTES


def read_page(path):
    """Read a page as a notebook; a page without code is cut at `+++`, as MyST notebooks are."""
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    cells, tags = [], []
    for part in re.split(r"^(\+\+\+.*\n)", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if part.startswith("+++"):
            tags = re.findall(r'"([\w-]+)"', part.partition("[")[2])
        else:
            cells.append(nbformat.v4.new_markdown_cell(part, metadata={"tags": tags}))
    return nbformat.v4.new_notebook(cells=cells)


def pieces_of(page):
    """Count a page: a list of pieces in its order."""
    pieces, section, solving = [], "(card)", False
    for cell in page.cells:
        tags = set(cell.metadata.get("tags", []))
        short = "short" in tags
        if cell.cell_type == "code":
            if not solving:
                pieces.append(Piece(section, short, lines=_shown_lines(cell, tags)))
            continue
        parts, solving = _parts(cell.source, solving)
        for title, blocks in parts:
            section = title or section
            pieces.append(_counted(blocks, Piece(section, short)))
    return pieces


def _parts(source, solving):
    """Cut a text at its headings: titles with lines, and whether it ends inside a solution."""
    title, lines, found, fence = None, [], [], None
    for line in COMPUTED.sub("", source).split("\n"):
        if mark := re.match(r"^(?::{3,}|`{3,})\{solution-(start|end)\}", line):
            solving = mark.group(1) == "start"
            fence = "solution"
            continue
        if fence == "solution":  # the rest of the mark itself: its options and its end
            fence = None if re.match(r"^(?::{3,}|`{3,})\s*$", line) else fence
            continue
        if solving:
            continue
        if heading := re.match(r"^## +(.+?) *$", line):
            found.append((title, lines))
            title, lines = heading.group(1), []
        lines.append(line)
    return [*found, (title, lines)], solving


def _counted(lines, piece):
    """Add to a piece what a list of lines of Markdown holds."""
    prose, at = [], 0
    while at < len(lines):
        found = FENCE.match(lines[at])
        if not found:
            prose.append(lines[at])
            at += 1
            continue
        end = _end_of(lines, at, found["fence"])
        _count_block(found, lines[at + 1 : end], piece)
        at = end + 1
    _count_prose("\n".join(prose), piece)
    return piece


def _end_of(lines, start, fence):
    """Find the line that closes a fence; the end of the text if none does."""
    closing = re.compile(rf"^ {{0,3}}{fence[0]}{{{len(fence)},}}\s*$")
    return next((i for i in range(start + 1, len(lines)) if closing.match(lines[i])), len(lines))


def _count_block(found, body, piece):
    """Count one directive or one block of code."""
    name, rest = found["name"], found["rest"].strip()
    options = [line for line in body if re.match(r"^:[\w-]+:", line)]
    body = [line for line in body if line not in options]
    folded = any(line.startswith(":class:") and "dropdown" in line for line in options)
    if name in FOLDED or folded or name in WORDLESS:
        return
    if name is None or name in CODE:
        piece.lines += sum(bool(line.strip()) for line in body)
    elif name == "exercise":
        kind = EXERCISE.match(rest)
        piece.exercises.append(kind["kind"] if kind else "")
    elif name == "quiz":
        piece.questions += 1
        shown = [re.sub(r"^- \[.\]", "", line) for line in body if line.startswith("- [")]
        _count_prose("\n".join([rest, *shown]), piece)
    else:
        _counted([rest, "", *body], piece)


def _count_prose(text, piece):
    """Count words, and the lines of display formulas."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    for formula in re.findall(r"\$\$(.*?)\$\$", text, re.DOTALL):
        piece.lines += sum(bool(line.strip()) for line in formula.split("\n"))
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.DOTALL)
    text = re.sub(r"^(?:%.*|\([\w-]+\)=\s*|[|:\s-]+)$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\{[\w:-]+\}`([^`<]+?)\s*<[^`]*>`", r"\1", text)  # a role with its own words
    text = re.sub(r"\{term\}`([^`]+)`", r"\1", text)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|(?<!\$)\$[^$\n]+\$", "one", text)  # a reference, a formula
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    piece.words += sum(bool(re.search(r"\w", word)) for word in text.split())


def _shown_lines(cell, tags):
    """Count the lines of code that a cell shows: its own, and the library's that it prints."""
    lines = 0
    if not tags & FOLDING_TAGS:
        lines += sum(bool(line.strip()) for line in cell.source.split("\n"))
    if PRINTS_CODE.search(cell.source) and not tags & HIDING_TAGS:
        for output in cell.get("outputs", []):
            text = output.get("text", output.get("data", {}).get("text/plain", ""))
            lines += sum(bool(line.strip()) for line in text.split("\n"))
    return lines


def line_for_card(page):
    """Write the two lines of the card: the minutes, and those of the short path with its sections.

    A section that is shorter on the short path than on the page is named all the same.
    """
    pieces = pieces_of(page)
    reading = sum(piece.reading for piece in pieces)
    whole = sum(piece.minutes for piece in pieces)
    short = [piece for piece in pieces if piece.short and piece.minutes]
    names = list(dict.fromkeys(p.section for p in short if p.section != "(card)"))
    line = (
        f"**Minutes** {round(whole)}: {round(reading)} to read, "
        f"{round(whole) - round(reading)} for the exercises"
    )
    if names:
        minutes = round(sum(piece.minutes for piece in short))
        line += f"\n\n**Short path** {minutes} min: {' · '.join(names)}"
    return line


def minutes_of(page):
    """Minutes of the whole page, and of its short path, rounded as on the card."""
    pieces = pieces_of(page)
    whole = sum(piece.minutes for piece in pieces)
    return round(whole), round(sum(piece.minutes for piece in pieces if piece.short))


def write_minutes(page):
    """Note the minutes on the card; where it has no such line, before that of the cost."""
    line = line_for_card(page)
    first = page.cells[0]
    first.source = _noted(first.source, line)
    return line


def _noted(text, line):
    """Put the line into a text in place of the old one."""
    if MINUTES_LINE.search(text):
        return MINUTES_LINE.sub(lambda _: line, text, count=1)
    return text.replace("**Measured cost**", f"{line}\n\n**Measured cost**", 1)


def write_on_card(path):
    """Note the minutes on the card of a file, and return the line."""
    page = read_page(path)
    line = write_minutes(page)
    if path.suffix == ".ipynb":
        nbformat.write(page, path)
    else:
        text = path.read_text(encoding="utf-8")
        path.write_text(_noted(text, line), encoding="utf-8")
    return line


def table(page):
    """List where the minutes go, one line for each section."""
    sections = {}
    for piece in pieces_of(page):
        sections.setdefault(piece.section, []).append(piece)
    sections["whole page"] = [piece for found in sections.values() for piece in found]
    rows = [f"{'minutes':>7} {'short':>6} {'words':>6} {'lines':>6}  section"]
    for title, found in sections.items():
        minutes = sum(piece.minutes for piece in found)
        short = sum(piece.minutes for piece in found if piece.short)
        words, lines = (sum(getattr(p, name) for p in found) for name in ("words", "lines"))
        rows.append(f"{minutes:7.1f} {short:6.1f} {words:6} {lines:6}  {title}")
    return "\n".join(rows)


def main(arguments=None):
    """Print or note the minutes of one page, of several, or of all."""
    parser = argparse.ArgumentParser(description="Count the minutes that pages take.")
    parser.add_argument("page", nargs="*", help="such as math/cross-entropy; all when none")
    parser.add_argument("--write", action="store_true", help="note the minutes on the card")
    options = parser.parse_args(arguments)
    try:
        paths = [page_named(ROOT, name) for name in options.page]
    except StepError as error:
        parser.error(str(error))
    for path in paths or page_files():
        name = path.relative_to(ROOT / "book").with_suffix("").as_posix()
        page = read_page(path)
        if options.write:
            print(f"{name}: {write_on_card(path)}")
        elif paths:
            print(f"{name}\n{table(page)}")
        else:
            whole, short = minutes_of(page)
            print(f"{whole:4} min, short path {short:3}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
