"""Who met which item, when, and how it was liked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False, repr=False)
class Interactions:
    """A log of events: user u met item i at time t and rated it r. Its arrays are read-only.

    Parameters
    ----------
    users : int array (n,)
        User ids, 0 to n_users - 1.
    items : int array (n,)
        Item ids, 0 to n_items - 1.
    ratings : float array (n,)
        The rating of each event in the data's own unit (stars in MovieLens); finite.
    timestamps : int array (n,)
        The time of each event in seconds.
    n_users, n_items : int
        How many users and items there are, with or without events.

    Raises
    ------
    ValueError
        If lengths differ, an id is out of range, or a value is not finite or not whole.

    Examples
    --------
    >>> log = Interactions([0, 0, 1], [2, 0, 2], [5, 3, 4], [10, 5, 7], n_users=2, n_items=3)
    >>> log
    Interactions(3 events, 2 users, 3 items)
    >>> log.histories()[0].tolist()
    [0, 2]
    """

    users: np.ndarray
    items: np.ndarray
    ratings: np.ndarray
    timestamps: np.ndarray
    n_users: int
    n_items: int

    def __post_init__(self):
        for name in ("n_users", "n_items"):
            count = getattr(self, name)
            if not isinstance(count, (int, np.integer)) or isinstance(count, bool) or count < 0:
                raise ValueError(f"{name}={count!r}: give an integer, 0 or larger")
            object.__setattr__(self, name, int(count))
        columns = {
            "users": _ids("users", self.users, self.n_users),
            "items": _ids("items", self.items, self.n_items),
            "ratings": _finite(self.ratings),
            "timestamps": _whole("timestamps", self.timestamps),
        }
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the arrays differ in length: {lengths}; give one value an event")
        for name, column in columns.items():
            column.setflags(write=False)
            object.__setattr__(self, name, column)

    def __len__(self):
        return len(self.users)

    def __repr__(self):
        return f"Interactions({len(self)} events, {self.n_users} users, {self.n_items} items)"

    def __add__(self, other):
        if not isinstance(other, Interactions):
            return NotImplemented
        sizes = [(part.n_users, part.n_items) for part in (self, other)]
        if sizes[0] != sizes[1]:
            raise ValueError(
                f"cannot join interactions of (users, items) {sizes[0]} and {sizes[1]}: "
                "both must number the same users and items"
            )
        columns = (
            np.concatenate([getattr(self, name), getattr(other, name)])
            for name in ("users", "items", "ratings", "timestamps")
        )
        return Interactions(*columns, self.n_users, self.n_items)

    def matrix(self, values="ones"):
        """Return the user-item matrix.

        Parameters
        ----------
        values : {"ones", "ratings"}
            1 where the user met the item; or the rating, the latest where there are several.

        Returns
        -------
        scipy.sparse.csr_array of float32, shape (n_users, n_items)
            Sorted, each pair stored once. A rating of 0 is stored too: it is no absence.

        Raises
        ------
        ValueError
            If ``values`` is neither.
        """
        if values not in ("ones", "ratings"):
            raise ValueError(f"values={values!r}: use 'ones' or 'ratings'")
        order = np.lexsort((self.timestamps, self.items, self.users))
        users, items = self.users[order], self.items[order]
        last = np.ones(len(order), dtype=bool)  # the last event of each (user, item) pair
        last[:-1] = (users[1:] != users[:-1]) | (items[1:] != items[:-1])
        ratings = self.ratings[order][last]
        data = ratings if values == "ratings" else np.ones_like(ratings)
        columns = items[last].astype(np.int32)  # the index type that all of scikit-learn takes
        starts = np.searchsorted(users[last], np.arange(self.n_users + 1)).astype(np.int32)
        return csr_array((data, columns, starts), shape=(self.n_users, self.n_items))

    def select(self, mask):
        """Return the events where ``mask`` is true, in the same order.

        Parameters
        ----------
        mask : bool array (n,)
            One truth value an event.

        Returns
        -------
        Interactions
            The chosen events, with the same n_users and n_items.

        Raises
        ------
        ValueError
            If ``mask`` is no bool array of length n.
        """
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != (len(self),):
            raise ValueError(
                f"mask is {mask.dtype} of shape {mask.shape}: give a bool array ({len(self)},)"
            )
        columns = (self.users, self.items, self.ratings, self.timestamps)
        return Interactions(*(column[mask] for column in columns), self.n_users, self.n_items)

    def histories(self):
        """Return each user's items, the oldest first.

        Returns
        -------
        list of n_users int arrays
            Events at the same time keep their order in the log; no events give an empty array.
        """
        order = np.lexsort((self.timestamps, self.users))
        ends = np.cumsum(np.bincount(self.users, minlength=self.n_users))
        return np.split(self.items[order], ends)[: self.n_users]

    def popularity(self):
        """Return how many events each item has.

        Returns
        -------
        int array (n_items,)
            Counts of events.
        """
        return np.bincount(self.items, minlength=self.n_items)


def _whole(name, values):
    """Return a copy as int64 (n,), refusing what is no whole number."""
    array = np.asarray(values)
    if array.ndim != 1 or (array.dtype.kind not in "iuf" and array.size):
        raise ValueError(f"{name} is {array.dtype} of shape {array.shape}: give n whole numbers")
    with np.errstate(invalid="ignore"):
        whole = array.astype(np.int64)
    if (bad := np.flatnonzero(whole != array)).size:
        raise ValueError(
            f"{name}: {bad.size} values are no whole numbers, the first in row {bad[0]} "
            f"({array[bad[0]]}): drop or fill them"
        )
    return whole


def _ids(name, values, count):
    """Return ids as int64 (n,), refusing those outside 0 to count - 1."""
    ids = _whole(name, values)
    if (bad := np.flatnonzero((ids < 0) | (ids >= count))).size:
        raise ValueError(
            f"{name}: {bad.size} ids are out of range, the first in row {bad[0]} ({ids[bad[0]]}): "
            f"ids run from 0 to {count - 1}; renumber them or raise n_{name}"
        )
    return ids


def _finite(values):
    """Return ratings as float32 (n,), refusing NaN and infinity."""
    ratings = np.array(values, dtype=np.float32)
    if ratings.ndim != 1:
        raise ValueError(f"ratings have the shape {ratings.shape}: give one number an event")
    if (bad := np.flatnonzero(~np.isfinite(ratings))).size:
        raise ValueError(
            f"ratings: {bad.size} are NaN or infinite, the first in row {bad[0]}: "
            "drop or fill them before you build Interactions"
        )
    return ratings
