"""The check says what is missing before anything is downloaded, with a cure for each lack."""

import ast
import re
from pathlib import Path

import machine
import pytest

TOOLS = Path(machine.__file__).parent
GOOD = machine.Facts(
    implementation="CPython",
    version=(3, 11, 2),
    free_threaded=False,
    bits=64,
    has_venv=True,
    system="Linux",
    machine="x86_64",
    system_version=(2, 36),
    free_gb=50.0,
    others=("python3.12",),
    browser="/usr/bin/chromium",
    compiler=None,
)
MAC = {"system": "Darwin", "machine": "arm64", "system_version": (14, 5)}
WINDOWS = {"system": "Windows", "machine": "AMD64", "system_version": None}

LACKS = [
    ({"version": (3, 8, 18)}, "3.8.18, which is too old.*make book PYTHON=python3.12"),
    ({"version": (3, 10, 14), "others": ()}, "too old.*apt install python3 python3-venv"),
    ({"version": (3, 14, 0)}, "3.14.0, which is too new.*make book PYTHON=python3.12"),
    ({"version": (3, 9, 0), **WINDOWS}, r"py -3\.11 tools/make\.py book"),
    ({"implementation": "PyPy"}, "This is PyPy"),
    ({"free_threaded": True}, "free-threaded"),
    ({"bits": 32, **WINDOWS}, "32-bit.*Install 64-bit Python"),
    ({"has_venv": False}, r"apt install python3\.11-venv"),
    ({"machine": "riscv64"}, "no wheel for Linux riscv64"),
    ({"machine": "i686"}, "no wheel for Linux i686"),
    ({"system_version": None}, "musl.*python:3.11"),
    ({"system_version": (2, 27)}, "glibc 2.27"),
    ({**MAC, "machine": "x86_64"}, "Intel Mac.*brew install python@3.11.*Colab"),
    ({**MAC, "system_version": (13, 6)}, "macOS 14 or newer, and this is 13.6"),
    ({**WINDOWS, "machine": "ARM64"}, r"Windows ARM64.*\(x64\)"),
    ({"system": "FreeBSD"}, "no wheel for FreeBSD"),
    ({"free_gb": 4.9}, "Only 4.9 GB are free.*needs about 5"),
]


@pytest.mark.parametrize(
    "served", [{}, {"machine": "aarch64"}, MAC, WINDOWS, {"version": (3, 11, 0)}]
)
def test_a_machine_that_is_served_lacks_nothing(served):
    assert machine.lacks(GOOD._replace(**served)) == []


@pytest.mark.parametrize(("changed", "words"), LACKS)
def test_one_lack_is_named_with_its_cure(changed, words):
    [lack] = machine.lacks(GOOD._replace(**changed))
    assert re.search(words, lack), lack


def test_only_tests_need_a_browser_and_on_some_systems_a_compiler():
    bare = GOOD._replace(browser=None, machine="aarch64")
    assert machine.lacks(bare) == []
    browser, compiler = machine.lacks(bare, tests=True)
    assert "apt install chromium" in browser
    assert "make test FAST=1" in browser
    assert "build-essential" in compiler
    assert machine.lacks(GOOD, tests=True) == []


def test_all_lacks_are_told_at_once():
    both = machine.lacks(GOOD._replace(free_gb=1.0, has_venv=False))
    assert len(both) == 2


def test_little_room_is_a_warning_where_torch_may_bring_cuda():
    assert "about 12" in machine.warnings(GOOD._replace(free_gb=6.0))[0]
    assert machine.warnings(GOOD) == []
    assert machine.warnings(GOOD._replace(free_gb=6.0, **MAC)) == []


def test_this_machine_is_served(tmp_path):
    seen = machine.facts(tmp_path)
    assert machine.lacks(seen) == []
    assert seen.version[:2] in machine.PYTHONS
    assert seen.system_version >= machine.GLIBC or seen.system != "Linux"


def reached(name, found=None):
    """The modules of tools/ that a module imports when it is loaded, and itself."""
    found = found if found is not None else {}
    tree = ast.parse((TOOLS / f"{name}.py").read_text("utf-8"), feature_version=(3, 8))
    found[name] = tree
    for node in tree.body:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for other in names:
            if (TOOLS / f"{other}.py").is_file() and other not in found:
                reached(other, found)
    return found


def test_an_old_python_can_read_what_tells_it_so():
    found = reached("make")
    assert {"machine", "environment", "steps", "whole_folder", "build_book"} <= set(found)
    # Standard library of 3.8, and the one module that only some systems have.
    known = {"argparse", "contextlib", "fcntl", "hashlib", "importlib", "itertools", "json"}
    known |= {"collections", "msvcrt", "os", "pathlib", "platform", "re", "shlex", "shutil"}
    known |= {"signal", "struct", "subprocess", "sys", "sysconfig", "tempfile", "time"}
    for name, tree in found.items():
        loaded = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        for node in loaded:
            names = (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
            for other in names:
                inside = other == "tomllib" and name == "environment"
                assert inside or other.split(".")[0] in known | set(found), f"{name}: {other}"
