"""Wanted and unwanted e-mail of 2002, each by its own words."""

from __future__ import annotations

import email
import email.header
import html
import json
import re
import tarfile

import pandas as pd

from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.own_words import own_words, without_names

NAME = "mailing-lists"
_MEMBER = re.compile(r"package/data/(easy-ham|hard-ham|spam)-\d/\d+\.\w+\.json")
_UNREAD = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_IS_HTML = re.compile(r"<(?:html|body|table|td|br|p|a|font)\b", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:(?:re|fwd?)\s*:|\[[^\]]*\])\s*", re.IGNORECASE)


def load_spam():
    """Load e-mails with who wanted them: people, hardly anybody, or nobody.

    Quotes, signatures, the footers of lists, addresses and links are taken out, and so are marks
    of answers and lists in the subject: a list's own footer would tell that no spam has it. What
    repeats an earlier e-mail word for word is left out.

    Returns
    -------
    pandas.DataFrame
        A row an e-mail: ``text`` (str, subject and own words), ``kind`` (str: "easy-ham",
        "hard-ham", which is wanted and looks unwanted, or "spam") and ``group`` (int, equal for
        e-mails with one subject or one beginning).

    Raises
    ------
    FetchError: the data are neither here nor to be had

    Source: Mason 2002-2003.
    """
    (path,) = fetch(NAME).values()
    rows, seen = [], set()
    with tarfile.open(path) as archive:
        for member in archive:
            if found := _MEMBER.fullmatch(member.name):
                letter = email.message_from_string(json.load(archive.extractfile(member))["text"])
                subject, body = without_names(_subject(letter)), own_words(_plain(letter))
                text = f"{subject}. {body}".strip(". ")
                if body and text not in seen:
                    seen.add(text)
                    rows.append((text, found[1], subject.lower() or body, body[:60].lower()))
    table = pd.DataFrame(rows, columns=["text", "kind", "subject", "beginning"])
    table["group"] = _groups(table["subject"], table["beginning"])
    return table[["text", "kind", "group"]]


def _plain(letter):
    """The first part that is text, without the marks of HTML."""
    for wanted in ("text/plain", "text/html"):
        for part in letter.walk():
            if part.get_content_type() == wanted:
                body = part.get_payload(decode=True) or b""
                try:
                    body = body.decode(part.get_content_charset("latin-1"))
                except (LookupError, UnicodeDecodeError):
                    body = body.decode("latin-1")
                if wanted == "text/html" or _IS_HTML.search(body):
                    body = html.unescape(_TAG.sub(" ", _UNREAD.sub(" ", body)))
                if body.strip():
                    return body
    return ""


def _subject(letter):
    """The subject without what marks an answer or a list."""
    try:
        found = email.header.decode_header(letter["Subject"] or "")
        subject = " ".join(str(email.header.make_header(found)).split())
    except (LookupError, UnicodeDecodeError, email.errors.HeaderParseError):
        subject = " ".join(str(letter["Subject"]).split())
    while mark := _MARK.match(subject):
        subject = subject[mark.end() :]
    return subject


def _groups(*signs):
    """A number for each row: equal for rows that share a sign, also through others."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    columns = [pd.factorize(sign)[0] for sign in signs]
    first = range(len(columns[0]))
    start, links = len(columns[0]), []
    for column in columns:
        links.append((first, column + start))
        start += column.max(initial=-1) + 1
    rows = [row for one, _ in links for row in one]
    ends = [end for _, other in links for end in other]
    graph = coo_array(([1] * len(rows), (rows, ends)), shape=(start, start))
    return connected_components(graph, directed=False)[1][: len(columns[0])]
