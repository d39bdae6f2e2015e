"""Bring a data set into the cache, once, and never use a file that is not what it should be.

An archive is fetched into a temporary folder, checked, unpacked, checked again, and only then moved
into place: a killed fetch leaves nothing that would be used, and two at once both end well.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import platformdirs

from plmrec_lite.data.sources.archives import ArchiveError, extract
from plmrec_lite.data.sources.downloads import download, sha256_of
from plmrec_lite.data.sources.package_index import AlteredError, SourceError
from plmrec_lite.data.sources.registry import dataset
from plmrec_lite.runtime import shell_command

STAGING = ".fetching-"
STALE_S = 24 * 3600  # a temporary folder this old was left by a fetch that was killed


class FetchError(OSError):
    """No source gave the data set; the message says which were tried, why each failed, the cure."""


class CacheError(OSError):
    """The cache folder cannot be used; the message names the folder and the cure."""


def cache_home():
    """Return the folder that holds the data sets, one folder each.

    Returns
    -------
    pathlib.Path; ``PLMREC_HOME`` if set, else the platform's user cache folder
    """
    chosen = os.environ.get("PLMREC_HOME", "").strip() or platformdirs.user_cache_dir("plmrec-lite")
    return Path(chosen).expanduser().absolute()


def find_cached(name):
    """Return a data set's files if the cache holds them, whole and unaltered; write nothing.

    Parameters
    ----------
    name : str; one of ``DATASETS``

    Returns
    -------
    dict of str to pathlib.Path; the files by name; None if one is missing or altered

    Raises
    ------
    ValueError: there is no such data set
    """
    folder = cache_home() / name
    for source in dataset(name).sources:
        if not _faults(folder, source):
            return {file.name: folder / file.name for file in source.files}
    return None


def fetch(name):
    """Return a data set's files: from the cache, else from the first source that has them.

    Parameters
    ----------
    name : str; one of ``DATASETS``

    Returns
    -------
    dict of str to pathlib.Path; the files by name, which depend on the source that gave them

    Raises
    ------
    ValueError: there is no such data set
    FetchError: no source can be used
    CacheError: the cache folder cannot be written, or its disk is full

    Examples
    --------
    >>> sorted(fetch("film-synopses"))
    ['movie_summaries.json']
    """
    record = dataset(name)
    folder = cache_home() / name
    try:
        if files := find_cached(name):
            return files
        tried = [f"the cache, {folder}: {_cache_state(folder, record)}"]
        if folder.is_dir():
            print(f"{name}: {tried[0]}", file=sys.stderr)
        for source in record.sources:
            print(f"{name}: fetching {source.where}", file=sys.stderr)
            try:
                _bring(source, folder)
            except (SourceError, ArchiveError) as error:
                tried.append(f"{source.where}: {error}")
                print(f"{name}: {error}", file=sys.stderr)
            else:
                return {file.name: folder / file.name for file in source.files}
    except OSError as error:
        raise _cache_error(error, folder, record) from error
    raise FetchError(
        f"{name} could not be fetched. Tried:\n"
        + "".join(f"  - {line}\n" for line in tried)
        + f"Cure: run `{shell_command('data', name)}` when online. To work without a network, copy "
        f"the folder {cache_home()} from a machine where that command has run, and set "
        "PLMREC_HOME to the copy."
    )


def _faults(folder, source):
    """List what is wrong with the files of one source in the cache."""
    faults = []
    for file in source.files:
        path = folder / file.name
        if not path.is_file():
            faults.append(f"no {file.name}")
        elif (found := sha256_of(path)) != file.sha256:
            faults.append(f"{file.name} is altered (expected sha256 {file.sha256}, found {found})")
    return faults


def _cache_state(folder, record):
    """Say in one line why the cache does not serve."""
    if not folder.is_dir():
        return "nothing there"
    return ", ".join(min((_faults(folder, source) for source in record.sources), key=len))


def _bring(source, folder):
    """Fetch, check and unpack one source, then move its files into place."""
    folder.mkdir(parents=True, exist_ok=True)
    with _staging(folder.parent) as staging:
        archive = _joined(source, staging) if source.parts else download(source, staging)
        if source.is_kept_whole:
            archive.replace(staging / source.files[0].name)
        else:
            extract(archive, source.files, staging)
            archive.unlink()
        if faults := _faults(staging, source):
            raise SourceError(f"{archive.name} holds other files: {', '.join(faults)}")
        for file in source.files:
            os.replace(staging / file.name, folder / file.name)


def _joined(source, staging):
    """Fetch an archive that was cut into pieces, and put it together."""
    whole = staging / source.where
    with whole.open("wb") as target:
        for part in source.parts:
            archive = download(part, staging)
            extract(archive, part.files, staging)
            archive.unlink()
            for file in part.files:
                with (staging / file.name).open("rb") as piece:
                    shutil.copyfileobj(piece, target)
                (staging / file.name).unlink()
    if (found := sha256_of(whole)) != source.sha256:
        raise AlteredError(source.where, source.sha256, found)
    return whole


@contextlib.contextmanager
def _staging(home):
    """Give a temporary folder on the cache's own disk, and sweep up what killed fetches left."""
    for left in home.glob(f"{STAGING}*"):
        with contextlib.suppress(FileNotFoundError):  # another process swept it first
            if time.time() - left.stat().st_mtime > STALE_S:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=home, ignore_cleanup_errors=True) as path:
        yield Path(path)


def _cache_error(error, folder, record):
    """Say what is wrong with the cache folder and how to cure it."""
    if error.errno == errno.ENOSPC:
        source = record.sources[-1]
        megabytes = (2 * source.size + sum(file.size for file in source.files)) / 1e6
        return CacheError(
            f"no space left for {record.name} in {folder}: it takes about {megabytes:.0f} MB; free "
            "some, or set PLMREC_HOME to a folder on a larger disk"
        )
    return CacheError(
        f"the cache folder {folder} cannot be used ({error}): set PLMREC_HOME to a folder that "
        "you may write to"
    )
