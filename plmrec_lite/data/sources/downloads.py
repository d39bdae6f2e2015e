"""Bring one archive here, as a file: from an address, a package index, or an npm registry.

Failures on the way are a ``SourceError``, and the next source is tried; failures in writing stay
an OSError, which no other source cures.
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

    Returns
    -------
    str, 64 hexadecimal digits

    Source: FIPS 180-4.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(source, folder):
    """Bring a source's archive into a folder, and check it before anything reads it.

    Parameters
    ----------
    source : Source; with its size in bytes and its sha256
    folder : pathlib.Path; empty

    Returns
    -------
    pathlib.Path; the archive, whole and with the right checksum

    Raises
    ------
    SourceError: it cannot be had or is cut off
    AlteredError: it is not the archive that the book knows
    """
    with locate(source, SILENCE_S) as (client, addresses):
        for address in addresses:
            archive = folder / posixpath.basename(unquote(urlsplit(address).path))
            _bring(client, address, archive, source.size, source.at_most)
            if (found := sha256_of(archive)) == source.sha256:
                return archive
    raise AlteredError(archive.name, source.sha256, found)


def _bring(client, address, archive, size, at_most):
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
    if received < size and not at_most:
        raise SourceError(f"cut off after {received:,} of {size:,} bytes")


def _chunks(client, address):
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
