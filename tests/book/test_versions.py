"""One place for exact versions, and everything else agrees with it."""

import re
import tomllib

import pytest
import yaml
from book_files import ROOT
from environment import READING, TESTING
from machine import PYTHONS
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TESTING_TAKES = f"-r {READING}"
WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"


def pins(text):
    """The exact versions in the text of a lock file, by canonical name."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    found = [re.match(r"([\w.-]+)(?:\[.*\])?==([\w.!+-]+)", line) for line in lines if line]
    return {canonicalize_name(m.group(1)): m.group(2) for m in found if m}


def ranges(project, *extras):
    """What a project asks for, with some of its extras, except of itself."""
    groups = [project["dependencies"], *(project["optional-dependencies"][e] for e in extras)]
    asked = [Requirement(text) for group in groups for text in group]
    return [r for r in asked if canonicalize_name(r.name) != canonicalize_name(project["name"])]


def disagreements(locked, asked):
    """The requirements that a lock lacks or breaks."""
    wrong = []
    for requirement in asked:
        found = locked.get(canonicalize_name(requirement.name))
        if found is None:
            wrong.append(f"{requirement} is not locked")
        elif not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement} is locked to {found}")
    return wrong


LOCKS = {name: (ROOT / name).read_text("utf-8") for name in (READING, TESTING)}
LINES = [line for text in LOCKS.values() for line in text.splitlines() if "==" in line]


def test_the_locks_keep_every_range_of_the_project():
    reading, testing = (pins(text) for text in LOCKS.values())
    assert disagreements(reading, ranges(PROJECT, "pages", "book")) == []
    assert disagreements({**reading, **testing}, ranges(PROJECT, "test")) == []


@pytest.mark.parametrize(
    ("locked", "complaint"),
    [({}, "is not locked"), ({"torch": "2.5.1"}, "is locked to 2.5.1")],
)
def test_a_lock_that_lacks_or_breaks_is_told(locked, complaint):
    assert disagreements(locked, [Requirement("torch>=2.6")]) == [f"torch>=2.6 {complaint}"]


def test_who_reads_installs_nothing_that_only_tests_need():
    reading, testing = (pins(text) for text in LOCKS.values())
    assert set(reading) & set(testing) == set()
    assert {"pytest", "playwright", "nbval", "hypothesis", "ruff", "peft"} <= set(testing)
    assert TESTING_TAKES in LOCKS[TESTING].splitlines()


@pytest.mark.parametrize("line", LINES)
def test_a_locked_release_is_for_the_lowest_patch_of_each_python(line):
    asked, _, told = line.partition("#")
    requirement = Requirement(asked)
    [only] = requirement.specifier
    assert only.operator == "=="
    pythons = SpecifierSet("" if told.strip() == "any" else told.strip())
    assert told.strip(), "run `make lock`: it notes which Pythons a release is for"
    for number in PYTHONS:
        least = "{}.{}.0".format(*number)
        there = {"python_full_version": least, "python_version": least[:-2]}
        if requirement.marker is None or requirement.marker.evaluate(there):
            assert pythons.contains(least), f"{requirement} does not install on Python {least}"


def test_the_locks_pin_torch_and_name_no_place():
    assert pins(LOCKS[READING])["torch"] == "2.13.0"
    for text in LOCKS.values():
        assert not re.search(r"--|://|@|\+|nvidia|^-(?!r)", text, re.MULTILINE)


def test_every_document_names_the_same_pythons():
    short = ["{}.{}".format(*number) for number in PYTHONS]
    words = f"{', '.join(short[:-1])} or {short[-1]}"
    assert f"Python {words}" in (ROOT / "README.md").read_text("utf-8")
    assert PROJECT["requires-python"] == f">={short[0]}"


def test_conda_takes_its_versions_from_the_lock_alone():
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    [pip] = [entry["pip"] for entry in wanted if isinstance(entry, dict)]
    assert pip == ["-r requirements.lock", "-e ."]
    others = [entry for entry in wanted if isinstance(entry, str) and "=" in entry]
    assert others == ["python=3.11"]


def test_the_lock_the_workflow_and_the_project_mean_one_python():
    [setup] = [
        step["with"]
        for step in yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["build"]["steps"]
        if "setup-python" in step.get("uses", "")
    ]
    assert setup["python-version"] == "{}.{}".format(*PYTHONS[0])
    assert setup["cache-dependency-path"] == "requirements*.lock"


def test_the_browser_files_are_pinned_and_name_no_registry():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "integrity" in text
    asked = yaml.safe_load((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, number in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", number), f"{name} is not pinned: {number}"
