"""Claims: a sentence of a page that is tied to the cell that proves it."""

from __future__ import annotations

import html
import re

CLAIM_MIME = "application/vnd.plmrec.claim+json"
VERDICTS = ("holds", "holds in part", "does not hold")


class ClaimError(AssertionError):
    """A sentence of the book that the numbers of this run do not support."""


class _Line:
    """One claim as notebooks show it: plain text, HTML, and the record for the claims page."""

    def __init__(self, record):
        self.record = record

    def __repr__(self):
        mark = "✓" if self.record["holds"] else "✗"
        line = f"{mark} {self.record['key']}: {self.record['text']} [{self.record['measured']}]"
        if "article" in self.record:
            line += f" — claim {self.record['article']} {self.record['verdict']}"
        return line

    def _repr_mimebundle_(self, include=None, exclude=None):
        mark, word = ("✓", "holds") if self.record["holds"] else ("✗", "fails")
        text, measured = html.escape(self.record["text"]), html.escape(self.record["measured"])
        verdict = ""
        if "article" in self.record:
            verdict = f" <strong>{self.record['article']} {self.record['verdict']}.</strong>"
        return {
            "text/plain": repr(self),
            "text/html": (
                f'<div class="claim claim-{word}"><span class="claim-mark">{mark} {word}</span> '
                f"{text} <code>{measured}</code>{verdict}</div>"
            ),
            CLAIM_MIME: self.record,
        }


def claim(key, text, holds, measured, article=None, verdict=None):
    """Assert a sentence of the page, show it, and leave it for the claims page.

    Parameters
    ----------
    key : str
        A short name, unique in the book: lower-case words joined by hyphens.
    text : str
        The sentence as the page asserts it.
    holds : bool
        Whether this run supports it, with its margin: for example
        ``difference_low > 0`` for "A is better than B".
    measured : str or float
        The figure behind it; a number is shown with three significant digits.
    article : str or None
        The claim of the source article this line judges, ``"A1"`` to ``"A12"``.
    verdict : str or None
        With ``article``: ``"holds"``, ``"holds in part"`` or ``"does not hold"``. The verdict is
        about the article's claim; ``text`` is what the page asserts, and must hold either way.

    Raises
    ------
    ClaimError
        If ``holds`` is false: the line is still shown, then the cell fails.
    ValueError
        If the key is not a slug, the text is empty, or article and verdict do not fit.

    Examples
    --------
    >>> claim("sum-of-softmax", "A softmax sums to 1.", abs(0.3 + 0.7 - 1) < 1e-9, 0.3 + 0.7)
    ✓ sum-of-softmax: A softmax sums to 1. [1]
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise ValueError(f"key {key!r}: use lower-case words joined by hyphens")
    if not text.strip():
        raise ValueError(f"claim {key!r} has no text: write the sentence that it asserts")
    if (article is None) != (verdict is None):
        raise ValueError(f"claim {key!r}: give article and verdict together, or neither")
    record = {
        "key": key,
        "text": text.strip(),
        "holds": bool(holds),
        "measured": measured if isinstance(measured, str) else f"{float(measured):.3g}",
    }
    if article is not None:
        if not re.fullmatch(r"A([1-9]|1[0-2])", article):
            raise ValueError(f"article={article!r}: the article's claims are A1 to A12")
        if verdict not in VERDICTS:
            raise ValueError(f"verdict={verdict!r}: use one of {', '.join(map(repr, VERDICTS))}")
        record |= {"article": article, "verdict": verdict}
    line = _Line(record)
    try:
        from IPython.display import display
    except ImportError:
        print(line)
    else:
        display(line)
    if not record["holds"]:
        raise ClaimError(f"{line!r}\nThis run does not support the sentence: correct the page.")
