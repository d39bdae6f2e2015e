"""Resolve the lock files from pyproject.toml, and prove that they install where README says.

`uv` resolves once for all systems and Pythons; `pip` then finds a wheel of every package for each
of them, by the metadata of the index. Nothing but metadata is downloaded.
"""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import machine
from environment import READING, TESTING
from steps import check, run

# torch stays: every number in the book comes from it. setuptools installs the library itself.
CONSTRAINTS = "torch==2.13.0\nsetuptools>=77\n"
# The torch wheel brings its CUDA packages where it needs them, and pins them itself.
LEFT_TO_TORCH = re.compile(r"(nvidia-|cuda-|triton\b)")
# No wheel there, so that a C compiler is needed; only the tests use it (see machine.lacks).
FROM_SOURCE = {("pytrec-eval-terrier", "Linux", "aarch64")}
HEADS = {
    READING: "# What reading and building the book takes, exactly. Made by `make lock`.\n"
    "# After each #: the Pythons that the release is for.\n",
    TESTING: "# What the tests and benchmarks take beside it, exactly. Made by `make lock`.\n"
    f"-r {READING}\n",
}


def lock(root, upgrade=False):
    """Write both lock files; versions that are locked stay unless ``upgrade``."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
        _step([sys.executable, "-m", "venv", folder / "venv"], root)
        _step([python, "-m", "pip", "install", "--quiet", "-U", "pip", "uv", "packaging"], root)
        (folder / "constraints").write_text(CONSTRAINTS, encoding="utf-8")
        everything = folder / "test.txt"
        old = [] if upgrade else [r for file in (READING, TESTING) for r in pins(root / file)]
        everything.write_text("\n".join(old), encoding="utf-8")
        _resolve(python, root, "test", everything)
        reading = folder / "book.txt"
        reading.write_text(everything.read_text(encoding="utf-8"), encoding="utf-8")
        _resolve(python, root, "book", reading)
        served = _served(python, root, everything)
        names = {pin.partition("==")[0] for pin in pins(reading)}
        told = prove(python, root, served, folder)
        lines = {READING: [], TESTING: []}
        for line in served:
            package = line.partition("==")[0]
            lines[READING if package in names else TESTING].append(f"{line}  # {told[package]}")
        for file, found in lines.items():
            (root / file).write_text(HEADS[file] + "\n".join(found) + "\n", encoding="utf-8")
            print(f"wrote {file}: {len(found)} packages")


def pins(path):
    """Read the requirements of a lock file, without comments and markers."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return re.findall(r"^[\w.-]+==[\w.!+-]+", text, re.MULTILINE)


def _resolve(python, root, extra, file):
    """Let uv resolve one extra for every system; the versions in the file stay if they can."""
    options = ["--universal", "--fork-strategy", "fewest", "--no-header", "--no-annotate"]
    least = "{}.{}.0".format(*machine.PYTHONS[0])
    options += ["--python-version", least, "--constraint", file.parent / "constraints"]
    command = [python, "-m", "uv", "pip", "compile", *options, "--extra", extra, "-o", file]
    _step([*command, root / "pyproject.toml"], root, stdout=subprocess.DEVNULL)


SERVED_LINES = """
import json, sys
from packaging.requirements import Requirement
lines, places = json.load(sys.stdin)
kept = []
for line in lines:
    asked = Requirement(line)
    there = [asked.marker is None or asked.marker.evaluate(place) for place in places]
    if any(there):
        plain = f"{asked.name}{asked.specifier}"
        kept.append([plain if all(there) else f"{plain} ; {asked.marker}", there])
json.dump(kept, sys.stdout)
"""


def places():
    """List the systems and Pythons that README names, as the variables of markers."""
    platforms = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
    return [
        {
            "implementation_name": "cpython",
            "os_name": "nt" if system == "Windows" else "posix",
            "platform_machine": processor,
            "platform_python_implementation": "CPython",
            "platform_system": system,
            "python_full_version": "{}.{}.0".format(*number),
            "python_version": "{}.{}".format(*number),
            "sys_platform": platforms[system],
        }
        for system, machines in machine.SERVED.items()
        for processor, number in itertools.product(machines, machine.PYTHONS)
    ]


def _served(python, root, file):
    """Return the lines that some place takes, each with the places that take it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not LEFT_TO_TORCH.match(line)]
    done = subprocess.run(
        [str(python), "-c", SERVED_LINES],
        input=json.dumps([lines, places()]),
        capture_output=True,
        text=True,
        check=True,
        cwd=str(root),
    )
    return dict(json.loads(done.stdout))


def tags(place):
    """List the platform tags of wheels that a place takes, the best first."""
    processor = place["platform_machine"]
    if place["platform_system"] == "Windows":
        return ["win_amd64"]
    if place["platform_system"] == "Darwin":
        return ["macosx_{}_{}_arm64".format(*machine.MACOS)]
    minors = range(machine.GLIBC[1], 4, -1)
    old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    found = [f"manylinux_2_{minor}_{processor}" for minor in minors]
    return found + [f"{name}_{processor}" for name in old.values()] + [f"linux_{processor}"]


def prove(python, root, served, folder):
    """Find a wheel of every package for every place; return the Pythons that each is for.

    ``served`` holds the lines of the lock, each with the places that take it.
    """
    told = {}
    for number, place in enumerate(places()):
        where = f"{place['platform_system']} {place['platform_machine']}"
        print(f"proving for {where}, Python {place['python_full_version']} ...", flush=True)
        key = (place["platform_system"], place["platform_machine"])
        asked = [line.partition(" ;")[0] for line, there in served.items() if there[number]]
        asked = [line for line in asked if (line.partition("==")[0], *key) not in FROM_SOURCE]
        (folder / "asked").write_text("\n".join(asked), encoding="utf-8")
        options = ["--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:", "--quiet"]
        options += ["--target", folder / "none", "--python-version", place["python_full_version"]]
        options += [word for tag in tags(place) for word in ("--platform", tag)]
        report = folder / "report"
        command = [python, "-m", "pip", "install", *options, "-r", folder / "asked"]
        _step([*command, "--report", report], root, stderr=subprocess.PIPE)
        for found in json.loads(report.read_text(encoding="utf-8"))["install"]:
            data = found["metadata"]
            name = re.sub(r"[-_.]+", "-", data["name"]).lower()
            told[name] = data.get("requires_python") or "any"
    return told


def _step(command, root, **options):
    """Run a step; say what it said if it fails."""
    done = run(command, root, **options)
    if done.returncode and done.stderr:
        print(done.stderr.decode("utf-8", "replace"), file=sys.stderr)
    check(done, "the lock files are as they were")
