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
    metrics.ndcg_at_k(recommended, relevant, k)  # refuses what it refuses
    values, users, found = [np.zeros(0)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    gain = 1 / np.log2(np.arange(2, k + 2))  # (k,)
    for user, (ranked, wanted) in enumerate(zip(np.asarray(recommended), relevant, strict=True)):
        wanted = np.unique(np.asarray(wanted, dtype=np.int64))  # (n_relevant,)
        hits = ranked[:k] == wanted[:, None]  # (n_relevant, k)
        scale = len(wanted) / gain[: len(wanted)].sum() if len(wanted) else 0.0
        values.append(hits @ gain[: hits.shape[1]] * scale)
        users.append(np.full(len(wanted), user))
        found.append(wanted)
    return np.concatenate(values), np.concatenate(users), np.concatenate(found)
