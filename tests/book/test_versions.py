"""One place for exact versions, and everything else agrees with it."""

import re
import tomllib

import pytest
import yaml
from book_files import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"


def pins(text):
    """The exact versions in the text of a lock file, by canonical name."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    found = [re.match(r"([\w.-]+)(?:\[.*\])?==([\w.!+-]+)", line) for line in lines if line]
    return {canonicalize_name(m.group(1)): m.group(2) for m in found if m}


def ranges(project):
    """What a project asks for, with its extras, except of itself."""
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
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


LOCKED = pins((ROOT / "requirements.lock").read_text(encoding="utf-8"))


def test_the_lock_keeps_every_range_of_the_project():
    assert disagreements(LOCKED, ranges(PROJECT)) == []


@pytest.mark.parametrize(
    ("locked", "complaint"),
    [({}, "is not locked"), ({"torch": "2.5.1"}, "is locked to 2.5.1")],
)
def test_a_lock_that_lacks_or_breaks_is_told(locked, complaint):
    assert disagreements(locked, [Requirement("torch>=2.6")]) == [f"torch>=2.6 {complaint}"]


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
    assert setup["python-version"] == "3.11"
    assert PROJECT["requires-python"] == ">=3.11"


def test_the_browser_files_are_pinned_and_name_no_registry():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "integrity" in text
    asked = yaml.safe_load((ROOT / "package.json").read_text(encoding="utf-8"))
    for name, number in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", number), f"{name} is not pinned: {number}"
