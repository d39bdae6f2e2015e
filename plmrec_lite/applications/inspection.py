"""What to check before a verdict: the size of a log, its faults, and who would be tested."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plmrec_lite.applications.contest import FEW_USERS, SPLITS
from plmrec_lite.applications.log_faults import look_at_log
from plmrec_lite.applications.remark import Remark
from plmrec_lite.applications.text_faults import look_at_columns, look_at_texts
from plmrec_lite.checks import check_number, check_texts


@dataclass(frozen=True)
class Tested:
    """Who and what a split would test.

    Attributes
    ----------
    split : {"temporal", "leave-one-out", "random"}
    people : int; users with a past and something in the test
    events : int; of all users in the test
    cold : int; of these events, those with an item that has no event before
    """

    split: str
    people: int
    events: int
    cold: int

    def __str__(self):
        share = self.cold / self.events if self.events else 0
        few = "" if self.people >= FEW_USERS else f", fewer than {FEW_USERS}: too few to tell"
        return (
            f"{self.split}: {self.people:,} people{few}; {self.events:,} events, {share:.0%} of "
            "them with an item without any before"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Inspection:
    """What ``inspect_data`` found; printed, it is a summary.

    Attributes
    ----------
    size : dict of str; events, users, items, times, texts in words
    tested : list of Tested; one a split that the log allows
    remarks : list of Remark; the faults, each with its count and its cure
    """

    size: dict
    tested: list
    remarks: list

    def __repr__(self):
        lines = [f"{name}: {words}" for name, words in self.size.items()]
        parts = ["The data", *(f"  {line}" for line in lines), "", "Who would be tested"]
        parts += [f"  {row}" for row in self.tested] or ["  nobody: no split leaves a test"]
        parts += ["", f"Faults: {len(self.remarks) or 'none found'}"]
        for remark in self.remarks:
            parts.append(
                f"  {remark.name}: {remark.count:,} of {remark.total:,} {remark.of} "
                f"({remark.share:.0%})"
            )
            parts += [f"    {remark.says}", f"    Cure: {remark.cure}"]
        return "\n".join(parts)

    def __getitem__(self, name) -> Remark:
        """Return the remark of a name, such as ``found["tied last events"]``."""
        for remark in self.remarks:
            if remark.name == name:
                return remark
        names = ", ".join(repr(remark.name) for remark in self.remarks) or "none"
        raise KeyError(f"no remark {name!r}; there are {names}")


def inspect_data(log, items=None, table=None, *, max_tokens=512):
    """Look at a log and its items before they are judged.

    Parameters
    ----------
    log : Interactions; build it with ``duplicates="keep"`` to have repeated events counted
    items : Items or sequence of str or None; the text of each item, in the order of the log's
    table : pandas.DataFrame or None; other columns of the items, a row each in the same order:
        numbers that know how often an item will be met are named
    max_tokens : int; what the language model reads of a text

    Returns
    -------
    Inspection

    Raises
    ------
    ValueError: the log is empty, or there is not one text or row an item

    Examples
    --------
    >>> from plmrec_lite.data import Interactions
    >>> log = Interactions([0, 0, 1], [0, 1, 1], None, [5, 5, 9], n_users=2, n_items=2)
    >>> inspect_data(log)["tied last events"].count
    1
    """
    check_number("max_tokens", max_tokens, least=1, whole=True)
    if not len(log):
        raise ValueError("the log is empty: there is nothing to look at")
    remarks, texts = look_at_log(log), None
    if items is not None:
        texts = check_texts(getattr(items, "texts", items), "items")
        if len(texts) != log.n_items:
            raise ValueError(
                f"{len(texts)} texts for {log.n_items} items: give one each, in the order of "
                "item_ids, as Items.from_frame(..., interactions=log) does"
            )
        remarks += look_at_texts(texts, log.popularity(), max_tokens)
    if table is not None:
        remarks += look_at_columns(table, log.popularity())
    return Inspection(_size(log, texts), _tested(log), remarks)


def _size(log, texts):
    """How much there is of each."""
    events = np.bincount(log.users, minlength=log.n_users)
    found = {
        "events": f"{len(log):,}, {len(log) / (log.n_users * log.n_items):.2%} of all pairs",
        "users": f"{log.n_users:,}, with {_spread(events)} events each",
        "items": f"{log.n_items:,}, with {_spread(log.popularity())} events each",
        "times": "none",
    }
    if log.timestamps is not None:
        ends = log.timestamps.min(), log.timestamps.max()
        days = (ends[1] - ends[0]) / (24 * 60 * 60)
        found["times"] = f"{days:,.0f} days"
        if ends[0] > 1e8:  # seconds since 1970, not a mere order
            first, last = (str(np.datetime64(int(end), "s"))[:10] for end in ends)
            found["times"] = f"{first} to {last}, {days:,.0f} days"
    if texts is not None:
        found["texts"] = f"{len(texts):,}, with {_spread([len(t.split()) for t in texts])} words"
    return found


def _spread(counts):
    """The middle and the range of some counts, in words."""
    return f"{np.median(counts):.0f} ({min(counts):,} to {max(counts):,})"


def _tested(log):
    """Who would be tested by each split that the log allows."""
    rows = []
    for kind, split in SPLITS.items():
        try:
            cut = split(log)
        except ValueError:
            continue
        test, known = cut.held_out("test"), cut.known("test")
        if len(test):
            people = len(np.intersect1d(test.users, known.users))
            cold = int((known.popularity()[test.items] == 0).sum())
            rows.append(Tested(kind, people, len(test), cold))
    return rows
