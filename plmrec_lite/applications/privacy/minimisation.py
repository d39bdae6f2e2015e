"""Data minimisation: keep of each person only the last events, or few at random."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.data.order import in_order


def keep_last(interactions, n):
    """Keep each person's last n events in time, and forget all before them.

    Parameters
    ----------
    interactions : Interactions
    n : int; 0 or more

    Returns
    -------
    Interactions; in the order of the log; of events at the same time the one further down is later

    Raises
    ------
    ValueError: ``n`` is below 0 or no whole number, or the log has no times

    Examples
    --------
    >>> from plmrec_lite.data import Interactions
    >>> log = Interactions([0, 0, 1], [2, 0, 2], None, [10, 5, 7], n_users=2, n_items=3)
    >>> keep_last(log, 1).items.tolist()
    [2, 2]

    Source: Regulation (EU) 2016/679, article 5(1)(c), which asks for no more than is necessary.
    """
    check_number("n", n, least=0, whole=True)
    times = interactions.require("timestamps", "keep_last")
    order = in_order(interactions.users, times)
    counts = np.bincount(interactions.users, minlength=interactions.n_users)
    from_end = np.empty(len(interactions), dtype=np.int64)  # 0 for a person's last event
    from_end[order] = np.cumsum(counts)[interactions.users[order]] - np.arange(len(order)) - 1
    return interactions.select(from_end < n)


def fewest_enough(values, tolerance):
    """Return the smallest number of events whose value is within a tolerance of the best.

    Parameters
    ----------
    values : dict of int or float to float; by number of events, on validation; ``math.inf`` stands
        for all of them
    tolerance : float; the loss that does not matter, above 0

    Returns
    -------
    int or float; one of the keys

    Raises
    ------
    ValueError: no values, or ``tolerance`` is not above 0

    Examples
    --------
    >>> fewest_enough({5: 0.050, 10: 0.058, 20: 0.060}, tolerance=0.005)
    10
    """
    check_number("tolerance", tolerance, above=0)
    if not values:
        raise ValueError("values is empty: give one for each number of events")
    best = max(values.values())
    return min(n for n, value in values.items() if value >= best - tolerance)


def places_met_before(recommended, met):
    """Return the share of each list's places that show what the person met before.

    A shop that has forgotten an event cannot leave its item out.

    Parameters
    ----------
    recommended : int array (n, k); -1 for an empty place
    met : scipy.sparse array (n, n_items); everything the person ever met

    Returns
    -------
    float array (n,); NaN for an empty list

    Raises
    ------
    ValueError: not one row of ``met`` a list
    """
    recommended = np.asarray(recommended)
    if len(recommended) != met.shape[0]:
        raise ValueError(f"{len(recommended)} lists for {met.shape[0]} rows: give one for each")
    filled = recommended >= 0
    seen = met.toarray()[np.arange(len(recommended))[:, None], recommended] * filled
    with np.errstate(invalid="ignore"):
        return seen.sum(axis=1) / filled.sum(axis=1)
