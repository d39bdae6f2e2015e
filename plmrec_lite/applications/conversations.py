"""Who joins which conversation next: the candidates, and what time, people and words tell."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from plmrec_lite.applications.choices import Choices
from plmrec_lite.checks import check_number

HOUR, DAY = 3600, 86_400
TIME = ("recency", "size", "age", "list")
PEOPLE = ("replies", "together")
TOLD = ("person", "thread", "written", "size")


@threadpool_limits.wrap(limits=1, user_api="blas")  # on products this small, threads only wait
def thread_joins(messages, words=None, at_least=1, days=7):
    """List the joins of threads that others began, from nothing later than each of them.

    The candidates are the threads of the lists that the person has written to, with a message in
    the last days, in which the person has not written.

    Parameters
    ----------
    messages : pandas.DataFrame
        In the order of time, with ``person``, ``thread`` (ints from 0), ``list``, ``time``
        (seconds) and ``reply_to`` (the row that is answered, -1 if unknown).
    words : dict of str to float array (n_messages, d), or None
        Vectors of the messages. Each gives a feature of its name: the cosine between what the
        person and what the thread has said so far.
    at_least : int; the person has written so many messages before
    days : float; how long a thread counts as alive after its last message

    Returns
    -------
    Choices
        ``about``: ``person``, ``thread``, ``written`` and ``size`` (earlier messages of that
        person, and of that thread). Features: ``recency`` and ``age`` (minus the log of 1 + hours
        since the last and the first message), ``size`` (log of the messages), ``list`` (log of
        the share of the person's messages that went to that list), ``replies`` and ``together``
        (log of 1 + past replies between the person and those in the thread, and threads shared
        with them), and the words.

    Raises
    ------
    ValueError: messages that are not in order, vectors that are not one a message, no join, or a
        number out of range
    """
    check_number("at_least", at_least, least=1, whole=True)
    check_number("days", days, above=0)
    words = dict(words or {})
    for name, vectors in words.items():
        if np.ndim(vectors) != 2 or len(vectors) != len(messages):
            raise ValueError(
                f"{name}: vectors of shape {np.shape(vectors)} for {len(messages)} messages: give "
                "one row each"
            )
    if not messages["time"].is_monotonic_increasing:
        raise ValueError("the messages are not in the order of time: sort them by their time")
    rows = list(messages[["person", "thread", "list", "time", "reply_to"]].itertuples(index=False))
    said, threads = defaultdict(list), defaultdict(list)  # the rows of each
    met = {name: Counter() for name in PEOPLE}
    sums = {name: (defaultdict(float), defaultdict(float)) for name in words}
    found = []
    for i, row in enumerate(rows):
        mine, there = said[row.person], threads[row.thread]
        if len(mine) >= at_least and there and all(rows[j].person != row.person for j in there):
            alive = _alive(rows, row, mine, threads, days)
            if row.thread in alive and len(alive) > 1:
                told = [_described(rows, row, mine, threads[t], met, sums) for t in alive]
                choice = (*(row.person, row.thread, len(mine), len(there)), alive.index(row.thread))
                found.append((choice, told))
        others = {rows[j].person for j in there} - {row.person}
        if row.reply_to >= 0:
            met["replies"][frozenset((row.person, rows[row.reply_to].person))] += 1
        met["together"].update(frozenset((row.person, other)) for other in others)
        said[row.person].append(i)
        threads[row.thread].append(i)
        for name, (of_person, of_thread) in sums.items():
            of_person[row.person] = of_person[row.person] + words[name][i]
            of_thread[row.thread] = of_thread[row.thread] + words[name][i]
    if not found:
        raise ValueError(f"nobody who had written {at_least} messages joined a thread of others")
    table = np.concatenate([told for _, told in found])  # (n_candidates, n_features)
    features = dict(zip((*TIME, *PEOPLE, *words), table.T, strict=True))
    about = pd.DataFrame([choice for choice, _ in found], columns=[*TOLD, "chosen"])
    counts = [len(told) for _, told in found]
    return Choices(about.pop("chosen").to_numpy(), counts, features, about)


def _alive(rows, row, mine, threads, days):
    """Threads with a message in the last days on the person's lists, without the person."""
    own = {rows[j].thread for j in mine}
    lists = {rows[j].list for j in mine}
    return [
        thread
        for thread, there in threads.items()
        if there
        and thread not in own
        and rows[there[0]].list in lists
        and row.time - rows[there[-1]].time <= days * DAY
    ]


def _described(rows, row, mine, there, met, sums):
    """The features of one candidate: TIME, PEOPLE, and a cosine for each kind of words."""
    first = rows[there[0]]
    people = {rows[j].person for j in there}
    features = [
        -np.log1p((row.time - rows[there[-1]].time) / HOUR),
        np.log(len(there)),
        -np.log1p((row.time - first.time) / HOUR),
        np.log(np.mean([rows[j].list == first.list for j in mine])),
    ]
    for name in PEOPLE:
        pairs = (frozenset((row.person, other)) for other in people)
        features.append(np.log1p(sum(met[name][pair] for pair in pairs)))
    for of_person, of_thread in sums.values():
        features.append(_cosine(of_person[row.person], of_thread[first.thread]))
    return features


def _cosine(a, b):
    """The cosine of two vectors; 0 where one has no direction."""
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / lengths) if lengths > 0 else 0.0
