"""Two lists in one: each person chooses between two recommenders by what they click."""

from __future__ import annotations

import numpy as np

from plmrec_lite.ranking import check_k
from plmrec_lite.runtime import check_seed


def team_draft(first, second, k=10, seed=0):
    """Interleave two lists of each person, as captains choose teams.

    Round by round the two lists add their best item that is not yet there; a fair coin says each
    time which goes first.

    Parameters
    ----------
    first, second : int array (n, m); the lists of two recommenders, -1 for an empty place
    k : int; the length of the interleaved lists, 1 to m
    seed : int; of the coins

    Returns
    -------
    lists : int array (n, k); -1 where both lists are used up
    teams : int array (n, k); 0 where the first list added the item, 1 for the second, -1 where
        the place is empty

    Raises
    ------
    ValueError: shapes differ, or ``k`` is out of range

    Examples
    --------
    >>> lists, teams = team_draft([[1, 2, 3]], [[2, 4, 1]], k=3)
    >>> sorted(lists[0].tolist())
    [1, 2, 4]

    Source: Radlinski, Kurup & Joachims 2008, section 4.
    """
    check_seed(seed)
    first, second = np.asarray(first), np.asarray(second)
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError(
            f"lists of shapes {first.shape} and {second.shape}: give two tables (n, m) of the same "
            "people"
        )
    check_k(k, first.shape[1])
    n = len(first)
    lists, teams = np.full((n, k), -1), np.full((n, k), -1)
    coins = np.random.default_rng(seed).integers(2, size=(n, (k + 1) // 2))  # who begins a round
    for row in range(n):
        captains = iter(first[row].tolist()), iter(second[row].tolist())
        taken, place = set(), 0
        for beginner in coins[row].tolist():
            for team in (beginner, 1 - beginner):
                item = next((i for i in captains[team] if i >= 0 and i not in taken), None)
                if item is None or place == k:
                    continue
                lists[row, place], teams[row, place] = item, team
                taken.add(item)
                place += 1
    return lists, teams


def team_credit(clicks, teams):
    """Return by how many clicks the first recommender beats the second, person by person.

    Parameters
    ----------
    clicks : bool array (n, k); what was clicked of the interleaved lists
    teams : int array (n, k); as ``team_draft`` returns

    Returns
    -------
    int array (n,)

    Raises
    ------
    ValueError: shapes differ

    Examples
    --------
    >>> team_credit([[True, False, True]], [[0, 1, 0]]).tolist()
    [2]

    Source: Radlinski, Kurup & Joachims 2008, section 4.
    """
    clicks, teams = np.asarray(clicks, dtype=bool), np.asarray(teams)
    if clicks.shape != teams.shape or clicks.ndim != 2:
        raise ValueError(f"clicks {clicks.shape} and teams {teams.shape}: give two tables (n, k)")
    return (clicks & (teams == 0)).sum(axis=1) - (clicks & (teams == 1)).sum(axis=1)


def in_one_list_only(lists, first, second):
    """Return which items of interleaved lists only one of the two lists has.

    A click on an item that both have says little of which is better, and the coin decides whom it
    is credited to. ``team_credit(clicks & in_one_list_only(...), teams)`` leaves such clicks out.

    Parameters
    ----------
    lists : int array (n, k); as ``team_draft`` returns
    first, second : int array (n, m); the lists they were made from, cut to what is compared

    Returns
    -------
    bool array (n, k); False for an empty place

    Raises
    ------
    ValueError: the tables have different numbers of rows

    Source: Chapelle, Joachims, Radlinski & Yue 2012, on credit for clicks.
    """
    lists, first, second = (np.asarray(table) for table in (lists, first, second))
    if not len(lists) == len(first) == len(second):
        raise ValueError(
            f"{len(lists)} interleaved lists of {len(first)} and {len(second)}: give the same "
            "people's"
        )
    held = [(lists[:, :, None] == table[:, None]).any(axis=2) for table in (first, second)]
    return (held[0] != held[1]) & (lists >= 0)
