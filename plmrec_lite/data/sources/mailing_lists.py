"""People who write: who joined which thread of eight mailing lists of 2002, and with what words.

People and threads are numbered by first appearance, so that every run gives the same numbers. This
hides names from a page, not from somebody who has the public archive: no number that can be
computed anew from public data can. No name, address or message id is kept.
"""

from __future__ import annotations

import email
import email.header
import email.utils
import json
import re
import tarfile
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.items import Items
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.own_words import own_words, without_names
from plmrec_lite.data.sources.registry import dataset

NAME = "mailing-lists"
# Those with a hundred messages or more, by what stands in their headers.
LISTS = {
    "fork.xent.com": "fork",
    "ilug.linux.ie": "linux",
    "rpm-zzzlist.freshrpms.net": "rpm",
    "razor-users.example.sourceforge.net": "razor",
    "spamassassin-talk.example.sourceforge.net": "spamassassin",
    "zzzzteana": "forteana",
    "exmh-workers.spamassassin.taint.org": "exmh-workers",
    "exmh-users.spamassassin.taint.org": "exmh-users",
}
_MEMBER = re.compile(r"package/data/(?:easy|hard)-ham-\d/\d+\.\w+\.json")
_LIST_ID = re.compile(r"<([^<>]*)>\s*$")
_YAHOO = re.compile(r"\blist (\S+)@yahoogroups\b")
_ROBOT = re.compile(r"(?:admin|daemon|mailer-daemon|no-?reply|nobody|postmaster|root|rssfeeds)@")
_REPLY = re.compile(r"\s*(?:(?:re|fwd?|aw|antw|sv)(?:\[\d+\])?\s*:|\[[^\]]*\])\s*", re.IGNORECASE)
_WAS = re.compile(r"\s*[(\[]?\bwas:.*$", re.IGNORECASE)
_DAY = 86_400
_COLUMNS = ["person", "thread", "list", "time", "reply_to", "text"]


@dataclass(frozen=True, eq=False)
class MailingLists:
    """The lists in three tables.

    Parameters
    ----------
    messages : pandas.DataFrame
        In the order of time: ``person``, ``thread`` (int), ``list`` (str), ``time`` (int, seconds
        since 1970), ``reply_to`` (int, the row that is answered, -1 if unknown) and ``text``
        (str), the writer's own words.
    interactions : Interactions
        Who joined which thread, at the first message there.
    threads : Items
        In the order of ``interactions``; the text is the subject and the opening message.

    Source: Mason 2002-2003.
    """

    messages: pd.DataFrame
    interactions: Interactions
    threads: Items


def load_mailing_lists():
    """Load what people wrote to eight mailing lists between July and December 2002.

    Newsletters, robots, messages that repeat an earlier one and messages without words of their
    own are left out. A thread is what has one subject on one list.

    Returns
    -------
    MailingLists

    Raises
    ------
    FetchError: the data are neither here nor to be had
    ValueError: the counts are not those of this data set

    Source: Mason 2002-2003.
    """
    (path,) = fetch(NAME).values()
    letters = sorted(_letters(path), key=lambda letter: (letter["time"], letter["id"]))
    people = _people(letters)
    for letter in letters:
        letter["person"] = people[letter["address"]]
        letter["thread"] = (letter["list"], letter["subject"].lower() or letter["id"])
    names = _names(letters)
    kept, rows, seen = [], {}, set()
    for letter in letters:
        letter["text"] = own_words(letter.pop("body"), names[letter["thread"]])
        said = (letter["list"], letter["person"], letter["text"])
        if letter["text"] and letter["id"] not in rows and said not in seen:
            seen.add(said)
            letter["reply_to"] = rows.get(letter["answers"], -1)
            rows[letter["id"]] = len(kept)
            kept.append(letter)
    messages = pd.DataFrame(kept, columns=[*_COLUMNS, "subject"])
    for column in ("person", "thread"):  # numbered by first appearance
        messages[column] = pd.factorize(messages[column])[0]
    opening = messages.groupby("thread").first()
    opening["subject"] = [
        without_names(letter["subject"], names[letter["thread"]])
        for letter in _first(kept, messages["thread"])
    ]
    messages = messages[_COLUMNS]
    interactions = Interactions.from_frame(
        messages, user="person", item="thread", time="time", tell=lambda line: None
    )
    threads = Items.from_frame(
        opening.reset_index(),
        item="thread",
        text=["subject", "text"],
        interactions=interactions,
    )
    dataset(NAME).check_counts(
        messages=len(messages),
        people=interactions.n_users,
        lists=messages["list"].nunique(),
        threads=interactions.n_items,
    )
    return MailingLists(messages, interactions, threads)


def _letters(path):
    """Yield each e-mail to one of the lists."""
    with tarfile.open(path) as archive:
        for member in archive:
            if not _MEMBER.fullmatch(member.name):
                continue
            message = email.message_from_string(json.load(archive.extractfile(member))["text"])
            name, address = email.utils.parseaddr(_decoded(message["From"]))
            where, body = _list(message), _body(message)
            if where is None or not body or _ROBOT.match(address.lower()):
                continue
            answers = f"{message['In-Reply-To'] or ''} {message['References'] or ''}"
            yield {
                "id": (message["Message-ID"] or member.name).strip(),
                "list": where,
                "time": _time(message),
                "subject": _subject(_decoded(message["Subject"])),
                "answers": next(iter(re.findall(r"<[^<>\s]+>", answers)), ""),
                "name": " ".join(re.sub(r"[^\w\s'-]", " ", name).split()),
                "address": address.lower(),
                "body": body,
            }


def _list(message):
    """The short name of the list that a message went through, or None."""
    found = _LIST_ID.search(message["List-Id"] or "") or _YAHOO.search(
        message["Mailing-List"] or ""
    )
    return LISTS.get(found[1]) if found else None


def _decoded(header):
    """A header as text."""
    try:
        return str(email.header.make_header(email.header.decode_header(header or "")))
    except (LookupError, UnicodeDecodeError, email.errors.HeaderParseError):
        return str(header)


def _body(message):
    """The first part of a message that is plain text, or nothing."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            if part.get("Content-Transfer-Encoding", "").lower() not in (
                "base64",
                "quoted-printable",
            ):
                return part.get_payload()
            content = part.get_payload(decode=True)
            try:
                return content.decode(part.get_content_charset("latin-1"))
            except (LookupError, UnicodeDecodeError):
                return content.decode("latin-1")
    return ""


def _time(message):
    """When a message was sent; when it arrived, where the sender's clock cannot be right."""
    arrived = _seconds((message["Received"] or "").rpartition(";")[2])
    sent = _seconds(message["Date"])
    if sent is None or (arrived and not -7 * _DAY < sent - arrived < _DAY):
        return arrived or 0
    return sent


def _seconds(date):
    """A date of a header in seconds since 1970, or None."""
    parted = email.utils.parsedate_tz(date or "")
    return None if parted is None else int(email.utils.mktime_tz(parted))


def _subject(header):
    """A subject without what marks an answer or a list."""
    subject = " ".join(header.split())
    while found := _REPLY.match(subject):
        subject = subject[found.end() :]
    return _WAS.sub("", subject).strip()


def _people(letters):
    """A person's number for each address: one person's share a full name."""
    signs = [
        (letter["address"], letter["name"].lower() if " " in letter["name"] else letter["address"])
        for letter in letters
    ]
    codes, known = pd.factorize(np.array(signs, dtype=object).ravel())
    addresses, names = codes.reshape(-1, 2).T
    links = coo_array((np.ones(len(signs)), (addresses, names)), shape=(len(known),) * 2)
    return dict(zip(known, connected_components(links, directed=False)[1].tolist(), strict=True))


def _names(letters):
    """The names of those who write in each thread: whole, and each word of three letters."""
    names = {}
    for letter in letters:
        words = {word for word in letter["name"].split() if len(word) > 2 and word[0].isupper()}
        names.setdefault(letter["thread"], set()).update(words | {letter["name"]} - {""})
    return names


def _first(letters, threads):
    """The first letter of each thread, in the order of the threads' numbers."""
    return [letters[row] for row in np.unique(threads, return_index=True)[1]]
