"""Lists as they stood at a moment, from events that reach the profile late."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from plmrec_lite.checks import check_number
from plmrec_lite.data.order import in_order, repeated_pairs

NEVER = None  # the delay of a profile that stays as it was when the weights were learned
MONTH = 30 * 24 * 60 * 60  # seconds


class DelayTrial:
    """What came next, moment by moment, and how well profiles of some delay rank it.

    A moment is an event of the window. The weights, the items that may be recommended and their
    vectors are of before the window. Each profile holds what the person did before the moment
    and has arrived. Nothing that the person met before the moment is recommended again.

    Parameters
    ----------
    log : Interactions; a repeated (user, item) pair counts as a new meeting only once
    start, end : float; of the window, in seconds: ``start <= time < end``

    Attributes
    ----------
    known : Interactions; before the window
    asked : Interactions; the moments: first meetings of items that were known before the window
    met : scipy.sparse.csr_array (n, n_items); what each person met before the moment
    candidates : bool array (n_items,)

    Raises
    ------
    ValueError: the log has no times, or the window holds no moment
    """

    def __init__(self, log, start, end):
        times = log.require("timestamps", "DelayTrial")
        self.log, self.start = log, start
        self.known = log.select(times < start)
        self.candidates = self.known.popularity() > 0
        again = repeated_pairs(log.users, log.items, times)
        asked = (times >= start) & (times < end) & self.candidates[log.items]
        self.asked = log.select(asked if again is None else asked & ~again)
        if not len(self.asked):
            raise ValueError(f"no event from {start} to {end} is of a known item: widen the window")
        self.met = profiles_at(log, self.asked.users, self.asked.timestamps)

    def _arrival(self, delay):
        """When each profile is read, and by how much its events are late."""
        if delay is NEVER:
            return np.full(len(self.asked), self.start), 0.0
        return self.asked.timestamps, delay

    def popularity(self, delay=0.0, window=MONTH):
        """Return what each item's popularity was.

        Parameters
        ----------
        delay : float or None; seconds; None: as it was before the window
        window : float; seconds

        Returns
        -------
        float32 array (n, n_items)
        """
        times, late = self._arrival(delay)
        return popularity_at(self.log, times, late, window)

    def scores(self, weights, delay=0.0, decay=1.0, window=MONTH):
        """Score every item at each moment; by its popularity where no event has arrived.

        Parameters
        ----------
        weights : float32 array (n_items, n_items); what an event adds to the score of each item
        delay : float or None; seconds; None: the profile stays as it was before the window
        decay, window : float; as in ``profiles_at`` and ``popularity_at``

        Returns
        -------
        float32 array (n, n_items)
        """
        times, late = self._arrival(delay)
        profiles = profiles_at(self.log, self.asked.users, times, late, decay)
        scores = profiles.astype(np.float32) @ weights
        nothing = np.diff(profiles.indptr) == 0
        scores[nothing] = popularity_at(self.log, times[nothing], late, window)
        return scores

    def gains(self, scores, delay=0.0, k=10):
        """Return the NDCG of each list.

        Parameters
        ----------
        scores : float array (n, n_items)
        delay : float or None; of the events that tell what not to recommend again
        k : int

        Returns
        -------
        float array (n,)
        """
        met = self.met
        if delay != 0:
            times, late = self._arrival(delay)
            met = profiles_at(self.log, self.asked.users, times, late)
        return next_item_gains(scores, met, self.asked.items, self.candidates, k)

    def pauses(self):
        """Return how long ago each person's last event before the moment was.

        Returns
        -------
        float array (n,); seconds; infinite before the first one
        """
        order = in_order(self.log.users, self.log.timestamps)
        users, times = self.log.users[order], self.log.timestamps[order]
        pauses = np.full(len(self.asked), np.inf)
        for row, (user, time) in enumerate(
            zip(self.asked.users, self.asked.timestamps, strict=True)
        ):
            block = times[slice(*np.searchsorted(users, [user, user + 1]))]
            before = np.searchsorted(block, time, side="left")
            if before:
                pauses[row] = time - block[before - 1]
        return pauses


def profiles_at(log, users, times, delay=0.0, decay=1.0):
    """Return what was known of each person at a moment, if events arrive late.

    An event counts if it is earlier than the moment by more than the delay; with delay 0 the
    events of the very same second do not count.

    Parameters
    ----------
    log : Interactions
    users, times : int array (n,); who is asked about, and when
    delay : float; seconds
    decay : float; what an event weighs relative to the person's next event that has arrived

    Returns
    -------
    scipy.sparse.csr_array of float64 (n, n_items); an item met several times counts at its latest
        event that has arrived

    Raises
    ------
    ValueError: the log has no times, or a number is out of range
    """
    check_number("delay", delay, least=0)
    check_number("decay", decay, above=0, most=1)
    moments = log.require("timestamps", "profiles_at")
    users, times = np.asarray(users), np.asarray(times)
    order = in_order(log.users, moments)
    sorted_users, sorted_times, items = log.users[order], moments[order], log.items[order]
    start = np.searchsorted(sorted_users, users)
    end = start.copy()
    for user in np.unique(users):  # each person's block is in time
        block = sorted_times[slice(*np.searchsorted(sorted_users, [user, user + 1]))]
        asked = users == user
        end[asked] += np.searchsorted(block, times[asked] - delay, side="left")
    n_known = end - start
    rows = np.repeat(np.arange(len(users)), n_known)
    age = np.repeat(np.cumsum(n_known), n_known) - np.arange(len(rows)) - 1  # 0 is the latest
    columns = items[np.repeat(end, n_known) - age - 1]
    pairs = rows * log.n_items + columns
    latest = len(pairs) - 1 - np.unique(pairs[::-1], return_index=True)[1]  # later stands later
    shape = (len(users), log.n_items)
    return csr_array((float(decay) ** age[latest], (rows[latest], columns[latest])), shape=shape)


def popularity_at(log, times, delay=0.0, window=np.inf):
    """Return how many events each item had in a window that ends some time before each moment.

    Parameters
    ----------
    log : Interactions
    times : int array (n,); the moments
    delay : float; seconds
    window : float; seconds; infinite counts all events so far

    Returns
    -------
    float32 array (n, n_items); events with ``time - delay - window <= event < time - delay``

    Raises
    ------
    ValueError: the log has no times, or a number is out of range
    """
    check_number("delay", delay, least=0)
    if not window > 0:
        raise ValueError(f"window={window}: give seconds above 0, or infinity")
    moments = log.require("timestamps", "popularity_at")
    times = np.asarray(times)
    order = np.argsort(moments, kind="stable")
    moments, items = moments[order], log.items[order]
    last = np.searchsorted(moments, times - delay, side="left")
    first = np.searchsorted(moments, times - delay - window, side="left")
    counts = np.zeros((len(times), log.n_items), dtype=np.float32)
    now, low, high = np.zeros(log.n_items, dtype=np.float32), 0, 0
    for row in np.argsort(times, kind="stable"):  # the window only moves forward
        np.add.at(now, items[high : last[row]], 1)
        np.subtract.at(now, items[low : first[row]], 1)
        low, high = first[row], last[row]
        counts[row] = now
    return counts


def next_item_gains(scores, met, items, candidates, k=10):
    """Return the NDCG of lists that have one right answer each.

    Parameters
    ----------
    scores : float array (n, n_items)
    met : scipy.sparse array (n, n_items); what is not recommended again
    items : int array (n,); the item that came next
    candidates : bool array (n_items,); the items that may be recommended
    k : int; the length of the lists

    Returns
    -------
    float array (n,); 1 / log2(1 + place), with places from 1; 0 beyond place k. Of equal scores
        the lower item stands first, as in ``top_k``.

    Raises
    ------
    ValueError: an item is no candidate, or was met before
    """
    rows = np.arange(len(items))
    open_to = np.where(candidates, scores, -np.inf)
    open_to[met.nonzero()] = -np.inf
    wanted = open_to[rows, items][:, None]
    if np.isneginf(wanted).any():
        row = int(np.flatnonzero(np.isneginf(wanted[:, 0]))[0])
        raise ValueError(
            f"item {int(items[row])} of row {row} cannot be recommended: it was met before, or is "
            "no candidate; leave the row out"
        )
    before = (open_to == wanted) & (np.arange(scores.shape[1]) < np.asarray(items)[:, None])
    place = (open_to > wanted).sum(axis=1) + before.sum(axis=1) + 1
    return np.where(place <= k, 1 / np.log2(1 + place), 0.0)
