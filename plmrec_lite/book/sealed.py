"""Answers that can be compared and not read: what a self-check holds of them."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import zlib
from itertools import count

ROUNDS = 10_000  # about five milliseconds: comparing is cheap, trying every number is not
MARK_BYTES, KEY_BYTES = 8, 40
DIGITS = 6  # to which a shift is kept, as a share of the width


def numbers_of(answer):
    """Read an answer as a flat list of numbers and words.

    Parameters
    ----------
    answer : number, text, list, set, dict, array or tensor; a set is sorted, a dict by its keys

    Returns
    -------
    list of float or str; a text in lower case, with single spaces

    Raises
    ------
    TypeError: something that is neither a number nor a text
    ValueError: a number that is not finite

    Examples
    --------
    >>> numbers_of({"b": [2, True], "a": " Cold  Items"})
    ['cold items', 2.0, 1.0]
    """
    if hasattr(answer, "to_numpy"):  # a table, or a column of one
        answer = answer.to_numpy()
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    if isinstance(answer, str):
        return [" ".join(answer.casefold().split())]
    if isinstance(answer, dict):
        answer = [answer[key] for key in sorted(answer, key=str)]
    elif isinstance(answer, (set, frozenset)):
        answer = sorted(answer)
    if isinstance(answer, (list, tuple)):
        return [number for part in answer for number in numbers_of(part)]
    try:
        number = float(answer)
    except (TypeError, ValueError) as error:
        kind = type(answer).__name__
        raise TypeError(f"{answer!r} is of type {kind}: give a number, a text or a list") from error
    if not math.isfinite(number):
        raise ValueError(f"{answer!r} is no finite number")
    return [number]


def seal(answer, within, salt, says="", relative=False):
    """Seal an answer, so that another one can be compared with it.

    Every number is put into a box of the width 2 x `within`, in whose middle the answer lies, and
    the numbers of the boxes are hashed together. So a value is recognised exactly as far as
    `within` allows. What can be read is where in its box the answer lies (its last digits), not
    which box it is. Somebody who tries every box finds it: the seal keeps an answer from being
    read by accident, and a class from passing it on without work; it is no safe.

    Parameters
    ----------
    answer : as `numbers_of` reads it
    within : float > 0; how far a number may be off, as a share of the answer with `relative`
    salt : str; another one for each answer, so that equal answers do not look equal
    says : str; a message that only who gives this answer can read
    relative : bool

    Returns
    -------
    dict, for `says_to` and `packed_seals`

    Raises
    ------
    ValueError: `within` is not above 0, or a relative answer is not
    """
    if not within > 0:
        raise ValueError(f"within is {within!r}: give how far an answer may be off, above 0")
    width = 2 * (math.log1p(within) if relative else within)
    shifts = []
    for number in numbers_of(answer):
        if isinstance(number, str):
            shifts.append(None)
            continue
        if relative and not number > 0:
            raise ValueError(f"{number} is not above 0, so it has no relative distance")
        shift = math.remainder(math.log(number) if relative else number, width)
        shifts.append(round(round(shift / width, DIGITS) * width, 12) + 0.0)
    sealed = {"salt": salt, "width": width, "shifts": shifts, "relative": bool(relative)}
    key = _key(sealed, numbers_of(answer))
    sealed["mark"] = key[:MARK_BYTES].hex()
    if says:
        text = zlib.compress(says.encode())
        sealed["says"] = base64.b85encode(_mix(text, key[MARK_BYTES:])).decode("ascii")
    return sealed


def says_to(sealed, answer):
    """Compare an answer with a sealed one.

    Parameters
    ----------
    sealed : dict; of `seal`
    answer : as `numbers_of` reads it

    Returns
    -------
    str or None; the message of the seal, which may be empty, or None if the answers differ

    Raises
    ------
    TypeError, ValueError: as `numbers_of`

    Examples
    --------
    >>> third = seal(0.333, within=0.001, salt="a", says="You left the query out.")
    >>> says_to(third, 0.3339), says_to(third, 0.3341)
    ('You left the query out.', None)
    """
    key = _key(sealed, numbers_of(answer))
    if key is None or key[:MARK_BYTES].hex() != sealed["mark"]:
        return None
    text = base64.b85decode(sealed.get("says", ""))
    return zlib.decompress(_mix(text, key[MARK_BYTES:])).decode() if text else ""


def packed_seals(seals):
    """Write seals as one text.

    Parameters
    ----------
    seals : dict, list or number, nested

    Returns
    -------
    str: JSON through zlib in base 64, in lines of 76 characters
    """
    text = json.dumps(seals, sort_keys=True, separators=(",", ":"))
    return base64.encodebytes(zlib.compress(text.encode(), 9)).decode("ascii").strip()


def unpacked_seals(text):
    """Read what `packed_seals` wrote.

    Parameters
    ----------
    text : str

    Returns
    -------
    dict, list or number

    Raises
    ------
    ValueError: the text is damaged
    """
    try:
        return json.loads(zlib.decompress(base64.b64decode(text)))
    except (ValueError, zlib.error) as error:
        raise ValueError(
            f"the self-check is damaged ({error}): copy its cell anew from the student edition"
        ) from error


def _key(sealed, numbers):
    """Derive a key from the boxes in which the numbers lie; None if they can lie in none."""
    shifts, width = sealed["shifts"], sealed["width"]
    if len(numbers) != len(shifts):
        return None
    boxes = []
    for number, shift in zip(numbers, shifts, strict=True):
        if isinstance(number, str) != (shift is None):
            return None
        if shift is None:
            boxes.append(number)
        elif sealed["relative"] and not number > 0:
            return None
        else:
            place = math.log(number) if sealed["relative"] else number
            boxes.append(round((place - shift) / width))
    secret, salt = json.dumps(boxes).encode(), sealed["salt"].encode()
    return hashlib.pbkdf2_hmac("sha256", secret, salt, ROUNDS, KEY_BYTES)


def _mix(text, key):
    """Encrypt, or decrypt, by a stream of hashes of a key."""
    stream = b""
    for number in count():
        if len(stream) >= len(text):
            break
        stream += hashlib.sha256(key + number.to_bytes(4, "big")).digest()
    return bytes(one ^ other for one, other in zip(text, stream, strict=False))
