"""Make the stick: one folder, and a zip of it, for a classroom without a network.

    python tools/make_stick.py --platform linux macos --pythons 3.11 3.12

It holds the built site, the source of pages and library, the data, wheels, a start script for each
system, and the hash of every file. It is made beside the old one and put in its place when whole.
"""

import argparse
import html
import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import checksums
import stick_wheels
import whole_folder as whole
from steps import StepError, check, run

from plmrec_lite import __version__
from plmrec_lite.data import DATASETS, cache_home, find_cached

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ("book", "plmrec_lite", "tools")
SOURCE_FILES = ("LICENSE", "README.md", "CITATION.cff", "pyproject.toml", "requirements.lock")
SOURCE_FILES += ("_toc.yml", "_config.yml")
# What the start script needs of the tools.
ON_THE_STICK = ("checksums.py", "machine.py", "steps.py", "whole_folder.py")
SCRIPTS = {"start.sh": 0o755, "start.command": 0o755, "start.bat": 0o644}
# The kit holds answers of exercises and of the exam, for those who teach.
LITTER = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info", "_build", "kit")
SYSTEM_NAMES = {
    "linux": "Linux (x86-64)",
    "macos": "macOS 14 or newer (Apple silicon)",
    "windows": "Windows (64-bit)",
}


def make_stick(root, platforms, pythons, edition=""):
    """Make ``_build/stick`` and ``_build/stick.zip``, of the book or of an edition; return both."""
    places = stick_wheels.places_named(platforms, pythons)  # a wrong word fails first
    target, fresh = root / "_build" / "stick", root / "_build" / "unfinished-stick"
    house, site = root / "_build" / "wheels", root / "_build" / "html"
    pages, word = root, ""
    if edition:
        site = root / "_build" / f"html-{edition}"
        pages, word = root / "_build" / "editions" / edition, f" EDITION={edition}"
    if not ((site / "index.html").is_file() and (pages / "book").is_dir()):
        raise StepError(f"{site.relative_to(root)} is not there: run `make book{word}`")
    whole.throw_away(fresh, ours=True)
    fresh.mkdir(parents=True)
    house.mkdir(exist_ok=True)
    print("Copying the site, the source and the data ...", flush=True)
    shutil.copytree(site, fresh / "site", ignore=LITTER)
    put_source(root, pages, fresh / "source")
    put_data(fresh / "data")
    known = put_wheels(root, places, house, fresh / "wheels")
    put_start(root, fresh, platforms, pythons)
    put_page(root, fresh, platforms, pythons)
    print("Writing the checksums ...", flush=True)
    checksums.write(fresh, known)
    whole.throw_away(target, ours=True)
    os.rename(fresh, target)
    print("Writing the zip ...", flush=True)
    return target, zipped(target)


def put_source(root, pages, folder):
    """Copy what the library is made of, and the pages, which may be those of an edition."""
    for name in SOURCE:
        shutil.copytree((pages if name == "book" else root) / name, folder / name, ignore=LITTER)
    for name in SOURCE_FILES:
        shutil.copyfile((pages if name.startswith("_") else root) / name, folder / name)


def put_data(folder):
    """Copy the files of the data sets, and nothing else that the cache holds."""
    for name, record in DATASETS.items():
        if record.on_request:
            continue
        files = find_cached(name)
        if files is None:
            raise StepError(f"{name} is not in the cache {cache_home()}: run `make data`")
        for short, path in files.items():
            (folder / name / short).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name / short)


def put_wheels(root, places, house, folder):
    """Bring the wheels of each place, and the list of each for pip; return the hashes by name."""
    folder.mkdir()
    own = own_wheel(root, folder)
    known = {}
    for name, place in places.items():
        print(f"Fetching the wheels for {name} ...", flush=True)
        wheels = stick_wheels.gather(root, place, house)
        for wheel in wheels:
            if not (folder / wheel.file).exists():
                _link_or_copy(house / wheel.file, folder / wheel.file)
            known[f"wheels/{wheel.file}"] = wheel.sha256
        text = stick_wheels.requirements([*wheels, own])
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return known


def own_wheel(root, folder):
    """Build the library's wheel, from a copy: the build leaves files beside the source."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "source"
        shutil.copytree(root / "plmrec_lite", copy / "plmrec_lite", ignore=LITTER)
        for file in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(root / file, copy / file)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
        done = run([*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", folder, copy], root)
        check(done, "the library's own wheel was not built")
    [path] = folder.glob("plmrec_lite-*.whl")
    return stick_wheels.Wheel("plmrec-lite", __version__, path.name, checksums.sha256_of(path), ())


def _link_or_copy(source, target):
    """Put a file in a second place, without a second copy where the disk allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def put_start(root, stick, platforms, pythons):
    """Write the start scripts, which name the Pythons of this stick."""
    folder = stick / "start"
    folder.mkdir()
    for name in ON_THE_STICK:
        shutil.copyfile(root / "tools" / name, folder / name)
    for name in ("start.py", "suits.py"):
        shutil.copyfile(root / "tools" / "stick" / name, folder / name)
    made = {"version": __version__, "platforms": platforms, "pythons": pythons}
    (folder / "stick.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
    for name, mode in SCRIPTS.items():
        text = (root / "tools" / "stick" / name).read_text(encoding="utf-8")
        text = text.replace("@PYTHONS@", " ".join(pythons))
        if name.endswith(".bat"):
            text = text.replace("\n", "\r\n")
        (stick / name).write_bytes(text.encode("ascii"))
        (stick / name).chmod(mode)


def put_page(root, stick, platforms, pythons):
    """Write the page that says what to do, with the licence of each data set."""
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(record.title)}</td>"
        f"<td>{html.escape(record.licence)}</td></tr>\n"
        for name, record in DATASETS.items()
        if not record.on_request
    )
    text = (root / "tools" / "stick" / "READ-ME-FIRST.html").read_text(encoding="utf-8")
    for word, value in {
        "@VERSION@": __version__,
        "@PYTHONS@": " or ".join(pythons),
        "@SYSTEMS@": ", ".join(SYSTEM_NAMES[word] for word in platforms),
        "@LICENCES@": rows,
    }.items():
        text = text.replace(word, value)
    (stick / "READ-ME-FIRST.html").write_text(text, encoding="utf-8")


def zipped(stick):
    """Pack the stick; wheels and data are packed already, so they are stored as they are."""
    path = stick.with_suffix(".zip")
    unfinished = stick.with_name("unfinished-stick.zip")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
        for name in [checksums.LIST, *checksums.files_in(stick)]:
            is_text = name.startswith(("site/", "source/"))
            how = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            archive.write(stick / name, f"{stick.name}/{name}", how)
    os.replace(unfinished, path)
    return path


def main(arguments=None):
    """Make the stick, and say how large it is and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--platform", nargs="+", default=["linux"], help="linux, macos, windows")
    here = "{}.{}".format(*sys.version_info[:2])
    parser.add_argument("--pythons", nargs="+", default=[here], help=f"3.11 ...; default {here}")
    parser.add_argument("--edition", default="", help="student; the book where none is given")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        stick, archive = make_stick(ROOT, options.platform, options.pythons, options.edition)
    except (StepError, whole.ForeignFolderError) as error:
        print(error, file=sys.stderr)
        return 1
    sizes = [(stick / name).stat().st_size for name in checksums.files_in(stick)]
    minutes = (time.monotonic() - began) / 60
    print(
        f"The stick is ready after {minutes:.1f} minutes: {stick.relative_to(ROOT)}, "
        f"{len(sizes)} files, {sum(sizes) / 1e9:.2f} GB; "
        f"{archive.relative_to(ROOT)}, {archive.stat().st_size / 1e9:.2f} GB.\n"
        f"It is for {', '.join(SYSTEM_NAMES[p] for p in options.platform)}, "
        f"Python {', '.join(options.pythons)}. Read in the book: teach/workshop."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
