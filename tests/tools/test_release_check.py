import subprocess
import sys
from pathlib import Path

import pytest
import release_check
from steps import StepError

ROOT = Path(__file__).resolve().parents[2]
# Notes what it was asked for, and whether an ignored or a committed file is there.
MAKE = """
import sys
from pathlib import Path
with open(Path(__file__).parents[2] / "log", "a") as log:
    log.write(" ".join(sys.argv[1:]) + f" {Path('ignored').exists()} {Path('kept').exists()}\\n")
sys.exit(3 if sys.argv[1] == "fails" else 0)
"""


@pytest.fixture
def project(tmp_path):
    """A small project under git, whose make.py notes what it is asked for."""
    root = tmp_path / "project"
    for name, text in (
        ("pyproject.toml", '[project]\nversion = "1.2.0"\n'),
        ("CITATION.cff", "version: 1.2.0\n"),
        ("CHANGELOG.md", "## [1.2.0] - 2026-01-01\n"),
        (".gitignore", "_build\nignored\n"),
        ("kept", ""),
        ("tools/make.py", MAKE),
        ("tests/kit/release/test_stick.py", ""),
        ("tests/kit/release/test_all_slides.py", ""),
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *who, *words], cwd=root, check=True)
    (root / "ignored").touch()
    return root


def test_each_command_runs_once_in_a_clean_clone(project):
    seconds = release_check.prove(project)
    log = (project / "_build" / "log").read_text().splitlines()
    assert log == [
        "book False True",
        "editions False True",
        "book EDITION=student False True",
        "book EDITION=instructor False True",
        "slides False True",
        "print False True",
        "stick False True",
        "release-check NAME=all_slides stick False True",
    ]
    assert len(seconds) == len(log)


def test_an_old_clone_is_made_anew(project):
    (project / "_build" / "release").mkdir(parents=True)
    (project / "_build" / "release" / "ignored").touch()
    release_check.prove(project, [(("book",), None)])
    assert "book False True" in (project / "_build" / "log").read_text()


def test_a_command_that_fails_ends_the_proof(project):
    with pytest.raises(StepError, match=r"make fails ended with 3, in .*release"):
        release_check.prove(project, [(("fails",), None), (("book",), None)])
    assert "book" not in (project / "_build" / "log").read_text()


def test_what_is_not_committed_is_named(project):
    (project / "kept").write_text("more")
    (project / "new").touch()
    with pytest.raises(StepError, match=r"2 file\(s\) are not committed \(kept, new\): commit"):
        release_check.prove(project)
    assert not (project / "_build").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("CITATION.cff", "version: 1.1.0\n", "CITATION.cff says 1.1.0"),
        ("CHANGELOG.md", "## [Unreleased]\n", "CHANGELOG.md says None"),
    ],
)
def test_versions_that_differ_are_named(project, name, text, said):
    (project / name).write_text(text)
    with pytest.raises(StepError, match=said):
        release_check.prove(project)


def test_minutes_beyond_a_limit_are_marked():
    said = release_check.table({"make book": (90.0, None), "make slides": (200.0, 3)})
    assert said.splitlines()[0].endswith(" 1.5 min")
    assert said.splitlines()[1].endswith(" 3.3 min  over its limit of 3")


def test_the_book_says_one_version():
    assert len(set(release_check.versions(ROOT).values())) == 1


def test_the_names_are_those_of_the_large_tests(monkeypatch):
    asked = []
    monkeypatch.setattr(subprocess, "call", lambda words, cwd: asked.append(words) or 0)
    assert release_check.main(["stick"]) == 0
    assert asked == [[sys.executable, "-m", "pytest", "-s", "tests/kit/release/test_stick.py"]]
