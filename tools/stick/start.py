"""What the start scripts of the stick call: make the environment from the stick, then open it.

    lab      open the pages in JupyterLab (this is meant where no word is given)
    site     open the built pages in the browser
    setup    make the environment and bring everything to the disk, and open nothing
    check    say which file of the stick is altered, missing or added
    python   run the environment's Python: python -m plmrec_lite doctor

The stick is only read. Everything goes to one folder of the reader's disk, plmrec-book in the home
folder or the one named by --to; with it the stick is needed no more.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

import checksums
import machine
import steps
import whole_folder as whole

HERE = Path(__file__).absolute().parent
STICK = HERE.parent
WORK, PARTS = "plmrec-book", ("source", "data", "site", "start")
BROUGHT = "brought.json"
COMMANDS = ("lab", "site", "setup", "check", "python")


def place_of(seen):
    """Name the wheels that a machine takes, such as ``linux-3.11``."""
    systems = {
        (system, processors[0]): {"Darwin": "macos"}.get(system, system.lower())
        for system, processors in machine.SERVED.items()
    }
    system = systems.get((seen.system, seen.machine), f"{seen.system} {seen.machine}")
    return "{}-{}.{}".format(system, *seen.version[:2])


def work_folder(chosen=None):
    """Return the folder on the reader's disk: the chosen one, or the first that can be written."""
    if not (STICK / "wheels").is_dir():
        return STICK  # this is that folder: the stick is not needed any more
    homes = [Path.home(), STICK.parent, Path(tempfile.gettempdir())]
    candidates = [Path(chosen).absolute()] if chosen else [home / WORK for home in homes]
    for folder in candidates:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=str(folder)):
                return folder
        except OSError:
            continue
    raise steps.StepError(
        f"no folder can be written: {', '.join(map(str, candidates))}. Name one on your own disk: "
        "--to FOLDER"
    )


def to_bring(work):
    """List what the stick has for the disk, name and hash, and what was brought before."""
    listed = checksums.read(STICK)
    wanted = {name: sha for name, sha in listed.items() if "/" not in name or _part(name) in PARTS}
    try:
        before = json.loads((work / BROUGHT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    return wanted, before


def is_brought(work):
    """Tell whether the disk has all that this stick has for it."""
    wanted, before = to_bring(work)
    return work == STICK or (before == wanted and all((work / n).is_file() for n in wanted))


def bring(work):
    """Copy pages, data and site from the stick; what the reader has changed stays."""
    print("Copying pages, data and site ...", flush=True)
    wanted, before = to_bring(work)
    for name, sha in wanted.items():
        target = work / name
        there = checksums.sha256_of(target) if target.is_file() else None
        if there in (None, before.get(name)) and there != sha:
            _copy(name, sha, target)
        elif there != sha:
            print(f"{target} stays as you have changed it")
    unfinished = work / f"{BROUGHT}.part"
    unfinished.write_text(json.dumps(wanted), encoding="utf-8")
    os.replace(str(unfinished), str(work / BROUGHT))


def _part(name):
    """Return the folder of the stick in which a file lies."""
    return name.partition("/")[0]


def _copy(name, sha, target):
    """Copy a file and check it on the way; no half of it is ever in its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        shutil.copyfile(str(STICK / name), str(unfinished))
    except FileNotFoundError:
        raise steps.StepError(f"missing  {name}\n{checksums.CURE}") from None
    if checksums.sha256_of(unfinished) != sha:
        unfinished.unlink()
        raise steps.StepError(f"altered  {name}\n{checksums.CURE}")
    if target.suffix in (".sh", ".command"):
        unfinished.chmod(0o755)
    os.replace(str(unfinished), str(target))


def python_of(work):
    """Return the Python of the environment."""
    place = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return work.joinpath("env", *place)


def wheels_for(place):
    """Read which packages a place takes: the file for pip, and the names of the wheels."""
    file = STICK / "wheels" / f"{place}.txt"
    if not file.is_file():
        made = sorted(path.stem for path in file.parent.glob("*.txt"))
        system, _, number = place.rpartition("-")
        raise steps.StepError(
            f"This machine is {system} with Python {number}, and this stick has packages for "
            f"{', '.join(made)}. Ask for a stick that has them, or read the pages: open "
            "site/index.html."
        )
    lines = file.read_text(encoding="utf-8").splitlines()
    return file, ["wheels/" + line.rpartition("# ")[2] for line in lines if "--hash" in line]


def make_environment(work, held, seen):
    """Make the environment from the stick's wheels alone, unless it is there and whole."""
    if not (STICK / "wheels").is_dir():
        if whole.read_stamp(work / "env"):
            return
        raise steps.StepError(
            f"{work / 'env'} is not whole. Put the stick in, and run the start script there."
        )
    file, names = wheels_for(place_of(seen))
    folder = work / "env"
    made_from = {
        "packages": hashlib.sha256(file.read_bytes()).hexdigest(),
        "python": sys.version,
        "folder": os.path.realpath(str(folder)),
    }
    if whole.read_stamp(folder) == made_from:
        return
    held.take(alone=True)
    if whole.read_stamp(folder) == made_from:  # another start has made it meanwhile
        return
    lacks = machine.lacks(seen._replace(has_venv=True))
    if lacks:
        raise steps.StepError("\n".join(lacks))
    print(f"Reading {len(names)} packages on the stick ...", flush=True)
    names.append(f"wheels/{file.name}")
    wrong = checksums.faults(STICK, names)
    if wrong:
        raise steps.StepError("\n".join([*wrong, checksums.CURE]))
    print(f"Making the environment in {folder}: some minutes the first time ...", flush=True)
    whole.begin(folder)
    maker = getattr(sys, "_base_executable", None) or sys.executable
    installer = next(STICK / name for name in names if name.startswith("wheels/pip-")) / "pip"
    alone = ["--no-index", "--no-deps", "--only-binary=:all:", "--require-hashes", "--no-cache-dir"]
    alone += ["--find-links", STICK / "wheels", "--quiet", "--no-warn-script-location"]
    for command in (
        [maker, "-m", "venv", "--without-pip", folder],
        [python_of(work), installer, "install", *alone, "-r", file],
    ):
        steps.check(steps.run(command, work), f"{folder} is not whole, and the next start makes it")
    whole.finish(folder, made_from)
    print("The environment is ready; the stick can go to the next person.", flush=True)


def keep_out():
    """Let no setting of the reader's pip or Python reach the environment."""
    for name in [n for n in os.environ if n.startswith("PIP_") or n in steps.LEAKS]:
        del os.environ[name]
    os.environ.update(PIP_CONFIG_FILE=os.devnull, PIP_DISABLE_PIP_VERSION_CHECK="1")


def run(work, *words):
    """Run the environment's Python in the folder of the source; end as it ends."""
    command = [str(python_of(work)), *map(str, words)]
    variables = {**os.environ, "PLMREC_HOME": str(work / "data")}
    signal.signal(signal.SIGINT, lambda number, frame: None)  # it reaches the child, which decides
    with subprocess.Popen(command, cwd=str(work / "source"), env=variables) as child:
        signal.signal(signal.SIGTERM, lambda number, frame: child.terminate())
        code = child.wait()
    return code if code >= 0 else 128 - code


def start(options):
    """Do what a word of the command line asks; return the status."""
    if options.what == "check":
        if not (STICK / "wheels").is_dir():
            raise steps.StepError("Run `check` in the folder of the stick: only there is the list.")
        return checksums.main(STICK)
    if options.what == "site":
        address = (STICK / "site" / "index.html").as_uri()
        if not webbrowser.open(address):
            print(f"Open this in a browser: {address}")
        return 0
    keep_out()
    work = work_folder(options.to)
    with whole.hold(work, "environment", alone=False, doing="start") as held:
        make_environment(work, held, machine.facts(work))
        if not is_brought(work):
            held.take(alone=True)
            bring(work)
        held.take(alone=False)
        if options.what == "setup":
            print(f"Everything is in {work}. To open it: the start script there, or this one.")
            return 0
        if options.what == "python":
            return run(work, *options.words)
        return run(work, "-m", "jupyterlab", "--notebook-dir=book", *options.words)


def main(arguments=None):
    """Read the command line, and say in one line what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--to", metavar="FOLDER", help=f"instead of {WORK} in the home folder")
    parser.add_argument("what", nargs="?", default="lab", choices=COMMANDS)
    parser.add_argument("words", nargs=argparse.REMAINDER, help="what to hand on")
    try:
        return start(parser.parse_args(arguments))
    except (steps.StepError, whole.ForeignFolderError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the next start goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
