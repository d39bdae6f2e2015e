"""The commands: what they take, what they start, and that the Makefile hands all of it on."""

import os
import subprocess
import sys
from pathlib import Path

import make
import page_tests
import pytest
from steps import StepError

ROOT = Path(make.__file__).resolve().parents[1]
COMMANDS = ["book", "editions", "slides", "print", "test", "lab", "data", "stick"]
COMMANDS += ["release-check", "page", "notebook", "experiments", "tidy", "bench", "lint", "format"]
COMMANDS += ["lock", "clean", "help"]


def say(*words, cwd=ROOT, **variables):
    """Run make with a Python that only prints what it is given."""
    # What another make, which runs these tests, was given must not reach this one.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=cwd,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def python(tmp_path):
    """A command that prints its arguments, one a line, in place of a Python."""
    path = tmp_path / "a python"
    path.write_text('#!/bin/sh\n[ "$1" = -c ] || printf "<%s>\\n" "$@"\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", COMMANDS)
def test_the_makefile_hands_each_command_on(name, python):
    code, out, _ = say(name, f"PYTHON={python}")
    assert (code, out.split("\n")[:-1]) == (0, ["<tools/make.py>", f"<{name}>"])
    assert name in make.COMMANDS


def test_the_makefile_hands_options_on_as_they_are(python):
    _, out, _ = say("experiments", "NAME=one --confirm", f"PYTHON={python}")
    assert out.split("\n")[1:3] == ["<experiments>", "<NAME=one --confirm>"]
    _, out, _ = say("test", "PAGE=math/self-attention", "FAST=1", f"PYTHON={python}")
    assert out.split("\n")[1:4] == ["<test>", "<PAGE=math/self-attention>", "<FAST=1>"]


def test_variables_of_the_readers_shell_are_no_options(python):
    _, out, _ = say("data", f"PYTHON={python}", NAME="DESKTOP", PAGE="7", FAST="1")
    assert out == "<tools/make.py>\n<data>\n"


def test_without_a_named_python_any_environment_will_do(python, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.11").symlink_to("/bin/false")  # such as a shim without a version
    (tmp_path / "bin" / "python3.12").symlink_to(python)
    _, out, _ = say("data", PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}", PYTHON="python2")
    assert out == "<tools/make.py>\n<--keep>\n<data>\n"


def test_a_python_that_is_not_there_is_told_with_a_cure():
    code, _, err = say("book", "PYTHON=python9")
    assert code
    assert "No Python is found as 'python9'" in err
    assert "make book PYTHON=/path/to/python3.11" in err


def test_help_lists_each_command(capsys):
    assert make.main([]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == COMMANDS


def test_an_option_is_read():
    found = make.read_arguments(["--keep", "test", "PAGE=a/b", "FAST="])
    assert found == ("test", True, {"PAGE": "a/b", "FAST": ""})


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["book", "PAGE=a/b"], "book does not take 'PAGE': it takes EDITION"),
        (["test", "PAG=a/b"], "test does not take 'PAG': it takes FAST, PAGE"),
        (["bok"], "invalid choice: 'bok'"),
    ],
)
def test_a_wrong_word_is_refused(words, complaint, capsys):
    with pytest.raises(SystemExit, match="2"):
        make.main(words)
    assert complaint in capsys.readouterr().err


def test_the_tests_of_a_page_are_its_cells_its_rules_and_its_recordings():
    *files, flag, chosen = page_tests.tests_of(ROOT, ["bert/fine-tuning"])
    assert flag == "-k"
    assert all((ROOT / file).is_file() for file in files)
    assert chosen.split(" or ")[0] == "bert/fine-tuning.ipynb"
    assert "[finetuning-methods]" in chosen
    found = selected(*files, flag, chosen)
    assert any("test_notebooks.py::" in line for line in found)
    assert any("test_book_pages.py::" in line for line in found)
    assert any("test_recordings.py::" in line for line in found)
    assert all("fine-tuning" in line or "finetuning" in line for line in found)


def selected(*words):
    """The tests that pytest would run."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_a_recording_that_takes_long_is_left_to_the_whole_run(monkeypatch):
    monkeypatch.setattr(page_tests, "CHEAP_S", 0)
    assert page_tests.tests_of(ROOT, ["bert/fine-tuning"])[-1] == "bert/fine-tuning.ipynb"


@pytest.mark.parametrize(
    ("given", "fetched"), [({"PAGE": "back/faq"}, False), ({"FAST": "1"}, True)]
)
def test_a_page_fetches_what_it_reads_itself(given, fetched, monkeypatch):
    book, done = make.Book(given), []
    monkeypatch.setattr(book, "run", lambda *words, **variables: done.append(words))
    make.test(book)
    assert any("main(['data'])" in word for words in done for word in words) == fetched
    assert done[-1][:2] == ("-m", "pytest")


def test_several_pages_and_pages_without_code():
    assert page_tests.tests_of(ROOT, ["start/setup", "back/faq"])[-1] == (
        "start/setup.ipynb or back/faq.md"
    )


def test_a_page_that_is_not_there_is_told():
    with pytest.raises(
        StepError, match=r"no page 'math/nothing'; the notebooks are: .*start/setup"
    ):
        page_tests.tests_of(ROOT, ["math/nothing"])


def test_fast_leaves_out_pages_and_tools_and_keeps_the_library():
    left_out = [option.partition("=")[2] for option in page_tests.fast_tests(ROOT)]
    files = {p.relative_to(ROOT).as_posix() for p in (ROOT / "tests").rglob("test_*.py")}
    out = {f for f in files if any(f == o or f.startswith(f"{o}/") for o in left_out)}
    parts = ("tests/site/", "tests/book/", "tests/kit/", "tests/tools/")
    assert {f for f in files if f.startswith(parts)} <= out
    assert {f for f in out if not f.startswith(parts)} == {
        "tests/applications/serving/test_try_page.py",
        "tests/evaluation/test_coverage.py",
        "tests/evaluation/test_power.py",
    }
