"""Prove a release: a clean clone makes all that a lecturer gets, then its large tests pass.

    python tools/release_check.py            the last commit, in _build/release
    python tools/release_check.py stick      only these large tests, here

`make test` proves the rest. Minutes beyond a limit are marked; they depend on the machine, so they
fail nothing.
"""

import re
import shutil
import subprocess
import sys
import time
import tomllib

from book_files import ROOT
from steps import StepError, clean_environment

# What is made, in order, with the minutes that two cores should need at most.
MADE = (
    (("book",), None),
    (("editions",), 3),
    (("book", "EDITION=student"), None),
    (("book", "EDITION=instructor"), None),
    (("slides",), 3),
    (("print",), 10),
    (("stick",), 10),
    (("release-check", "NAME={}"), None),
)
TESTS = "tests/kit/release"


def versions(root):
    """The version by the file that says it."""
    said = {"pyproject.toml": tomllib.loads((root / "pyproject.toml").read_text())}
    said["pyproject.toml"] = said["pyproject.toml"]["project"]["version"]
    for name, pattern in (
        ("CITATION.cff", r"^version: (\S+)$"),
        ("CHANGELOG.md", r"^## \[(\d\S*)\] - \d{4}-\d{2}-\d{2}$"),
    ):
        found = re.search(pattern, (root / name).read_text(encoding="utf-8"), re.MULTILINE)
        said[name] = found and found[1]
    return said


def refusal(root):
    """Why this checkout cannot be released as it is; None if it can."""
    said = versions(root)
    if len(set(said.values())) > 1:
        listed = ", ".join(f"{name} says {version}" for name, version in said.items())
        return f"the versions differ: {listed}. Write the same one into each"
    dirty = git(root, "status", "--porcelain").splitlines()
    if dirty:
        listed = ", ".join(line[3:] for line in dirty[:3])
        return f"{len(dirty)} file(s) are not committed ({listed}): commit or remove them first"
    return None


def git(root, *words):
    """What git says."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepError(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout


def clone(root):
    """The last commit in an empty folder, without anything that git ignores."""
    folder = root / "_build" / "release"
    shutil.rmtree(folder, ignore_errors=True)
    git(root, "clone", "--quiet", "--no-hardlinks", root, folder)
    return folder


def prove(root, made=MADE):
    """Make everything in a clone; return the seconds of each command."""
    if reason := refusal(root):
        raise StepError(reason)
    folder, seconds = clone(root), {}
    names = " ".join(sorted(p.stem[5:] for p in (folder / TESTS).glob("test_*.py")))
    for words, limit in made:
        words = [word.format(names) for word in words]
        name = " ".join(["make", words[0], *(w for w in words[1:] if "NAME" not in w)])
        print(f"\n{name} ...", flush=True)
        began = time.monotonic()
        command = [sys._base_executable, "tools/make.py", *words]  # as a stranger would
        done = subprocess.run(command, cwd=folder, env=clean_environment(), check=False)
        if done.returncode:
            raise StepError(f"{name} ended with {done.returncode}, in {folder}")
        seconds[name] = (time.monotonic() - began, limit)
    return seconds


def table(seconds):
    """The minutes of each command beside its limit."""
    lines = []
    for name, (took, limit) in seconds.items():
        over = "" if limit is None or took <= 60 * limit else f"  over its limit of {limit}"
        lines.append(f"{name:<30} {took / 60:5.1f} min{over}")
    return "\n".join(lines)


def main(names):
    """Prove the release; or run some of its large tests in this checkout."""
    if names:
        chosen = [f"{TESTS}/test_{name}.py" for name in names]
        return subprocess.call([sys.executable, "-m", "pytest", "-s", *chosen], cwd=ROOT)
    try:
        seconds = prove(ROOT)
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{table(seconds)}\n{versions(ROOT)['CITATION.cff']} can be released: `make test` next")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
