"""Who met which item, when, and how it was liked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.checks import check_ids, check_number, check_ratings
from plmrec_lite.data.events import read_events
from plmrec_lite.data.frames import tell
from plmrec_lite.data.order import in_order
from plmrec_lite.data.own_ids import check_vocabulary
from plmrec_lite.data.times import check_times


@dataclass(frozen=True, eq=False, repr=False)
class Interactions:
    """A log of events: user u met item i at time t and rated it r. Its arrays are read-only.

    Parameters
    ----------
    users, items : int array (n,); 0 to n_users - 1, 0 to n_items - 1
    ratings : float array (n,) or None; in the data's own unit, such as stars
    timestamps : array (n,) or None; seconds, whole (int64) or with fractions (float64); dates
        (datetime64) become seconds since 1970; None: the log has no order
    n_users, n_items : int; with or without events
    user_ids, item_ids : array (n_users,) and (n_items,), or None; the reader's own ids

    Raises
    ------
    ValueError: lengths differ, an id is out of range, a value is missing, or an own id occurs twice
    """

    users: np.ndarray
    items: np.ndarray
    ratings: np.ndarray | None
    timestamps: np.ndarray | None
    n_users: int
    n_items: int
    user_ids: np.ndarray | None = None
    item_ids: np.ndarray | None = None

    def __post_init__(self):
        for name in ("n_users", "n_items"):
            count = getattr(self, name)
            check_number(name, count, least=0, whole=True)
            object.__setattr__(self, name, int(count))
        columns = {
            "users": check_ids(self.users, self.n_users, "users"),
            "items": check_ids(self.items, self.n_items, "items"),
        }
        if self.ratings is not None:
            columns["ratings"] = check_ratings(self.ratings)
        if self.timestamps is not None:
            columns["timestamps"] = check_times(self.timestamps)
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the arrays differ in length: {lengths}; give one value an event")
        columns["user_ids"] = check_vocabulary("user_ids", self.user_ids, self.n_users)
        columns["item_ids"] = check_vocabulary("item_ids", self.item_ids, self.n_items)
        for name, column in columns.items():
            if column is not None:
                column.setflags(write=False)
            object.__setattr__(self, name, column)

    @classmethod
    def from_frame(
        cls,
        table,
        user=None,
        item=None,
        rating=None,
        time=None,
        *,
        on_bad="raise",
        duplicates="first",
        tell=tell,
    ):
        """Build a log from a table with one row an event, and remember the table's own ids.

        Parameters
        ----------
        table : pandas.DataFrame
        user, item, rating, time : str or None; columns; user and item are guessed where not given,
            and so are rating and time unless both are; ids are anything hashable; times are dates,
            ISO strings, or seconds to nanoseconds since 1970 (recognised by their size)
        on_bad : {"raise", "drop"}; what becomes of rows where a value is missing or cannot be read
        duplicates : {"first", "last", "keep", "raise"}; which of a pair's events stays, in time
        tell : callable; takes a line on what was guessed, converted or dropped; prints on stderr

        Returns
        -------
        Interactions; in the order of the table, users and items numbered in the order of their ids

        Raises
        ------
        TypeError: ``table`` is no DataFrame
        ValueError: a column is not there or cannot be guessed, or a row is bad (the first is named)
        """
        events = read_events(table, user, item, rating, time, on_bad, duplicates, tell)
        sizes = {"n_users": len(events["user_ids"]), "n_items": len(events["item_ids"])}
        return cls(**events, **sizes)

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
        columns = {}
        for name in ("users", "items", "ratings", "timestamps", "user_ids", "item_ids"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if (mine is None) != (theirs is None):
                raise ValueError(f"cannot join: only one of the two logs has {name}")
            if name.endswith("_ids"):
                if mine is not theirs and not np.array_equal(mine, theirs):
                    raise ValueError(f"cannot join: the two logs differ in {name}")
            elif mine is not None:
                columns[name] = np.concatenate([mine, theirs])
        return replace(self, **columns)

    def require(self, column, purpose):
        """Return ratings or timestamps, or say what they are needed for.

        Parameters
        ----------
        column : {"ratings", "timestamps"}
        purpose : str; what needs it, as the message calls it

        Returns
        -------
        array (n,)

        Raises
        ------
        ValueError: the log has none
        """
        values = getattr(self, column)
        if values is None:
            name = {"ratings": "rating", "timestamps": "time"}[column]
            raise ValueError(
                f"{purpose} needs {column}, and this log has none: give them, such as "
                f"Interactions.from_frame(table, ..., {name}=...)"
            )
        return values

    def matrix(self, values="ones"):
        """Return the user-item matrix.

        Parameters
        ----------
        values : {"ones", "ratings"}; 1 where the user met the item, or the latest rating (without
            times, the last in the log)

        Returns
        -------
        scipy.sparse.csr_array of float32, (n_users, n_items); a rating of 0 is stored too

        Raises
        ------
        ValueError: ``values`` is neither, or there are no ratings
        """
        if values not in ("ones", "ratings"):
            raise ValueError(f"values={values!r}: use 'ones' or 'ratings'")
        shape = (self.n_users, self.n_items)
        if values == "ones":
            ones = np.ones(len(self), dtype=np.float32)
            X = csr_array((ones, (self.users, self.items)), shape=shape)
            X.sum_duplicates()
            X.data[:] = 1
        else:
            ratings = self.require("ratings", "matrix(values='ratings')")
            turn = () if self.timestamps is None else (self.timestamps,)
            order = np.lexsort((*turn, self.items, self.users))
            users, items = self.users[order], self.items[order]
            last = np.ones(len(order), dtype=bool)  # the last event of each (user, item) pair
            last[:-1] = (users[1:] != users[:-1]) | (items[1:] != items[:-1])
            starts = np.searchsorted(users[last], np.arange(self.n_users + 1))
            X = csr_array((ratings[order][last], items[last], starts), shape=shape)
        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        return X  # its index type is the one that all of scikit-learn takes

    def select(self, mask):
        """Return the events where ``mask`` is true, in the same order.

        Parameters
        ----------
        mask : bool array (n,)

        Returns
        -------
        Interactions; with the same users and items

        Raises
        ------
        ValueError: ``mask`` is no bool array of length n
        """
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != (len(self),):
            raise ValueError(
                f"mask is {mask.dtype} of shape {mask.shape}: give a bool array ({len(self)},)"
            )
        columns = {n: getattr(self, n) for n in ("users", "items", "ratings", "timestamps")}
        return replace(self, **{n: None if c is None else c[mask] for n, c in columns.items()})

    def histories(self, in_time=True):
        """Return each user's items, the oldest first; at the same time in the order of the log.

        Parameters
        ----------
        in_time : bool; False keeps the order of the log, for what asks only which items there are

        Returns
        -------
        list of n_users int arrays

        Raises
        ------
        ValueError: the order of time is asked for and the log has no times
        """
        if in_time:
            order = in_order(self.users, self.require("timestamps", "the order of histories"))
        else:
            order = np.argsort(self.users, kind="stable")
        ends = np.cumsum(np.bincount(self.users, minlength=self.n_users))
        return np.split(self.items[order], ends)[: self.n_users]

    def popularity(self):
        """Return how many events each item has.

        Returns
        -------
        int array (n_items,)
        """
        return np.bincount(self.items, minlength=self.n_items)
