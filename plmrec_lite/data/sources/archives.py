"""Take files out of a zip or tar archive without trusting it: by exact name, up to a known size."""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath, PureWindowsPath

CHUNK = 1 << 16


class ArchiveError(ValueError):
    """An archive is damaged, lacks a file, or is not safe to unpack."""


def extract(archive, files, folder):
    """Write the wanted members of an archive into a folder, each under its last name.

    Parameters
    ----------
    archive : pathlib.Path; a zip file (a wheel) or a tar file (an sdist), compressed or not
    files : iterable of File; with their sizes in bytes
    folder : pathlib.Path; it must exist

    Raises
    ------
    ArchiveError: a path is absolute or leads upwards, a member is a link or a device, a wanted one
        is missing or longer than its size, or the archive is damaged

    Source: the attack is known as "zip slip".
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                _take(archive, _zip_members(opened), files, folder)
        else:
            with tarfile.open(archive) as opened:
                _take(archive, _tar_members(opened), files, folder)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError) as error:
        raise ArchiveError(f"{archive.name} is damaged: {error}") from error


def _take(archive, members, files, folder):
    """Refuse unsafe members, then copy the wanted ones."""
    openers = {}
    for name, regular, opener in members:
        windows = PureWindowsPath(name)
        if windows.anchor or PurePosixPath(name).is_absolute() or ".." in windows.parts:
            raise ArchiveError(f"{archive.name} is refused: {name!r} would leave its folder")
        if not regular:
            raise ArchiveError(f"{archive.name} is refused: {name!r} is a link or a device")
        openers[name] = opener
    for file in files:
        if file.member not in openers:
            raise ArchiveError(f"{archive.name} holds no {file.member!r}")
        with openers[file.member]() as member, (folder / file.name).open("wb") as target:
            left = file.size
            while chunk := member.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ArchiveError(
                        f"{archive.name} is refused: {file.member!r} is longer than the "
                        f"{file.size:,} bytes that it should have"
                    )
                target.write(chunk)


def _zip_members(opened):
    """Yield (name, whether a plain file or folder, how to open it)."""
    for member in opened.infolist():
        kind = stat.S_IFMT(member.external_attr >> 16)
        yield (
            member.filename,
            kind in (0, stat.S_IFREG, stat.S_IFDIR),
            lambda m=member: opened.open(m),
        )


def _tar_members(opened):
    """Yield (name, whether a plain file or folder, how to open it)."""
    for member in opened:
        yield member.name, member.isreg() or member.isdir(), lambda m=member: opened.extractfile(m)
