"""A folder that is whole or is made anew, and one `make` at a time that makes it.

A stamp inside the folder says what it was made from. It says nothing from before the first file
until after the last one, so that whatever ends the making (Ctrl-C, a kill, a full disk)
leaves a folder that the next run makes anew.
"""

import contextlib
import json
import os
import shutil
import sys
import time
from pathlib import Path

STAMP = "made-by-make.json"
LOCKS, SCRAP = ".make", ".scrap-"
WAIT_S = 0.2


class ForeignFolderError(Exception):
    """There is a folder of that name which `make` has not made."""


def read_stamp(folder):
    """Read what `finish` was given; None if the folder is missing, half-made or not ours."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def begin(folder, keep=False, ours=False):
    """Start a folder that is not whole: a new one, or, to add to it, what is there (``keep``).

    ``ours`` says that what is there is ours without a stamp.
    """
    if not keep:
        throw_away(folder, ours)
        folder.mkdir(parents=True)
    _write(folder, None)


def finish(folder, made_from):
    """Mark a folder as whole, with what it was made from: strings, numbers, None."""
    _write(folder, made_from)


def _write(folder, stamp):
    """Replace the stamp in one step."""
    unfinished = folder / f"{STAMP}.{os.getpid()}"
    unfinished.write_text(json.dumps(stamp, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(str(unfinished), str(folder / STAMP))


def throw_away(folder, ours=False):
    """Remove a folder, if it is there and ours: out of the way in one step, then file by file."""
    scrap = folder.with_name(f"{SCRAP}{folder.name}")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ForeignFolderError(
            f"{folder} is a link or a file, not a folder that make has made: remove it"
        )
    if folder.exists():
        there = [path.name for path in folder.iterdir()]
        if there and not ours and not any(name.startswith(STAMP) for name in there):
            raise ForeignFolderError(
                f"{folder} is there and was not made by make: move it away, or remove it if you "
                "do not need it"
            )
        scrap.mkdir(parents=True, exist_ok=True)
        place = scrap / str(time.time_ns())
        try:
            os.rename(str(folder), str(place))
        except OSError as error:
            raise ForeignFolderError(
                f"{folder} cannot be replaced ({error.strerror}): close what uses it, such as "
                "JupyterLab or an editor, and run this again"
            ) from error
    shutil.rmtree(str(scrap), ignore_errors=True)


@contextlib.contextmanager
def hold(root, name, alone, doing):
    """Hold one of the book's locks: alone to make something, or with others to use it.

    The system releases it when the process is gone, however it ends, and every child to which it
    was `inherited`, which may live on after a kill.
    """
    (root / LOCKS).mkdir(exist_ok=True)
    path = root / LOCKS / f"{name}.lock"
    path.touch()
    with open(str(path), "r+", encoding="utf-8") as file:
        held = Held(file, path, doing)
        _HELD.append(file.fileno())
        try:
            held.take(alone)
            yield held
        finally:
            _HELD.remove(file.fileno())


_HELD = []


def inherited():
    """Return the file descriptors that a child must hold on to (``pass_fds``); none on Windows."""
    return tuple(_HELD) if os.name == "posix" else ()


class Held:
    """A lock in the hands of this process."""

    def __init__(self, file, path, doing):
        self._file, self._doing = file, doing
        self._note = Path(f"{path}.holder")

    def take(self, alone):
        """Take the lock, alone or with others, and wait for it if need be."""
        told = False
        _let_go(self._file)
        while not _try_lock(self._file, alone):
            if not told:
                print(f"waiting for {self._holder()} ...", file=sys.stderr, flush=True)
                told = True
            time.sleep(WAIT_S)
        if alone or not self._note.exists():
            self._note.write_text(f"`{self._doing}` (process {os.getpid()})", encoding="utf-8")

    def _holder(self):
        """Say who holds it."""
        try:
            return self._note.read_text(encoding="utf-8")
        except OSError:
            return "another make in this folder"


if os.name == "nt":
    import msvcrt

    def _let_go(file):
        """Give the lock back, if it is held."""
        file.seek(0)
        with contextlib.suppress(OSError):  # it was not held
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

    def _try_lock(file, alone):
        """Try to take a lock; there is no shared one here, so only who makes something has it."""
        file.seek(0)
        with contextlib.suppress(OSError):  # another has it
            if alone:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        return False
else:
    import fcntl

    def _let_go(file):
        """Give the lock back, if it is held."""
        fcntl.flock(file, fcntl.LOCK_UN)

    def _try_lock(file, alone):
        """Try to take a lock, alone or with others; return whether it worked."""
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
