"""What this machine lacks before anything is downloaded, and the cure of each lack.

Standard library only, and no syntax newer than Python 3.8: it must be able to say "too old".
"""

import importlib.util
import os
import platform
import shutil
import struct
import sys
import sysconfig
from collections import namedtuple

# The lock files install on these: `make lock` proves it for each of them.
PYTHONS = ((3, 11), (3, 12), (3, 13))
SERVED = {
    "Linux": ("x86_64", "aarch64"),
    "Darwin": ("arm64",),
    "Windows": ("AMD64",),
}
GLIBC, MACOS = (2, 28), (14, 0)
LEAST_GB = 5  # the environment and what is unpacked on the way
CUDA_GB = 12  # where the index gives torch for NVIDIA's GPUs, as the public one does on Linux
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

Facts = namedtuple(
    "Facts",
    "implementation version free_threaded bits has_venv system machine system_version free_gb "
    "others browser compiler",
)


def facts(folder):
    """Look at this machine and at the Python that runs."""
    system = platform.system()
    return Facts(
        implementation=platform.python_implementation(),
        version=tuple(sys.version_info[:3]),
        free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        bits=8 * struct.calcsize("P"),
        has_venv=all(map(importlib.util.find_spec, ("venv", "ensurepip"))),
        system=system,
        machine=platform.machine(),
        system_version=_system_version(system),
        free_gb=shutil.disk_usage(str(folder)).free / 1e9,
        others=tuple(filter(shutil.which, map("python{0[0]}.{0[1]}".format, PYTHONS))),
        browser=next(filter(None, map(shutil.which, BROWSERS)), None),
        compiler=shutil.which("cc") or shutil.which("gcc"),
    )


def _system_version(system):
    """Return the version of glibc or macOS, or None."""
    if system == "Darwin":
        text = platform.mac_ver()[0]
    elif system == "Linux":
        try:
            text = os.confstr("CS_GNU_LIBC_VERSION").split()[1]  # "glibc 2.36"
        except (AttributeError, IndexError, OSError, ValueError):
            return None  # musl knows no such name
    else:
        return None
    return tuple(map(int, text.split(".")[:2])) if text else None


def lacks(seen, tests=False):
    """List what stands in the way, the most basic first."""
    found = [*_of_python(seen), *_of_system(seen)]
    if seen.free_gb < LEAST_GB:
        found.append(
            f"Only {seen.free_gb:.1f} GB are free here, and the environment needs about "
            f"{LEAST_GB}. Free some space, or clone on another disk."
        )
    if tests and not seen.browser:
        found.append(
            "No Chromium is found (" + ", ".join(BROWSERS) + "), and the built pages are tested in "
            "it. Debian: sudo apt install chromium; macOS: brew install --cask chromium; "
            "or leave the pages out: make test FAST=1."
        )
    if tests and (seen.system, seen.machine) == ("Linux", "aarch64") and not seen.compiler:
        found.append(
            "The tests need a C compiler on Linux aarch64: pytrec_eval-terrier has no wheel there. "
            "Debian: sudo apt install build-essential."
        )
    return found


def _of_python(seen):
    """List what is wrong with the Python that runs."""
    number = ".".join(map(str, seen.version))
    short = "{}.{}".format(*seen.version)
    if seen.implementation != "CPython" or seen.free_threaded:
        kind = seen.implementation if seen.implementation != "CPython" else "a free-threaded Python"
        return [f"This is {kind}, for which torch has no wheel. {_another(seen)}"]
    if seen.version[:2] not in PYTHONS:
        old = seen.version[:2] < PYTHONS[0]
        return [
            f"This is Python {number}, which is too {'old' if old else 'new'}: the versions that "
            f"the book is proved with are for 3.11, 3.12 and 3.13. {_another(seen)}"
        ]
    if seen.bits != 64:
        return [f"This is a {seen.bits}-bit Python; torch needs a 64-bit one. {_another(seen)}"]
    if not seen.has_venv:
        return [
            f"This Python {short} cannot make virtual environments. Debian, Ubuntu: sudo apt "
            f"install python{short}-venv"
        ]
    return []


def _another(seen):
    """Say how to name or get a suitable Python."""
    if seen.system == "Windows":
        return (
            "Install 64-bit Python 3.11 from python.org (or: winget install Python.Python.3.11), "
            "then: py -3.11 tools/make.py book"
        )
    if seen.others:
        return f"Name another: make book PYTHON={seen.others[0]}"
    return (
        "Install Python 3.11 (Debian: sudo apt install python3 python3-venv; macOS: brew install "
        "python@3.11), then: make book PYTHON=python3.11"
    )


def _of_system(seen):
    """List what is wrong with the operating system or the processor."""
    if seen.machine not in SERVED.get(seen.system, ()):
        where = f"{seen.system} {seen.machine}"
        cure = "Open the pages on Colab, or use a machine with Linux (x86-64, aarch64)."
        if seen.system == "Darwin":
            where = "an Intel Mac, or an Intel Python on Apple silicon"
            cure = (
                "On Apple silicon install a native Python: brew install python@3.11. On an Intel "
                "Mac open the pages on Colab, or use Linux in a virtual machine."
            )
        elif seen.system == "Windows":
            cure = "Install the 64-bit (x64) Python 3.11 from python.org, which runs there too."
        return [f"torch has no wheel for {where}. {cure}"]
    if seen.system == "Linux" and (seen.system_version or (0, 0)) < GLIBC:
        is_old = seen.system_version is not None
        what = "glibc {}.{}".format(*seen.system_version) if is_old else "musl, as Alpine has it,"
        return [
            f"torch needs glibc 2.28 or newer, and this system has {what}. Use Debian 10, "
            "Ubuntu 20.04 or anything newer, for example in a container: python:3.11"
        ]
    if seen.system == "Darwin" and (seen.system_version or (0, 0)) < MACOS:
        number = ".".join(map(str, seen.system_version or ("unknown",)))
        return [f"torch needs macOS 14 or newer, and this is {number}. Update macOS."]
    return []


def warnings(seen):
    """List what does not stand in the way and may surprise."""
    if seen.system == "Linux" and LEAST_GB <= seen.free_gb < CUDA_GB:
        return [
            f"{seen.free_gb:.0f} GB are free here. If your package index gives torch with CUDA, "
            f"the environment needs about {CUDA_GB}."
        ]
    return []
