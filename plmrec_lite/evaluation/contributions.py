"""What each relevant item brings to a user's NDCG: rows for an interval that lets items in."""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation import metrics


def per_item_contributions(recommended, relevant, k=10):
    """Take NDCG@k apart: what each relevant item of each user brings.

    ``crossed_bootstrap(..., average="persons")`` puts it together again, so that an interval for
    a ranking can let other items in. The lists stay as they are: which items are asked for is
    drawn anew, and not which items they compete with.

    Parameters
    ----------
    recommended : int array (n, m)
        Item ids of each list, the best first; -1 for an empty place.
    relevant : list of n int arrays
        The relevant items of each user, in any order.
    k : int, default 10
        How many places count.

    Returns
    -------
    values : float array (n_pairs,)
        One a user and relevant item: 0 for a miss; a user's mean is the NDCG of its list.
    users, items : int array (n_pairs,)
        The row in ``recommended`` and the item, sorted. A user with nothing relevant has none.

    Raises
    ------
    ValueError
        As ``metrics.ndcg_at_k``.

    Examples
    --------
    >>> values, users, items = per_item_contributions([[7, 5, 3]], [[3, 9]], k=3)
    >>> items.tolist(), values.round(3).tolist()
    ([3, 9], [0.613, 0.0])
    >>> metrics.ndcg_at_k([[7, 5, 3]], [[3, 9]], k=3).round(3).tolist()
    [0.307]

    Source: Järvelin & Kekäläinen 2002 (NDCG).
    """
    places, users, items = places_of(recommended, relevant, k)
    return ndcg_shares(places, users, k), users, items


def places_of(recommended, relevant, k=10):
    """Find the place of each relevant item in its user's list: all that a top-k metric asks.

    Parameters
    ----------
    recommended, relevant, k
        As in `per_item_contributions`.

    Returns
    -------
    places : uint8 array (n_pairs,)
        1 for the best item, 0 for one that is not among the k.
    users, items : int array (n_pairs,)
        As in `per_item_contributions`: what is relevant decides them, not what is recommended.

    Raises
    ------
    ValueError
        As ``metrics.ndcg_at_k``, or k is above 255.

    Examples
    --------
    >>> places_of([[7, 5, 3]], [[3, 9]], k=3)[0].tolist()
    [3, 0]
    """
    metrics.ndcg_at_k(recommended, relevant, k)  # refuses what it refuses
    if k > 255:
        raise ValueError(f"k={k}: a place is kept in one byte, use at most 255")
    relevant = [np.unique(np.asarray(wanted, dtype=np.int64)) for wanted in relevant]
    users = np.repeat(np.arange(len(relevant)), [len(wanted) for wanted in relevant])
    items = np.concatenate([np.zeros(0, np.int64), *relevant])
    hits = np.asarray(recommended)[users, :k] == items[:, None]  # (n_pairs, k)
    return np.where(hits.any(axis=1), hits.argmax(axis=1) + 1, 0).astype(np.uint8), users, items


def ndcg_shares(places, users, k=10):
    """Turn places into what each brings to its user's NDCG@k.

    Parameters
    ----------
    places : int array (n_pairs,); of `places_of`, with the same k or a larger one
    users : int array (n_pairs,); whose each is
    k : int; how many places count

    Returns
    -------
    float array (n_pairs,): the values of `per_item_contributions`

    Raises
    ------
    ValueError: k < 1, unequal lengths

    Source: Järvelin & Kekäläinen 2002 (NDCG).
    """
    places, users = (np.asarray(row, dtype=np.int64) for row in (places, users))
    if k < 1 or places.shape != users.shape:
        raise ValueError(
            f"k={k}, {places.shape} places, {users.shape} users: k is at least 1, and each place "
            "has one user"
        )
    gain = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    n_relevant = np.bincount(users)  # (n_users,)
    ideal = np.cumsum(gain)[np.clip(n_relevant, 1, k) - 1]  # (n_users,)
    gains = np.append(0, gain)[np.where(places > k, 0, places)]
    return gains * (n_relevant / ideal)[users]


def wanted_pairs(split, part="test"):
    """Return the pairs of user and item that a part of a split asks for, in the order of places.

    Parameters
    ----------
    split : Split
    part : {"test", "validation"}

    Returns
    -------
    users, items : int array (n_pairs,): ids, sorted by user, then by item

    Raises
    ------
    ValueError: no such part
    """
    held_out = split.held_out(part)
    pairs = np.unique(np.stack([held_out.users, held_out.items], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def report_places(report, split):
    """Return the place of every pair of `wanted_pairs` in the lists of a report.

    Parameters
    ----------
    report : Report; on a part of the split
    split : Split

    Returns
    -------
    uint8 array (n_pairs,): 1 to ``report.k``, 0 for a miss

    Raises
    ------
    ValueError: the report is about other users, or k is above 255
    """
    users, items = wanted_pairs(split, report.part)
    there, starts = np.unique(users, return_index=True)
    if there.tolist() != report.per_user.index.tolist():
        raise ValueError(
            f"the report is on {len(report.per_user)} users of {report.split!r}, and the "
            f"{report.part} part of {split.name!r} has {len(there)}, not the same: give the split "
            "that was evaluated"
        )
    return places_of(report.recommended, np.split(items, starts[1:]), report.k)[0]
