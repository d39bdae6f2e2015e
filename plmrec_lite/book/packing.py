"""Rows of places as short texts, so that a recording can hold every one of them."""

from __future__ import annotations

import base64
import binascii
import zlib

import numpy as np


def packed(places):
    """Write small whole numbers as a short text, for a recording: 0 to 255, most of them equal.

    Parameters
    ----------
    places : int array (n,); such as ``report_places`` returns

    Returns
    -------
    str: zlib in base 64, about a fifth of a character a number where four of five are 0

    Raises
    ------
    ValueError: a number that does not fit into a byte, or is no integer

    Examples
    --------
    >>> unpacked(packed([0, 3, 0, 1])).tolist()
    [0, 3, 0, 1]
    """
    places = np.asarray(places)
    if places.ndim != 1 or (places.size and places.dtype.kind not in "iu"):
        raise ValueError(f"places is {places.dtype} of shape {places.shape}: give one row of ints")
    if (bad := places[(places < 0) | (places > 255)]).size:
        raise ValueError(f"place {bad[0]}: only 0 to 255 can be packed")
    return base64.b64encode(zlib.compress(places.astype(np.uint8).tobytes(), 9)).decode("ascii")


def unpacked(text):
    """Read what `packed` wrote.

    Parameters
    ----------
    text : str

    Returns
    -------
    uint8 array (n,)

    Raises
    ------
    ValueError: the text is damaged
    """
    try:
        return np.frombuffer(zlib.decompress(base64.b64decode(text, validate=True)), np.uint8)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"{text[:20]!r}... is no packed row of places: {error}") from None
