"""Each edition is built from its own folder into a folder of its own; a leak keeps it back."""

import subprocess
from pathlib import Path

import build_book
import make
import pytest
from steps import StepError


@pytest.fixture
def steps(monkeypatch):
    """The commands of a build that only writes a cover; one that is in ``fails`` fails."""

    class Steps(list):
        fails = ""

    done = Steps()

    def run(command, cwd, **options):
        words = [str(word) for word in command]
        done.append(words)
        if "--path-output" in words:
            html = Path(words[words.index("--path-output") + 1]) / "_build" / "html"
            html.mkdir(parents=True)
            (html / "index.html").write_text(words[words.index("build") + 1])
        failed = bool(done.fails) and done.fails in words
        return subprocess.CompletedProcess(words, int(failed), "", "")

    monkeypatch.setattr(build_book, "run", run)
    return done


@pytest.mark.parametrize(
    ("edition", "source", "site"),
    [
        ("", ".", "_build/html"),
        ("student", "_build/editions/student", "_build/html-student"),
        ("instructor", "_build/editions/instructor", "_build/html-instructor"),
    ],
)
def test_an_edition_is_built_from_its_folder_into_its_own(tmp_path, steps, edition, source, site):
    cover = build_book.build_book(tmp_path, "python", edition)
    assert cover == tmp_path / site / "index.html"
    assert cover.read_text() == str(tmp_path / source)
    assert ("--site" in steps[-1]) == (edition == "student")


def test_a_site_with_a_leak_does_not_replace_the_old_one(tmp_path, steps):
    cover = build_book.build_book(tmp_path, "python", "student")
    cover.write_text("old")
    steps.fails = "--site"
    with pytest.raises(StepError, match="not put in place: solutions are found in them"):
        build_book.build_book(tmp_path, "python", "student")
    assert cover.read_text() == "old"


def test_the_command_makes_the_edition_before_its_site(monkeypatch):
    done = []
    book = make.Book({"EDITION": "instructor"})
    monkeypatch.setattr(book, "run", lambda *words, **variables: done.append(words))
    monkeypatch.setattr(make.environment, "ensure_web", lambda root: None)

    def build(root, python, edition):
        done.append(("built", edition))
        return root / "index.html"

    monkeypatch.setattr(build_book, "build_book", build)
    make.book(book)
    assert done[-2:] == [("tools/editions.py", "instructor"), ("built", "instructor")]


def test_an_edition_that_is_not_there_is_told():
    with pytest.raises(StepError, match="no edition 'teacher': give EDITION=student or instructor"):
        make.book(make.Book({"EDITION": "teacher"}))
