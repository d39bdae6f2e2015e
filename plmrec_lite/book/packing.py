"""Rows of places, and long lists, as short texts: a recording can hold every number of a run."""

from __future__ import annotations

import base64
import binascii
import json
import zlib

import numpy as np

LONG, PACKED = 100, "packed"  # numbers from which on a list is packed; how one is marked


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


def pack_lists(values):
    """Write the long lists among the results of a run as short texts.

    Parameters
    ----------
    values : dict; numbers, texts and lists, as JSON knows them

    Returns
    -------
    dict; with each list of `LONG` or more as ``{"packed": text}``, a quarter to a half as long

    Examples
    --------
    >>> run = {"ndcg": 0.5, "hits": [0.25, 0.0] * 500}
    >>> pack_lists(run)["hits"]["packed"][:4]
    'eNrt'
    >>> unpack_lists(pack_lists(run)) == run
    True
    """
    return {
        key: {PACKED: _text(json.dumps(value).encode("ascii"))}
        if isinstance(value, list) and len(value) >= LONG
        else value
        for key, value in values.items()
    }


def unpack_lists(values):
    """Read what `pack_lists` wrote.

    Parameters
    ----------
    values : dict

    Returns
    -------
    dict; equal to what was packed, to the last digit

    Raises
    ------
    ValueError: a text is damaged
    """
    return {
        key: json.loads(_bytes(value[PACKED])) if isinstance(value, dict) else value
        for key, value in values.items()
    }


def _text(content):
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def _bytes(text):
    try:
        return zlib.decompress(base64.b64decode(text, validate=True))
    except (binascii.Error, zlib.error) as error:
        raise ValueError(f"{text[:20]!r}... is no packed list: {error}") from None
