"""The GitHub workflow is valid, pinned, and may do no more than it must."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from book_files import ROOT

FILE = ROOT / ".github" / "workflows" / "book.yml"
TEXT = FILE.read_text(encoding="utf-8")
JOBS = yaml.safe_load(TEXT)["jobs"]


def lint(path):
    """Run actionlint on a workflow and return what it says."""
    command = shutil.which("actionlint", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.fail("actionlint is missing: pip install -r requirements-test.lock")
    done = subprocess.run(
        [command, "-no-color", "-shellcheck=", "-pyflakes=", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_actionlint_finds_nothing():
    assert lint(FILE) == ""


def test_actionlint_would_find_a_broken_workflow(tmp_path):
    broken = tmp_path / "book.yml"
    broken.write_text(TEXT.replace("needs: build", "needs: nothing"))
    assert "nothing" in lint(broken)


def test_it_runs_the_two_commands_of_a_reader():
    commands = [step["run"] for step in JOBS["build"]["steps"] if "run" in step]
    assert commands == ["make book", "make test"]


def test_every_action_is_pinned_to_a_commit():
    used = re.findall(r"uses: (\S+)(.*)", TEXT)
    assert used
    for action, comment in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_only_the_publishing_job_may_write():
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}
    assert "permissions" not in JOBS["build"]
    assert JOBS["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert JOBS["publish"]["if"] == "github.ref == 'refs/heads/main'"


def test_continuous_integration_runs_the_readers_own_command():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1] == "make test"
    assert "make test " in (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    order = re.compile(r"for \w+ in (python3\.11 python3\.12 python3\.13 python3)\b")
    assert order.search(script) and order.search(makefile)
