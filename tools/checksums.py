"""SHA256SUMS: what a folder must hold, and which of its files are altered, missing or added.

    python3 checksums.py FOLDER        says so of each file, and ends with 1 if one is wrong

Standard library only, and no syntax newer than Python 3.8: it also lies on the stick.
"""

import hashlib
import os
import sys
from pathlib import Path

LIST = "SHA256SUMS"
BLOCK = 1 << 20
# What systems leave on a disk that they have opened.
LEFT_BY_SYSTEMS = {
    *(".DS_Store", ".Spotlight-V100", ".Trashes", ".fseventsd", "Thumbs.db", "desktop.ini"),
    *("System Volume Information", "$RECYCLE.BIN", "__pycache__"),
}
EXTRA = "extra"  # a folder for what a lecturer adds, such as an installer of Python
CURE = (
    "Cure: copy a file that is altered or missing from another stick, or unpack stick.zip again; "
    "remove a file that was added, or put it into the folder 'extra'."
)


def sha256_of(path):
    """Hash a file, block by block."""
    found = hashlib.sha256()
    with open(str(path), "rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            found.update(block)
    return found.hexdigest()


def files_in(folder):
    """List the files below a folder, as names with slashes, but for the list and `extra`."""
    found = []
    for place, folders, names in os.walk(str(folder)):
        here = Path(place).relative_to(folder)
        folders[:] = sorted(n for n in folders if not _is_left(n) and here / n != Path(EXTRA))
        found += [(here / n).as_posix() for n in names if not _is_left(n)]
    return sorted(name for name in found if name != LIST)


def _is_left(name):
    """Tell what a system left; macOS writes ._NAME beside NAME on a disk of another system."""
    return name in LEFT_BY_SYSTEMS or name.startswith("._")


def write(folder, known=None):
    """Write the list of a folder; ``known`` holds hashes that need no second reading."""
    known = known or {}
    lines = [f"{known.get(n) or sha256_of(folder / n)}  {n}\n" for n in files_in(folder)]
    (folder / LIST).write_bytes("".join(lines).encode("utf-8"))


def read(folder):
    """Read the list of a folder: the hash of each name; none where there is no list."""
    try:
        text = (folder / LIST).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return {}
    return {name: sha for sha, _, name in (line.partition("  ") for line in text.splitlines())}


def faults(folder, names=None):
    """List what is wrong, one line a file; with ``names`` look at these alone."""
    listed = read(folder)
    if not listed:
        return [f"missing  {LIST}"]
    found = []
    for name in sorted(listed) if names is None else names:
        path = folder / name
        if name not in listed:
            found.append(f"added    {name}")
        elif not path.is_file():
            found.append(f"missing  {name}")
        elif sha256_of(path) != listed[name]:
            found.append(f"altered  {name}")
    if names is None:
        found += [f"added    {name}" for name in files_in(folder) if name not in listed]
    return found


def main(folder):
    """Check a folder; return 1 if something is wrong."""
    print(f"Reading {len(read(folder))} files ...", flush=True)
    found = faults(folder)
    print("\n".join([*found, CURE]) if found else "Every file is there, and as it was made.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").absolute()))
