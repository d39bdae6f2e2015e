"""The best of one kind against the best of another, and what the interval between them shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from plmrec_lite.applications.contest import FEW_USERS
from plmrec_lite.evaluation.contributions import per_item_contributions
from plmrec_lite.evaluation.crossed import crossed_bootstrap
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.evaluation.intervals import mean_over_people
from plmrec_lite.evaluation.verdicts import verdict

WORTH = 0.05  # the smallest gain worth having, as a share of the best without


@dataclass(frozen=True, eq=False)
class Group:
    """Some of the users of a comparison, and what it finds for them alone.

    Attributes
    ----------
    who : {"with a past", "without a past"}; whether they have an event before the test
    n_users : int
    mine, theirs : float; each model's mean NDCG; NaN without users
    difference : Estimate or None; with its 95 % interval over these users; None for fewer than two
    """

    who: str
    n_users: int
    mine: float
    theirs: float
    difference: Estimate | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two models, both chosen on validation, compared on the test.

    Attributes
    ----------
    claim : str; what is examined
    mine, theirs : str; the two models
    difference : Estimate; in NDCG, with its 95 % interval
    over : str; what the interval was taken over, such as "160 users and 40 items"
    n_users : int; how many were tested
    verdict : {"holds", "does not hold", "not shown"}; what the interval says
    reason : str; with each setting at the end of what was tried, where a better one may lie beyond
    groups : list of Group; users with a past and without; empty where cold items are compared
    """

    claim: str
    mine: str
    theirs: str
    difference: Estimate
    over: str
    n_users: int
    verdict: str
    reason: str
    groups: list = field(default_factory=list)


def compare_best(candidates, cold, held_out, past):
    """Compare the best of each kind, chosen on validation.

    Parameters
    ----------
    candidates : list of Candidate
    cold : list of Candidate; may be empty
    held_out : Interactions; on which the cold ones were tested
    past : int array; the users who have an event before the test

    Returns
    -------
    list of Comparison; the first says whether a language model helps
    """

    def best(*uses, among=candidates):
        return max((c for c in among if c.uses in uses), key=lambda c: c.validation)

    rivals = {
        "A language model helps": (best("language model"), best("behaviour", "words")),
        "Text helps at all": (best("language model", "words"), best("behaviour")),
    }
    found = [
        replace(_verdict(claim, *two), groups=by_past(*(one.report for one in two), past))
        for claim, two in rivals.items()
    ]
    if cold:
        words, model = (best(uses, among=cold) for uses in ("words", "language model"))
        claim = "A language model ranks cold items better than TF-IDF"
        found.append(_verdict(claim, model, words, held_out))
    return found


def by_past(mine, theirs, past):
    """Compare two reports for the users with a past, and for those without.

    Parameters
    ----------
    mine, theirs : Report; of the same users
    past : int array; the users who have an event before the test

    Returns
    -------
    list of two Group
    """
    values, others = (report.per_user["ndcg"].to_numpy() for report in (mine, theirs))
    known = np.isin(mine.per_user.index, past)
    groups = []
    for who, rows in (("with a past", known), ("without a past", ~known)):
        n_users = int(rows.sum())
        groups.append(
            Group(
                who,
                n_users,
                float(values[rows].mean()) if n_users else np.nan,
                float(others[rows].mean()) if n_users else np.nan,
                mean_over_people((values - others)[rows]) if n_users > 1 else None,
            )
        )
    return groups


def over_users_and_items(mine, theirs, held_out):
    """Return by how much one report's NDCG beats another's, with other users and other items.

    A sentence about cold items speaks of items that come tomorrow: those that were tested are
    drawn again, as the users are.

    Parameters
    ----------
    mine, theirs : Report; of the same users, on ``held_out``
    held_out : Interactions

    Returns
    -------
    Estimate; over "persons and items"
    """
    histories = held_out.histories(in_time=False)
    relevant = [histories[user] for user in mine.per_user.index]
    (values, users, items), (others, *_) = (
        per_item_contributions(report.recommended, relevant, report.k) for report in (mine, theirs)
    )
    return crossed_bootstrap(values - others, users, items, average="persons")


def _verdict(claim, mine, theirs, cold=None):
    """Say what the paired interval says: over users, or for cold items over items too."""
    n_users, base = len(mine.report.per_user), float(theirs.report.mean()["ndcg"])
    over = f"{n_users:,} users"
    if cold is None:
        difference = mine.report.compare(theirs.report)
    else:
        difference = over_users_and_items(mine.report, theirs.report, cold)
        over += f" and {len(np.unique(cold.items)):,} items"
    if n_users < FEW_USERS:
        shown = "not shown"
        reason = f"{n_users} users in the test, fewer than {FEW_USERS}: the interval cannot tell"
    else:
        shown = verdict(difference, max(WORTH * base, 1e-9))
        more = "users" if cold is None else "users or items"
        reason = {
            "holds": "the interval lies above 0",
            "does not hold": f"any gain is smaller than {WORTH:.0%} of {base:.3f}",
            "not shown": f"the interval holds both 0 and a gain of {WORTH:.0%}: more {more} would "
            "tell",
        }[shown]
        if mine.setting.get("weight") == 0:  # its lead, if it has one, is not the text's
            shown = "not shown" if shown == "holds" else shown
            reason = f"validation gave the text no weight at all; {reason}"
    beyond = [line for model in (mine, theirs) for line in at_edge(model)]
    if beyond:
        reason += f" (the best may lie beyond: {', '.join(beyond)})"
    return Comparison(claim, mine.name, theirs.name, difference, over, n_users, shown, reason)


def at_edge(model):
    """Say which settings of a model lie at the end of what was tried.

    Parameters
    ----------
    model : Candidate

    Returns
    -------
    list of str; such as "EASE's decay=0.5 is the smallest tried"
    """
    return [
        f"{model.name}'s {name}={model.setting[name]:g} is the {end} tried"
        for name, end in model.at_edge.items()
    ]
