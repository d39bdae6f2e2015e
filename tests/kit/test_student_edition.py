"""The student edition: no solution, and a check in its place that tells right from wrong."""

import contextlib
import io
import re

import editions
import pytest
from book_files import ROOT, page_files
from editions import main, make_edition
from minutes import read_page
from steps import StepError
from student_edition import without_lost_claims


def cells_of(folder, name="ideas/sample"):
    return {cell.id: cell for cell in read_page(folder / "book" / f"{name}.ipynb").cells}


def run(*sources):
    """Run cells one after the other; return what they print."""
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for source in sources:
            exec(source, names)
    return printed.getvalue()


@pytest.fixture
def student(small_root):
    return make_edition(small_root, "student")


def test_each_solution_gives_way_to_an_answer_and_its_check(student):
    cells = cells_of(student)
    assert list(cells)[3:] == [
        *(list(cells)[3], "answer-1", "check-1"),
        *(list(cells)[6], "answer-2", "check-2"),
        *(list(cells)[9], "answer-3", "code-3"),
    ]
    assert not any("solution" in cell.metadata.get("tags", []) for cell in cells.values())
    assert "# The sum\ntotal = ..." in cells["answer-1"].source
    assert "def twice(number):\n    ..." in cells["answer-2"].source
    assert "there is no single answer" in cells["answer-3"].source
    assert {"hide-input", "self-check"} <= set(cells["check-1"].metadata["tags"])


def test_the_rest_of_the_page_stays_as_it_is(student, small_root):
    ours, theirs = cells_of(student), cells_of(small_root)
    for name, cell in ours.items():
        if not name.startswith(("answer-", "check-", "code-")):
            assert cell == theirs[name]


def test_the_check_runs_in_the_students_notebook(student):
    cells = cells_of(student)
    check = cells["check-1"].source
    assert run(cells["answer-1"].source, check).startswith("– the sum: not answered yet.")
    assert run("total = 15", check) == "✓ the sum: right.\n"
    assert run("total = 56", check) == "✗ the sum: wrong. You have multiplied.\n"
    assert run("total = 14", check).startswith("✗ the sum: wrong.")
    check = cells["check-2"].source
    assert run(cells["answer-2"].source, check).startswith("– twice three and twice four: not")
    assert run("def twice(n): return n + n", check).startswith("✓")
    assert run("def twice(n): return n * n", check).endswith("You have squared.\n")


def test_a_page_without_code_gives_the_check_as_text(student):
    text = (student / "book" / "ideas" / "words.md").read_text()
    assert "hidden share" not in text
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert run(code).startswith("– the share: not answered yet.")
    assert run(code.replace("quarter = ...", "quarter = 0.2501")) == "✓ the share: right.\n"
    assert text.endswith("## Quiz\n")


def test_an_exercise_that_the_kit_does_not_know_gets_a_place_for_an_answer(small_root):
    (small_root / "book" / "kit" / "ideas" / "sample.yml").unlink()
    cells = cells_of(make_edition(small_root, "student"))
    assert "its answer is in words" in cells["answer-1"].source


def test_what_is_not_for_students_is_left_out(student):
    there = {path.relative_to(student).as_posix() for path in student.rglob("*") if path.is_file()}
    pages = {"book/index.md", "book/ideas/sample.ipynb", "book/ideas/words.md"}
    assert there == {"_toc.yml", "_config.yml", "book/hand/figure.json", *pages}
    assert (student / "_config.yml").read_text() == "title: Small (student edition)\n"


def test_a_surprise_that_only_a_solution_shows_is_left_out():
    text = "Before.\n\n```{surprise} one two\n:date: 2026-11-24\nWords.\n```\n\nAfter.\n"
    assert without_lost_claims(text, {"one", "two"}) == text
    assert without_lost_claims(text, {"one"}) == "Before.\n\nAfter.\n"


def test_a_leak_is_refused_and_the_old_edition_stays(student, small_root, monkeypatch):
    before = cells_of(student)
    monkeypatch.setattr(editions, "student_notebook", lambda page, entries: page)
    with pytest.raises(StepError, match=r"holds solutions:\n.*sample.ipynb: the marks of a sol"):
        make_edition(small_root, "student")
    assert cells_of(student) == before


def test_a_second_run_replaces_the_first(student, small_root):
    (student / "book" / "ideas" / "old.ipynb").write_text("{}")
    assert make_edition(small_root, "student") == student
    assert not (student / "book" / "ideas" / "old.ipynb").exists()


def test_equal_pages_make_equal_editions(student, small_root):
    first = {path: path.read_bytes() for path in student.rglob("*") if path.is_file()}
    make_edition(small_root, "student")
    assert {path: path.read_bytes() for path in student.rglob("*") if path.is_file()} == first


def test_an_edition_that_is_not_there_is_told(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["teacher"])
    assert "no edition teacher: there are student, instructor" in capsys.readouterr().err


def test_the_book_has_a_student_edition_of_every_page(student_book):
    for path in page_files():
        place = student_book / path.relative_to(ROOT)
        assert place.is_file()
        assert "{solution" not in place.read_text(encoding="utf-8")
    assert not (student_book / "book" / "kit").exists()
