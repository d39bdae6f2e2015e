"""Who met which item, when, and how it was liked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from plmrec_lite.checks import check_ids, check_ratings, check_times
from plmrec_lite.data.frames import read_events, tell


@dataclass(frozen=True, eq=False, repr=False)
class Interactions:
    """A log of events: user u met item i at time t and rated it r. Its arrays are read-only.

    ``Interactions.from_frame`` builds one from a table with ids of any kind.

    Parameters
    ----------
    users : int array (n,)
        User ids, 0 to n_users - 1.
    items : int array (n,)
        Item ids, 0 to n_items - 1.
    ratings : float array (n,) or None
        The rating of each event in the data's own unit (stars in MovieLens); None where nothing
        was rated.
    timestamps : array (n,) or None
        The time of each event in seconds, whole (int64) or with fractions (float64); dates
        (datetime64) become seconds since 1970. None where no time is known: the log then has
        no order.
    n_users, n_items : int
        How many users and items there are, with or without events.
    user_ids, item_ids : array (n_users,) and (n_items,), or None
        The reader's own ids: ``user_ids[u]`` is what the reader calls user u.

    Raises
    ------
    ValueError
        If lengths differ, an id is out of range, a value is missing, or an own id occurs twice.

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
    ratings: np.ndarray | None
    timestamps: np.ndarray | None
    n_users: int
    n_items: int
    user_ids: np.ndarray | None = None
    item_ids: np.ndarray | None = None

    def __post_init__(self):
        for name in ("n_users", "n_items"):
            count = getattr(self, name)
            if not isinstance(count, (int, np.integer)) or isinstance(count, bool) or count < 0:
                raise ValueError(f"{name}={count!r}: give an integer, 0 or larger")
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
        columns["user_ids"] = _vocabulary("user_ids", self.user_ids, self.n_users)
        columns["item_ids"] = _vocabulary("item_ids", self.item_ids, self.n_items)
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
            The events, in any order.
        user, item, rating, time : str or None
            Columns. User and item are guessed from usual names where they are not given, and
            so are rating and time unless both user and item are. Ids may be strings, integers or
            anything hashable. Times may be dates, ISO strings, or seconds, milli-, micro- or
            nanoseconds since 1970 (recognised by their size); they become seconds.
        on_bad : {"raise", "drop"}
            What becomes of rows where a value is missing or cannot be read.
        duplicates : {"first", "last", "keep", "raise"}
            Which event of a repeated (user, item) pair stays, in time.
        tell : callable
            Takes a line on what was guessed, converted or dropped; prints on stderr.

        Returns
        -------
        Interactions
            In the order of the table, users and items numbered in the order of their ids.

        Raises
        ------
        TypeError
            If ``table`` is no DataFrame.
        ValueError
            If a column is not there or cannot be guessed, or a row is bad (the message names
            the first with its value).

        Examples
        --------
        >>> import pandas as pd
        >>> table = pd.DataFrame({"uid": ["ann", "bob"], "asin": ["B7", "B2"]})
        >>> log = Interactions.from_frame(table, user="uid", item="asin")
        >>> log.items.tolist(), log.item_ids.tolist()
        ([1, 0], ['B2', 'B7'])
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
            Which.
        purpose : str
            What needs it, as the message calls it.

        Returns
        -------
        array (n,)

        Raises
        ------
        ValueError
            If the log has none.
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
        values : {"ones", "ratings"}
            1 where the user met the item; or the rating, the latest where there are several
            (in the log, where there are no times).

        Returns
        -------
        scipy.sparse.csr_array of float32, shape (n_users, n_items)
            Sorted, each pair stored once. A rating of 0 is stored too: it is no absence.

        Raises
        ------
        ValueError
            If ``values`` is neither, or there are no ratings.
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
            One truth value an event.

        Returns
        -------
        Interactions
            The chosen events, with the same users and items.

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
        columns = {name: getattr(self, name) for name in _COLUMNS}
        return replace(self, **{n: None if c is None else c[mask] for n, c in columns.items()})

    def histories(self, in_time=True):
        """Return each user's items, the oldest first.

        Parameters
        ----------
        in_time : bool
            False keeps the order of the log, for what asks only which items there are.

        Returns
        -------
        list of n_users int arrays
            Events at the same time keep their order in the log; no events give an empty array.

        Raises
        ------
        ValueError
            If the order of time is asked for and the log has no times.
        """
        turn = (self.require("timestamps", "the order of histories"),) if in_time else ()
        order = np.lexsort((*turn, self.users))
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


_COLUMNS = ("users", "items", "ratings", "timestamps")


def _vocabulary(name, ids, count):
    """Return the reader's own ids as an array (count,), refusing one that occurs twice."""
    if ids is None or (isinstance(ids, np.ndarray) and not ids.flags.writeable):
        array = ids  # none, or taken from another log, where it was looked at
    else:
        array = np.array(ids if isinstance(ids, np.ndarray) else pd.Series(list(ids)))
    if array is not None and array.shape != (count,):
        raise ValueError(f"{name} has the shape {array.shape}: give one id for each of {count}")
    if array is not None and array is not ids and len(set(array.tolist())) < count:
        raise ValueError(f"{name} names something twice: give each its own id")
    return array
