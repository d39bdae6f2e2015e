"""Encodings of text files: which are known, and which a file's first bytes do not exclude."""

from __future__ import annotations

import codecs
import gzip


def check_encoding(encoding):
    """Refuse an encoding that Python does not know.

    Parameters
    ----------
    encoding : str

    Raises
    ------
    ValueError: there is none of that name
    """
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ValueError(
            f"encoding={encoding!r}: there is no such encoding; usual ones are utf-8, cp1252 "
            "(Windows), latin-1 and utf-16"
        ) from error


def likely_encoding(path):
    """Return an encoding to try for a file that is not in UTF-8.

    Parameters
    ----------
    path : pathlib.Path; also with ``.gz``

    Returns
    -------
    str; "utf-16" where the file begins with its mark, else "latin-1"
    """
    open_it = gzip.open if path.suffix == ".gz" else open
    with open_it(path, "rb") as file:
        marked = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return "utf-16" if marked else "latin-1"


def unread(error):
    """Say what a codec could not read.

    Parameters
    ----------
    error : UnicodeError

    Returns
    -------
    str; such as "byte 0xfc cannot be read"
    """
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.object[error.start]:#x} cannot be read"
    return str(error)  # UTF-16 without its mark
