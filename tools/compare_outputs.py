"""Whether a cell says again what it said: words exactly, numbers as near as the cell's tag allows.

The tag ``tolerance-0.03`` lets a number with a decimal point differ by 0.03, or by 3 % where that
is more (one with an exponent, by 3 %), and ``tolerance-integers-0.1`` a whole number by 10 %, but
at least by 1. Without a tag they are compared exactly, as written. Pictures, stderr, times and
the addresses of objects are not compared.
"""

import json
import math
import re
from itertools import zip_longest
from typing import NamedTuple

DECIMAL = re.compile(r"tolerance-(\d+(?:\.\d+)?)")
WHOLE = re.compile(r"tolerance-integers-(\d+(?:\.\d+)?)")
NUMBER = re.compile(
    r"(?<![\w.])[-+−]?"
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"  # with commas at the thousands, or without
    r"(?:\.\d+|\.(?=\s*[-\d\],]))?"  # NumPy ends a whole float with the point
    r"(?:e[-+]?\d+)?(?!\w)",
    re.IGNORECASE,
)
VARIABLE = {
    re.compile(r"\bat 0x[0-9a-fA-F]+"): "at ADDRESS",
    re.compile(r"\b\d+(?:\.\d+)? ?(?:ms|µs|s|seconds|min)\b"): "TIME",
}
LEFT_OUT = ("image/", "application/vnd.jupyter.widget")


class Tolerance(NamedTuple):
    """How far numbers with a decimal point, and whole ones, may differ; None for not at all."""

    decimals: float | None = None
    integers: float | None = None


EXACT = Tolerance()


class Difference(NamedTuple):
    """Where a new output is not the stored one, and the tolerance that would allow it, if any."""

    where: str
    stored: str
    new: str
    needed: float | None = None
    whole: bool = False

    def __str__(self):
        cure = "words must be equal"
        if self.needed is not None:
            tag = "tolerance-integers" if self.whole else "tolerance"
            cure = f"{tag}-{_rounded_up(self.needed)} would allow it"
        return f"{self.where}: stored {self.stored!r}, now {self.new!r}: {cure}"


def tolerance_of(tags):
    """Read what a cell allows."""
    found = {}
    for tag in tags:
        if not tag.startswith("tolerance"):
            continue
        decimal, whole = DECIMAL.fullmatch(tag), WHOLE.fullmatch(tag)
        kind = "decimals" if decimal else "integers"
        if not (decimal or whole) or kind in found:
            raise ValueError(f"tag {tag!r}: write tolerance-0.03 or tolerance-integers-0.1, once")
        found[kind] = float((decimal or whole).group(1))
    return Tolerance(**found)


def differences(stored, new, tolerance=EXACT):
    """List where new outputs differ from stored ones by more than is allowed."""
    found = []
    for (where, old), (there, text) in zip_longest(
        _texts(stored), _texts(new), fillvalue=("nothing", "")
    ):
        if where != there:
            return [*found, Difference("outputs", where, there)]
        if old != text:
            found += _in_text(where, old, text, tolerance)
    return found


def tags_for(found):
    """Say which tags would allow all differences of a cell."""
    if any(one.needed is None for one in found):
        return "other words: no tolerance allows them"
    tags = []
    for prefix, whole in (("tolerance", False), ("tolerance-integers", True)):
        if needed := [one.needed for one in found if one.whole == whole]:
            tags.append(f"{prefix}-{_rounded_up(max(needed))}")
    return " ".join(tags)


def _texts(outputs):
    """List what the outputs say, and as what: streams first, joined, for they come in pieces."""
    stream = "".join(o["text"] for o in outputs if o.get("name") == "stdout")
    texts = [("stdout", stream)] if stream else []
    for output in outputs:
        for kind, content in sorted(output.get("data", {}).items()):
            if not kind.startswith(LEFT_OUT):
                if not isinstance(content, str):
                    content = json.dumps(content, indent=0, sort_keys=True)
                texts.append((kind, content))
    for pattern, name in VARIABLE.items():  # what no run repeats
        texts = [(kind, pattern.sub(name, text)) for kind, text in texts]
    return texts


def _in_text(where, old, new, tolerance):
    """List the differences of two texts that are not equal."""
    words, others = ([" ".join(w.split()) for w in NUMBER.split(text)] for text in (old, new))
    if words != others:
        one, other = next(
            pair for pair in zip_longest(words, others, fillvalue="no more") if pair[0] != pair[1]
        )
        return [Difference(where, _short(one), _short(other))]
    found = []
    for one, other in zip(NUMBER.findall(old), NUMBER.findall(new), strict=True):
        whole = not any("." in n or "e" in n.lower() for n in (one, other))
        needed = _needed(one, other, whole)
        allowed = tolerance.integers if whole else tolerance.decimals
        if one != other and (allowed is None or needed > allowed):
            found.append(Difference(where, one, other, needed, whole))
    return found


def _needed(one, other, whole):
    """Return the tolerance that lets two numbers pass; the last digit written may differ by 1."""
    a, b = (float(n.replace(",", "").replace("−", "-")) for n in (one, other))
    mantissas, powers = zip(*(n.lower().partition("e")[::2] for n in (one, other)), strict=True)
    digits = min(len(mantissa.partition(".")[2]) for mantissa in mantissas)
    power = max(int(power or 0) for power in powers)
    apart = max(abs(a - b) - 10.0 ** (power - digits) * (1 + 1e-9), 0.0)
    relative = apart / max(abs(a), abs(b), 1e-300)
    exponent = any(powers)
    return relative if whole or exponent else min(apart, relative)


def _rounded_up(value):
    """Round up to two significant digits."""
    if value == 0:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{math.ceil(value / unit - 1e-6) * unit:.2g}"


def _short(words):
    return words if len(words) < 80 else f"{words[:38]} … {words[-38:]}"
