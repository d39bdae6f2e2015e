"""What the writer of an e-mail wrote: without quotes, signatures, footers, names and addresses."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"\s{0,3}(?:\w{0,3}[>|}]|-*\]|:\s)")
_ATTRIBUTION = re.compile(r".*(?::|\.\.\.|\b(?:wrote|writes|said|says|sez)\W*)$", re.IGNORECASE)
_WROTE = re.compile(r"(?:\S+\s+){1,14}(?:wrote|writes|said|says|sez)\s*:$", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:On|At|In|From|Quoting|Once upon|In article|\*+|-+)\b", re.IGNORECASE)
# Everything from here on was added by a program or copied.
_END = re.compile(
    r"--\s*$|_{20,}|-{20,}|={20,}|-{2,}\s*(?:Original|Forwarded) message|-+BEGIN PGP (?:SIG|PUB)"
    r"|-{10,}.*(?:Yahoo! Groups|This sf\.net email)|To unsubscribe|Forwarded by\b"
    r"|This (?:sf\.net )?email is sponsored|(?:From|Sent|To|Subject): \S.*$",
    re.IGNORECASE,
)
_PGP = re.compile(r"-+BEGIN PGP SIGNED MESSAGE.*?\n\s*\n", re.DOTALL)
_LINK = re.compile(r"<?(?:https?|ftp|mailto):\S*|\bwww\.\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"<?[\w.+%-]+@[\w.-]+>?")
_NUMBER = re.compile(r"\+?\(?\d[\d\s()/.-]{7,}\d")
_SENTENCE = re.compile(r"[.!?:,;)]$")


def own_words(body, names=()):
    r"""Return what the writer added to a conversation.

    Quotes and the line that announces them, signatures, footers, forwarded messages, links,
    addresses, long numbers, the given names and a closing line of one or two words are taken out.
    A nickname inside a sentence stays: it cannot be known for one.

    Parameters
    ----------
    body : str; the plain text of an e-mail
    names : iterable of str; names to take out, such as "Ada Lovelace" and "Ada"

    Returns
    -------
    str
        In one line, perhaps empty.

    Examples
    --------
    >>> own_words("Ben wrote:\n> Is it slow?\n\nNot here, Ben.\n\nAda", ["Ben"])
    'Not here, .'
    """
    lines = []
    for line in _PGP.sub("", body).splitlines():
        if _END.match(line.strip()):
            break
        if _QUOTE.match(line) or _WROTE.match(line.strip()):
            if not _QUOTE.match(line):
                lines.append(line.strip())
            _drop_attribution(lines)
        else:
            lines.append(line.strip())
    told = [line for line in lines if line]
    for _ in range(2):
        if len(told) > 1 and len(told[-1].split()) < 3 and not _SENTENCE.search(told[-1]):
            told.pop()
    return without_names(" ".join(told), names)


def without_names(text, names=()):
    """Return a text without links, addresses, long numbers and the given names.

    Parameters
    ----------
    text : str
    names : iterable of str; taken out where they stand as words of their own, as they are spelt

    Returns
    -------
    str
        In one line.
    """
    for pattern in (_LINK, _ADDRESS, _NUMBER):
        text = pattern.sub(" ", text)
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    if longest_first:
        text = re.sub(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", " ", text)
    return " ".join(text.split())


def _drop_attribution(lines):
    """Take "Ben wrote:" off the end of what was read, also where it fills two lines."""
    while lines and not lines[-1]:
        lines.pop()
    if lines and _ATTRIBUTION.match(lines[-1]):
        lines.pop()
        if lines and _OPENING.match(lines[-1]) and not lines[-1].endswith((".", "!", "?")):
            lines.pop()
    lines.append("")
