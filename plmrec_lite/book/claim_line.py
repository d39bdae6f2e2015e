"""How a finding or a check is shown, and the record of it that the page of claims reads."""

from __future__ import annotations

import html

CLAIM_MIME = "application/vnd.plmrec.claim+json"
SIGNS = {"holds": "✓", "holds in part": "◐", "does not hold": "✗", "not shown": "○"}


class ClaimError(AssertionError):
    """A sentence of the book that the numbers of this run do not support."""


def leave(record, complaint):
    """Show a record, and fail where it does not hold.

    Parameters
    ----------
    record : dict; as `plmrec_lite.book.claims` makes it
    complaint : str; what to say where it does not hold

    Raises
    ------
    ClaimError: ``record["holds"]`` is false
    """
    line = _Line(record)
    try:
        from IPython.display import display
    except ImportError:
        print(line)
    else:
        display(line)
    if not record["holds"]:
        raise ClaimError(f"{line!r}\n{complaint}")


class _Line:
    """A record as notebooks show it: plain text, HTML, and itself for the page of claims."""

    def __init__(self, record):
        self.record = record
        if record["kind"] == "check":
            self.word = "holds" if record["holds"] else "fails"
            self.mark, self.details = ("✓" if record["holds"] else "✗"), record["measured"]
            return
        self.word, self.mark = record["verdict"], SIGNS[record["verdict"]]
        size = record["smallest_effect"]
        self.details = f"{record['measured']} over {record['over']}; smallest effect {size:g}"

    def __repr__(self):
        record = self.record
        mark = self.mark if record["kind"] == "check" else f"{self.mark} {self.word} ·"
        line = f"{mark} {record['key']}: {record['text']} [{self.details}]"
        return line + (f" — claim {record['article']}" if "article" in record else "")

    def _repr_mimebundle_(self, include=None, exclude=None):
        article = f" <strong>{self.record['article']}</strong>" if "article" in self.record else ""
        name = self.word.replace(" ", "-")
        return {
            "text/plain": repr(self),
            "text/html": (
                f'<div class="claim claim-{name}"><span class="claim-mark">{self.mark} {self.word}'
                f"</span> {html.escape(self.record['text'])} "
                f"<code>{html.escape(self.details)}</code>{article}</div>"
            ),
            CLAIM_MIME: self.record,
        }
