"""The assignments: their marks, what students get of them, and a small one graded to the end."""

import csv
import json
import sys

import assignments
import grade
import nbformat
import pytest
from book_files import ROOT, page_files
from edition_leaks import Secrets, runs_of
from minutes import EXERCISE_MINUTES
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from plmrec_book.assignments import MINUTES, assignments_of, read_assignment, served_by
from plmrec_book.objectives import objectives_of, text_of_page

MASTERS = assignments.masters(ROOT)
TEST = '""" # BEGIN TEST CONFIG\npoints: {}\nhidden: {}\n""" # END TEST CONFIG\n{}'
VISIBLE = TEST.format(1, "false", "def test_two(twice):\n    assert twice(2) == 4")
HIDDEN = TEST.format(2, "true", "def test_three_secretly(twice):\n    assert twice(3) == 6")
ANSWER = (
    'def twice(n):\n    """Double."""\n    # BEGIN SOLUTION\n    return 2 * n\n    # END SOLUTION'
)
OTHER = TEST.format(3, "true", "def test_seven(seven):\n    assert seven == 7")


def question(name, head, points, answer, *tests):
    """The cells of one question."""
    return [
        new_raw_cell(f"# BEGIN QUESTION\nname: {name}\npoints: {points}"),
        new_markdown_cell(f"## {name}. {head}\n\nDo it.\n\n*Serves:* ideas/sample 1"),
        new_raw_cell("# BEGIN SOLUTION"),
        new_code_cell(answer),
        new_raw_cell("# END SOLUTION"),
        new_raw_cell("# BEGIN TESTS"),
        *(new_code_cell(test) for test in tests),
        new_raw_cell("# END TESTS"),
        new_raw_cell("# END QUESTION"),
    ]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small assignment of two questions, and what otter makes of it."""
    root = tmp_path_factory.mktemp("book")
    (root / assignments.FOLDER).mkdir(parents=True)
    config = "# ASSIGNMENT CONFIG\nname: small\ninit_cell: false\nexport_cell: false\n"
    cells = [
        new_raw_cell(f"{config}run_tests: false\ntests:\n  ok_format: false"),
        new_markdown_cell("# Assignment 1: small\n\nSmall.\n\n**Needs** `ideas/sample`"),
        *question("q1", "Double (Code, 3 points)", 3, ANSWER, VISIBLE, HIDDEN),
        *question("q2", "Count (Compute, 3 points)", 3, "seven = 7  # SOLUTION", OTHER),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    nbformat.write(
        new_notebook(cells=cells, metadata=metadata), root / assignments.FOLDER / "small.ipynb"
    )
    return root, assignments.assign(assignments.masters(root)[0])


def test_a_right_a_half_right_and_an_empty_submission_are_graded(small, tmp_path):
    _, made = small
    (tmp_path / "in").mkdir()
    (tmp_path / "small.zip").write_bytes(made.archive)
    guess = assignments.answered(made, [])
    for cell in guess.cells:
        if cell.source.startswith("def twice"):
            cell.source = "def twice(n):\n    return 4"
    for name, page in {
        "empty": made.student,
        "guess": guess,
        "half": assignments.answered(made, ["q1"]),
        "right": assignments.answered(made, ["q1", "q2"]),
    }.items():
        nbformat.write(page, tmp_path / "in" / f"{name}.ipynb")
    rows = grade.grade_all(tmp_path / "small.zip", tmp_path / "in", tmp_path / "out")
    assert {row["submission"]: (row["points"], row["of"]) for row in rows} == {
        "empty": (0, 6),
        "guess": (1, 6),  # it passes the visible test, and no hidden one
        "half": (3, 6),
        "right": (6, 6),
    }
    with (tmp_path / "out" / "grades.csv").open(encoding="utf-8") as file:
        assert [row["q1"] for row in csv.DictReader(file)] == ["0", "1", "3", "3"]


def test_what_cannot_be_graded_is_named_and_the_others_go_on(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("bad", "good", "slow"):
        (tmp_path / "in" / f"{name}.ipynb").touch()

    def graded(archive, path, *rest):
        if path.stem == "bad":
            raise RuntimeError("first\nNo notebook")
        if path.stem == "slow":
            raise grade.subprocess.TimeoutExpired("otter", 60)
        return {"q1": (2.0, 3.0)}

    monkeypatch.setattr(grade, "grade", graded)
    monkeypatch.setattr(grade, "room_without_network", list)
    bad, good, slow = grade.grade_all(tmp_path, tmp_path / "in", tmp_path / "out", 1)
    assert bad["error"] == "No notebook" and slow["error"] == "not done after 1 minutes"
    assert good == {"submission": "good", "q1": 2.0, "points": 2.0, "of": 3.0}


def test_a_submission_has_a_home_of_its_own_and_nothing_of_the_shell(tmp_path, monkeypatch):
    monkeypatch.setenv("A_TOKEN", "of the lecturer")
    variables = grade._variables(str(tmp_path))
    assert variables["HOME"] == str(tmp_path) and "A_TOKEN" not in variables


def test_a_submission_that_does_not_end_is_ended(tmp_path):
    fake = tmp_path / "fake"
    fake.write_text("import time; time.sleep(60)")
    room = [sys.executable, str(fake)]
    with pytest.raises(grade.subprocess.TimeoutExpired):
        grade.grade(tmp_path / "no.zip", fake, tmp_path / "out", 0.02, room)


def test_students_see_the_visible_tests_and_no_answer(small):
    _, made = small
    text = json.dumps(made.student)
    assert "test_two" in text and "twice(n)" in text
    assert "secretly" not in text and "2 * n" not in text and "seven = 7" not in text
    assert "import otter" not in text and "grader" not in text


def test_instructors_see_all_of_it(small):
    root, _ = small
    page = assignments.instructor_notebook(assignments.read(assignments.masters(root)[0]))
    text = "\n".join(cell.source for cell in page.cells)
    assert "# A hidden test: 2 points." in text and "return 2 * n" in text
    assert "BEGIN" not in text
    exec("\n".join(cell.source for cell in page.cells if cell.cell_type == "code"), {})


def test_a_hidden_test_in_the_students_folder_is_found(small, tmp_path):
    root, made = small
    path = assignments.masters(root)[0]
    master = assignments.read(path)
    secrets = Secrets({path: assignments.secret_page(master)}, {path: ()})
    nbformat.write(made.student, tmp_path / "small.ipynb")
    assert secrets.leaks_in(tmp_path) == []
    (tmp_path / "small.zip").write_bytes(made.archive)
    assert secrets.leaks_in(tmp_path)
    (tmp_path / "small.zip").unlink()
    page = assignments.answered(made, [])
    page.metadata["otter"] = {"tests": {"q1": HIDDEN}}
    nbformat.write(page, tmp_path / "small.ipynb")
    assert secrets.leaks_in(tmp_path)


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_titles_tests_and_marks_agree(path):
    found, tests = read_assignment(path), assignments.tests_of(assignments.read(path))
    assert [one.name for one in found.questions] == list(tests)
    assert 4 <= len(found.questions) <= 7
    for one in found.questions:
        assert one.serves, one.name
        if one.kind in ("Words", "Open"):
            assert not tests[one.name]
            continue
        assert sum(test.points for test in tests[one.name]) == one.points
        hidden = sum(test.points for test in tests[one.name] if test.hidden)
        assert hidden >= one.points / 2, one.name
        assert any(not test.hidden for test in tests[one.name]), one.name
    words = [
        cell.source for cell in assignments.read(path).cells if "**Model answer" in cell.source
    ]
    assert words and all(
        f"**{part}**" in text for text in words for part in ("Full", "Half", "None")
    )


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_an_answer_that_returns_nothing_passes_no_test(path):
    for name, tests in assignments.tests_of(assignments.read(path)).items():
        for test in tests:
            title, given = assignments.TEST.search(test.body).groups()
            exec(test.body, space := {})
            try:
                space[title](*[lambda *_, **__: None for _ in given.split(",")])
            except Exception:
                continue
            pytest.fail(f"{name}, {title}: an empty answer earns {test.points} points")


def test_each_mark_names_an_objective_of_a_page():
    pages = {
        path.relative_to(ROOT / "book").with_suffix("").as_posix(): path for path in page_files()
    }
    found = assignments_of(ROOT)
    assert [one.number for one in found] == [1, 2, 3, 4]
    for page, number in served_by(found):
        assert number <= len(objectives_of(text_of_page(pages[page]))), (page, number)
    for one in found:
        assert set(one.needs) <= set(pages)
        served = {page for question in one.questions for page, _ in question.serves}
        assert set(one.needs) & served


def test_the_minutes_are_those_of_exercises():
    assert all(EXERCISE_MINUTES[kind] == MINUTES[kind] for kind in ("Compute", "Code", "Open"))


def test_the_student_book_has_each_assignment_and_no_hidden_test(student_book):
    names = {path.name for path in (student_book / "book" / "assignments").iterdir()}
    assert names == {path.name for path in MASTERS}
    for path in MASTERS:
        text = (student_book / "book" / "assignments" / path.name).read_text(encoding="utf-8")
        for tests in assignments.tests_of(assignments.read(path)).values():
            for test in tests:
                name = assignments.TEST.search(test.body)[1]
                assert (name in text) != test.hidden, name
        assert "Model answer" not in text
        assert runs_of(text)
    assert [one.number for one in assignments_of(student_book)] == [1, 2, 3, 4]
