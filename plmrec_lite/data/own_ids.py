"""The reader's own ids in questions and in answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plmrec_lite.data.frames import shown


def check_vocabulary(name, ids, count):
    """Return own ids as an array, refusing one that occurs twice; None stays None.

    Parameters
    ----------
    name : str; what the message calls them
    ids : sequence (count,) or None
    count : int

    Returns
    -------
    array (count,) or None

    Raises
    ------
    ValueError: there are more or fewer, or one occurs twice
    """
    if ids is None or (isinstance(ids, np.ndarray) and not ids.flags.writeable):
        array = ids  # none, or taken from another log, where it was looked at
    else:
        array = np.array(ids if isinstance(ids, np.ndarray) else pd.Series(list(ids)))
    if array is not None and array.shape != (count,):
        raise ValueError(f"{name} has the shape {array.shape}: give one id for each of {count}")
    if array is not None and array is not ids and len(set(array.tolist())) < count:
        raise ValueError(f"{name} names something twice: give each its own id")
    return array


def rows_of(ids, vocabulary, name="users", unknown="raise"):
    """Return the number of each own id.

    Parameters
    ----------
    ids : sequence (n,); the reader's own
    vocabulary : array; ``user_ids`` or ``item_ids`` of a log
    name : str; what the message calls the ids
    unknown : {"raise", "drop"}; an id that is not in the vocabulary is an error, or -1

    Returns
    -------
    int64 array (n,)

    Raises
    ------
    ValueError: there is no vocabulary, or an id is unknown (the message names the first)

    Examples
    --------
    >>> rows_of(["bob", "ann"], np.array(["ann", "bob"], dtype=object)).tolist()
    [1, 0]
    """
    if vocabulary is None:
        raise ValueError(
            "the log has no ids of your own: build it with Interactions.from_frame, or pass "
            "user_ids and item_ids"
        )
    if isinstance(ids, str):
        raise ValueError(f"{name} is the one string {ids!r}: give a list, [{ids!r}]")
    ids = list(ids)
    number = {own: row for row, own in enumerate(vocabulary.tolist())}
    rows = np.array([number.get(own, -1) for own in ids], dtype=np.int64)
    wrong = np.flatnonzero(rows < 0)
    if wrong.size and unknown == "raise":
        example = shown(vocabulary[0]) if len(vocabulary) else "none"
        raise ValueError(
            f"{name}: {wrong.size} of {len(ids)} ids are not in the log, the first is "
            f"{shown(ids[wrong[0]])} (the log has ids such as {example})"
        )
    return rows


def recommend_for(model, interactions, users, k=10):
    """Recommend in the reader's own ids.

    Parameters
    ----------
    model : Recommender; fitted on ``interactions``, or on a part of it
    interactions : Interactions; the log that holds the ids
    users : sequence (n,); the reader's own ids
    k : int; how many items each

    Returns
    -------
    pandas.DataFrame; ``user``, ``item`` and ``rank`` (1 is the best): k rows a user, fewer where no
        unseen item is left

    Raises
    ------
    ValueError: a user is not in the log, or k is out of range

    Examples
    --------
    >>> from plmrec_lite.data import Interactions
    >>> from plmrec_lite.recommenders import Popularity
    >>> table = pd.DataFrame({"uid": ["ann", "bob", "bob"], "asin": ["B7", "B2", "B7"]})
    >>> log = Interactions.from_frame(table, user="uid", item="asin")
    >>> recommend_for(Popularity().fit(log), log, ["ann"], k=1).values.tolist()
    [['ann', 'B2', 1]]
    """
    users = list(users) if not isinstance(users, str) else users
    lists = model.recommend(rows_of(users, interactions.user_ids), k)  # (n, k)
    if interactions.item_ids is None:
        raise ValueError("the log has no item_ids: build it with Interactions.from_frame")
    row, place = np.nonzero(lists >= 0)
    return pd.DataFrame(
        {
            "user": pd.Series(users, dtype=interactions.user_ids.dtype).to_numpy()[row],
            "item": interactions.item_ids[lists[row, place]],
            "rank": place + 1,
        }
    )
