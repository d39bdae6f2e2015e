"""Bring one archive here, as a file: from an address, a package index, or an npm registry.

Whatever goes wrong on the way becomes a ``SourceError`` with the reason in a few words, so that
``fetch`` can try the next source. Trouble in writing stays an OSError: no other source cures it.
"""

from __future__ import annotations

import hashlib
import posixpath
from urllib.parse import unquote, urlsplit

from plmrec_lite.data.sources.package_index import AlteredError, SourceError, locate
from plmrec_lite.runtime import progress

SILENCE_S = 5.0  # a server that says nothing for this long counts as absent


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
    """Bring a source's archive into a folder, and check it before anything reads it.

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
        If it cannot be had or is cut off.
    AlteredError
        If it is not the archive that the book knows.
    """
    with locate(source, SILENCE_S) as (client, addresses):
        for address in addresses:
            archive = folder / posixpath.basename(unquote(urlsplit(address).path))
            _bring(client, address, archive, source.size)
            if (found := sha256_of(archive)) == source.sha256:
                return archive
    raise AlteredError(archive.name, source.sha256, found)


def _bring(client, address, archive, size):
    """Write what is at an address into a file, showing progress when it takes long."""
    received = 0
    bar = progress(None, f"fetching {archive.name}", total=size, unit="B")
    with bar, archive.open("wb") as target:
        for chunk in _chunks(client, address):
            received += len(chunk)
            if received > size:
                raise SourceError(f"sent more than the {size:,} bytes of {archive.name}")
            target.write(chunk)
            bar.update(len(chunk))
    if received < size:
        raise SourceError(f"cut off after {received:,} of {size:,} bytes")


def _chunks(client, address):
    """Yield the bytes at an address as they come."""
    import httpx2

    try:
        with client.get_stream(address) as answer:
            if answer.status_code != 200:
                raise SourceError(
                    f"not reachable (HTTP Error {answer.status_code}: {answer.reason_phrase})"
                )
            yield from answer.iter_bytes()
    except httpx2.RemoteProtocolError:  # hung up: what came is too short
        return
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise SourceError(f"not reachable ({error})") from error
