"""What a paper must say before its number can be read, and when two numbers can be compared."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from plmrec_lite.checks import check_choice

CHOICES = {
    "split": ("leave-one-out", "random share", "one moment"),
    "seen": ("left out", "left in"),
    "relevant": ("one", "many"),
    "metric": ("HR", "NDCG"),
}


@dataclass(frozen=True)
class Protocol:
    """How a number was measured; None where the source does not say.

    Where words are free, write the same thing with the same words: they are compared as text.

    Attributes
    ----------
    data : str; such as "MovieLens-1M"
    filtered : str; which users, items and events were left out before the split, or "nothing"
    split : str; "leave-one-out", "random share" or "one moment"
    ties : str; the order of events at the same time: "as in the file", "shuffled", "by item"
    candidates : str; what the relevant item is ranked among: "all", "100 uniform", "100 popular"
    seen : str; "left out" or "left in": items that the user is known to have met
    relevant : str; "one" or "many" items a user
    metric : str; "HR" or "NDCG"
    k : int; the length of the list
    chosen_on : str; what settings and the number of epochs were chosen on, such as "validation"

    Raises
    ------
    ValueError: split, seen, relevant or metric is another word than those above
    """

    data: str | None = None
    filtered: str | None = None
    split: str | None = None
    ties: str | None = None
    candidates: str | None = None
    seen: str | None = None
    relevant: str | None = None
    metric: str | None = None
    k: int | None = None
    chosen_on: str | None = None

    def __post_init__(self):
        for name, choices in CHOICES.items():
            if (said := getattr(self, name)) is not None:
                check_choice(name, said, choices)

    def missing(self):
        """Return what is not said.

        Returns
        -------
        list of str; names of attributes
        """
        return [field.name for field in fields(self) if getattr(self, field.name) is None]


QUESTIONS = {
    "data": ("Which data set, in which edition?", "load_movielens, load_movielens_1m"),
    "filtered": ("Which users, items and ratings were left out?", "Interactions.select"),
    "split": (
        "What was held out, and is time one for all?",
        "leave_one_out, random_split, temporal_split",
    ),
    "ties": ("In which order are events at the same time?", "data.ties.order_ties"),
    "candidates": (
        "Among how many items is the right one ranked?",
        "expected_gains, Standing.popularity_counts",
    ),
    "seen": ("Are items that the user has met left out?", "Standing.counts(mask_seen=...)"),
    "relevant": ("How many items a user are right?", "evaluate, or Standing.counts"),
    "metric": ("Which metric?", "Report.per_user"),
    "k": ("How long is the list?", "evaluate(..., k=10)"),
    "chosen_on": (
        "On what were settings and epochs chosen?",
        "evaluation.tuning.tune, then split.known",
    ),
}


def convert(protocol):
    """Lay out what a paper says of its protocol, what it leaves open, and how to follow it here.

    Parameters
    ----------
    protocol : Protocol

    Returns
    -------
    pandas.DataFrame; a row a question, indexed by attribute: question, answer ("not said" where
        it is None), and what of this library does it

    Examples
    --------
    >>> table = convert(Protocol(data="MovieLens-1M", metric="NDCG", k=10))
    >>> table.loc["k", "answer"], table.loc["candidates", "answer"]
    ('10', 'not said')
    """
    rows = {
        name: {
            "question": question,
            "answer": "not said" if (said := getattr(protocol, name)) is None else str(said),
            "in this library": how,
        }
        for name, (question, how) in QUESTIONS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def differences(one, other):
    """Return why two numbers cannot be compared.

    Parameters
    ----------
    one, other : Protocol

    Returns
    -------
    list of str; what differs, with both values, and what one of them does not say; empty if the
        two numbers were measured in the same way

    Examples
    --------
    >>> sampled = Protocol(data="A", candidates="100 uniform")
    >>> differences(sampled, Protocol(data="A", candidates="all"))[:2]
    ['candidates: 100 uniform, all', 'filtered: not said']
    """
    pairs = {name: (getattr(one, name), getattr(other, name)) for name in QUESTIONS}
    differ = [
        f"{name}: {mine}, {theirs}"
        for name, (mine, theirs) in pairs.items()
        if None not in (mine, theirs) and mine != theirs
    ]
    return differ + [f"{name}: not said" for name, pair in pairs.items() if None in pair]


def comparable(one, other):
    """Say in one word whether two numbers may stand in one column.

    Parameters
    ----------
    one, other : Protocol

    Returns
    -------
    str; "not comparable" where a stated answer differs, "not known" where none differs and one is
        missing, else "comparable"

    Examples
    --------
    >>> comparable(Protocol(k=10), Protocol(k=5))
    'not comparable'
    >>> comparable(Protocol(k=10), Protocol(k=10))
    'not known'
    """
    found = differences(one, other)
    if any(not reason.endswith(": not said") for reason in found):
        return "not comparable"
    return "not known" if found else "comparable"
