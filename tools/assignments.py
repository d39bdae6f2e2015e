"""The graded assignments: what students get, what instructors get, and what only these may see.

A master is a notebook in book/kit/assignments, marked as otter-grader wants it. `otter assign`
makes of it the notebook without answers and the archive that grades. Our students' notebook shows
the visible tests as plain code in place of `grader.check(...)`, so that it runs without otter, on
the stick and on Colab; the archive grades it all the same.
"""

import copy
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import nbformat
from steps import StepError

FOLDER = Path("book/kit/assignments")  # of the masters; the kit stays out of sites and sticks
CONFIG = re.compile(
    r'^"{3}\s*# BEGIN TEST CONFIG\npoints: (?P<points>[\d.]+)\nhidden: (?P<hidden>true|false)\n'
    r'"{3}\s*# END TEST CONFIG\n+(?P<body>.*)',
    re.DOTALL,
)
CHECK = re.compile(r'grader\.check\("(\w+)"\)')
NAME = re.compile(r"name: (\S+)")
HEADING = re.compile(r"^## (q\d+)\. ", re.MULTILINE)
TEST = re.compile(r"^def (test_\w+)\((.*?)\):", re.MULTILINE)
ANSWER = re.compile(r"^ *# BEGIN SOLUTION\n(.*?)^ *# END SOLUTION$", re.MULTILINE | re.DOTALL)
ANSWERING = {"otter_answer_cell", "otter_assign_solution_cell"}  # in each of the two notebooks
VISIBLE = "# The visible tests of {name}: they print nothing when your answer passes."


class Assigned(NamedTuple):
    """What becomes of a master: two notebooks, and the archive of all tests."""

    student: object
    solved: object
    archive: bytes


class Test(NamedTuple):
    """One test of a question."""

    points: float
    hidden: bool
    body: str

    def called(self):
        """Write the test with its call, on the names that it asks for."""
        name, given = TEST.search(self.body).groups()
        return f"{self.body.strip()}\n\n\n{name}({given})"


def masters(root):
    """List the masters of a book in the order of their numbers."""
    found = [(read(path).cells[1].source, path) for path in (root / FOLDER).glob("*.ipynb")]
    return [path for _, path in sorted(found)]


def read(path):
    """Read a notebook."""
    return nbformat.read(path, as_version=4)


def tests_of(master):
    """Collect the tests of each question of a master: a dict of lists by its name."""
    found, name = {}, None
    for cell in master.cells:
        if cell.cell_type == "raw" and cell.source.startswith("# BEGIN QUESTION"):
            name = NAME.search(cell.source)[1]
            found[name] = []
        elif cell.cell_type == "code" and (test := CONFIG.match(cell.source)):
            hidden = test["hidden"] == "true"
            found[name].append(Test(float(test["points"]), hidden, test["body"]))
    return found


def assign(path):
    """Let otter make the notebook of the students, the solved one, and the archive."""
    from otter.assign import main as otter_assign  # heavy, and only where editions are made

    with tempfile.TemporaryDirectory() as room:
        master = Path(room) / path.name
        master.write_bytes(path.read_bytes())
        made = Path(room) / "made"
        otter_assign(str(master), str(made), no_run_tests=True, no_pdfs=True)
        archives = list((made / "autograder").glob("*.zip"))
        if len(archives) != 1:
            raise StepError(f"otter made {len(archives)} archives of {path.name}, not one")
        student = student_notebook(read(made / "student" / path.name), tests_of(read(path)))
        return Assigned(student, read(made / "autograder" / path.name), archives[0].read_bytes())


def student_notebook(page, tests):
    """Show the visible tests as code, and leave out what only otter's own check would read."""
    cells = []
    for number, cell in enumerate(page.cells):
        cell = copy.deepcopy(cell)
        cell.id = f"cell-{number}"  # otter draws some at random
        if found := CHECK.fullmatch(cell.source):
            shown = [test.called() for test in tests[found[1]] if not test.hidden]
            cell.source = "\n\n\n".join([VISIBLE.format(name=found[1]), *shown])
            cell.metadata = {"tags": ["visible-tests"]}
        if cell.source.strip() != "<!-- END QUESTION -->":
            cells.append(cell)
    metadata = copy.deepcopy(page.metadata)
    for key in ("tests", "OK_FORMAT"):  # otter refuses the one without the other
        metadata.get("otter", {}).pop(key, None)
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def instructor_notebook(master):
    """Return a master without otter's marks: it runs, with model answers, rubric and all tests."""
    cells = []
    for cell in master.cells:
        cell = copy.deepcopy(cell)
        if cell.cell_type == "raw":
            continue
        if test := CONFIG.match(cell.source):
            kind = "hidden" if test["hidden"] == "true" else "visible"
            told = Test(float(test["points"]), kind == "hidden", test["body"])
            cell.source = f"# A {kind} test: {told.points:g} points.\n{told.called()}"
        cell.source = re.sub(r"^ *# (?:BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.M)
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(master.metadata))


def secret_page(master):
    """Mark what students must not see as a page's solutions are marked, for the search of leaks.

    It reads the master itself, so that it also finds what `otter assign` has failed to leave out.
    """
    cells, answering = [], False
    for cell in master.cells:
        if cell.cell_type == "raw":
            answering = (answering or "BEGIN SOLUTION" in cell.source) and (
                "END SOLUTION" not in cell.source
            )
            continue
        test = CONFIG.match(cell.source)
        if test and test["hidden"] == "true":
            cells.append(_secret(test["body"]))
        elif answering and cell.cell_type == "code":
            cells += [_secret(text) for text in ANSWER.findall(cell.source)]
            cells.append(nbformat.v4.new_code_cell(ANSWER.sub("...", cell.source)))
        elif answering:
            cells.append(_secret(cell.source))
        else:
            source = Test(0, False, test["body"]).called() if test else cell.source
            cells.append(nbformat.v4.new_code_cell(source))
    return nbformat.v4.new_notebook(cells=cells)


def _secret(text):
    """Make a cell that counts as a solution."""
    return nbformat.v4.new_code_cell(text, metadata={"tags": ["solution"]})


def write_student(root, folder):
    """Write the students' notebooks into a folder."""
    for path in masters(root):
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(assign(path).student, folder / path.name)


def write_instructor(root, folder, archives):
    """Write the notebooks with answers and all tests, and the archives that grade."""
    for path in masters(root):
        folder.mkdir(parents=True, exist_ok=True)
        archives.mkdir(parents=True, exist_ok=True)
        nbformat.write(instructor_notebook(read(path)), folder / path.name)
        (archives / f"{path.stem}.zip").write_bytes(assign(path).archive)


def answered(assigned, questions):
    """Fill the model answers of some questions into a students' notebook."""
    page, answers = copy.deepcopy(assigned.student), _answers(assigned.solved)
    for name, cells in _answers(page).items():
        if name in questions:
            for cell, answer in zip(cells, answers[name], strict=True):
                cell.source = answer.source
    return page


def _answers(page):
    """Collect the cells of code with answers of each question."""
    found, name = {}, None
    for cell in page.cells:
        if heading := HEADING.search(cell.source):
            name = heading[1]
        if cell.cell_type == "code" and ANSWERING & set(cell.metadata.get("tags", [])):
            found.setdefault(name, []).append(cell)
    return found
