"""Ready-made lists of any other library, judged as ``evaluate`` judges a model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.data.frames import column_named, shown, tell
from plmrec_lite.data.own_ids import rows_of
from plmrec_lite.evaluation.protocol import evaluate


def evaluate_lists(lists, split, k=10, part="test", *, on_bad="raise", name="lists", tell=tell):
    """Judge lists in the reader's own ids, made by whatever made them.

    Parameters
    ----------
    lists : dict or pandas.DataFrame; each user's items, the best first: ``{user: [item, ...]}``; or
        a table with the columns ``user``, ``item`` and ``rank`` (1 is the best) or ``score`` (the
        highest is the best)
    split : Split; of a log with the same own ids
    k : int; how much of each list counts
    part : {"test", "validation"}; the held-out part
    on_bad : {"raise", "drop"}; what becomes of places that cannot count: unknown users and items,
        items that stand twice, were already met, or are no candidates. Dropped, the places behind
        move up.
    name : str; what tables call the lists
    tell : callable; takes a line on what was dropped, and on users without a list; prints on stderr

    Returns
    -------
    Report; of every user who has an item in the part; one without a list has no hits

    Raises
    ------
    TypeError: ``lists`` is neither a dict nor a table
    ValueError: something cannot count (the message names the first user and item), no user of the
        part has a list, or an option is unknown

    Source: Järvelin & Kekäläinen 2002 for NDCG; ``evaluate`` has the protocol.
    """
    if on_bad not in ("raise", "drop"):
        raise ValueError(f"on_bad={on_bad!r}: use 'raise' or 'drop'")
    known, held_out = split.known(part), split.held_out(part)
    pairs = _pairs(lists)
    users = rows_of(pairs["user"], known.user_ids, "users", unknown="drop")
    items = rows_of(pairs["item"], known.item_ids, "items", unknown="drop")
    both = (users >= 0) & (items >= 0)
    numbered = users * known.n_items + items  # one number for each (user, item) pair
    met = both & np.isin(numbered, known.users * known.n_items + known.items)
    reasons = {
        "name an unknown user": users < 0,
        "name an unknown item": items < 0,
        "name an item that the user met before": met,
        "name an item that is no candidate": both & ~split.candidates[part][items],
        "repeat an item": pairs.duplicated(["user", "item"]).to_numpy(),
    }
    bad = np.zeros(len(pairs), dtype=bool)
    for reason, wrong in reasons.items():
        wrong = wrong & ~bad
        if not wrong.any():
            continue
        row = pairs.iloc[int(np.flatnonzero(wrong)[0])]
        words = (
            f"{int(wrong.sum())} of {len(pairs)} places {reason}, the first is user "
            f"{shown(row['user'])}, item {shown(row['item'])}"
        )
        if on_bad == "raise":
            raise ValueError(f'{words}: correct the lists, or pass on_bad="drop"')
        tell(f"{words}: dropped")
        bad |= wrong
    kept = np.flatnonzero(~bad)
    kept = kept[np.argsort(users[kept], kind="stable")]
    ready = _Ready(users[kept], items[kept], known, name)
    tested = np.unique(held_out.users)
    without = tested[~np.isin(tested, ready.users)]
    if len(tested) and len(without) == len(tested):
        raise ValueError(f"no user of the {part} part has a list: give lists for these users")
    if len(without):
        tell(
            f"{len(without)} of {len(tested)} users of the {part} part have no list, the first is "
            f"{shown(known.user_ids[without[0]])}: they count with no hit"
        )
    return evaluate(ready, split, k, part)


class _Ready:
    """Lists in the place of a model: the earlier an item stands, the higher it scores."""

    seen_ = None  # it was not fitted on any log

    def __init__(self, users, items, known, name):
        self.name = name
        self.users, self.items = users, items
        self.starts = np.searchsorted(users, np.arange(known.n_users + 1))
        self.n_items = known.n_items

    def score(self, users):
        """Return minus the place of each item, (n, n_items); minus infinity where it has none."""
        scores = np.full((len(users), self.n_items), -np.inf)
        for row, user in enumerate(users):
            items = self.items[self.starts[user] : self.starts[user + 1]]
            scores[row, items] = -np.arange(len(items))
        return scores


def _pairs(lists):
    """Return the places of all lists, the best first: columns user and item."""
    if isinstance(lists, dict):
        for user, items in lists.items():
            if isinstance(items, str) or np.ndim(items) != 1:
                raise ValueError(f"the list of user {shown(user)} is {items!r}: give [item, ...]")
        return pd.DataFrame(
            {
                "user": pd.Series([u for u, items in lists.items() for _ in items], dtype=object),
                "item": pd.Series([i for items in lists.values() for i in items], dtype=object),
            }
        )
    if not isinstance(lists, pd.DataFrame):
        raise TypeError(
            f"lists is a {type(lists).__name__}: give a dict {{user: [item, ...]}}, or a table "
            "with user, item and rank or score"
        )
    order = "score" if "score" in lists and "rank" not in lists else "rank"
    columns = [column_named(lists, name, name) for name in ("user", "item", order)]
    missing = lists[columns].isna().any(axis=1).to_numpy()
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        raise ValueError(
            f"{int(missing.sum())} of {len(lists)} rows of the lists lack a user, item or {order}, "
            f"the first is row {row}: drop them"
        )
    ordered = lists.sort_values(order, ascending=order == "rank", kind="stable")
    return ordered[["user", "item"]].astype(object).reset_index(drop=True)
