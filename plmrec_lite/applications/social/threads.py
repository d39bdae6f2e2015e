"""What else is known of a thread that somebody may join: how it goes, and the person's habits."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from plmrec_lite.applications.choices import Choices

HOUR = 3600
DAY = 24 * HOUR
ACTIVITY = ("day", "unanswered")
HABITS = ("session", "same list")
SPEAKER = ("speaker", "speaker answers")


def with_habits(joins, messages, days=7):
    """Add to the joins of threads how each candidate goes, and what the person did last.

    Nothing later than a join counts for it.

    Parameters
    ----------
    joins : Choices; of ``thread_joins``
    messages : pandas.DataFrame; those that the joins were listed from
    days : float; as it was there

    Returns
    -------
    Choices
        With the new features ``day`` (log of 1 + messages in the last 24 hours), ``unanswered`` (1
        for a thread of one message), ``session`` (minus the log of 1 + hours since the person
        wrote to that list), ``same list`` (1 if the person's last message went there), ``speaker``
        and ``speaker answers`` (log of 1 + past answers of the person to the last who wrote there,
        and of that one to the person).

    Raises
    ------
    ValueError: the joins have other candidates than these messages give
    """
    rows = list(messages[["person", "thread", "list", "time", "reply_to"]].itertuples(index=False))
    wanted = set(zip(joins.about["person"], joins.about["thread"], strict=True))
    said, threads = defaultdict(list), defaultdict(list)
    answers, found, counts = Counter(), [], []
    for i, row in enumerate(rows):
        mine = said[row.person]
        if (row.person, row.thread) in wanted:
            wanted.remove((row.person, row.thread))
            alive = list(_alive(rows, row, mine, threads, days))
            found += [_described(rows, row, mine, threads[t], answers) for t in alive]
            counts.append(len(alive))
        if row.reply_to >= 0:
            answers[row.person, rows[row.reply_to].person] += 1
        mine.append(i)
        threads[row.thread].append(i)
    if not np.array_equal(counts, joins.counts):
        raise ValueError(
            f"the joins have {joins.counts.sum()} candidates, the messages give {sum(counts)}: "
            "give the messages that the joins were listed from, and the same days"
        )
    new = dict(zip((*ACTIVITY, *HABITS, *SPEAKER), np.array(found).T, strict=True))
    return Choices(joins.chosen, joins.counts, joins.features | new, joins.about)


def _alive(rows, row, mine, threads, days):
    """Yield the candidates as ``thread_joins`` has them, in the order of their first message."""
    lists = {rows[j].list for j in mine}
    for thread, there in threads.items():
        new = row.time - rows[there[-1]].time <= days * DAY
        outside = all(rows[j].person != row.person for j in there)
        if new and outside and rows[there[0]].list in lists:
            yield thread


def _described(rows, row, mine, there, answers):
    """The features of one candidate."""
    where = rows[there[0]].list
    last_here = max(rows[j].time for j in mine if rows[j].list == where)
    speaker = rows[there[-1]].person
    return (
        np.log1p(sum(row.time - rows[j].time < DAY for j in there)),
        float(len(there) == 1),
        -np.log1p((row.time - last_here) / HOUR),
        float(rows[mine[-1]].list == where),
        np.log1p(answers[row.person, speaker]),
        np.log1p(answers[speaker, row.person]),
    )
