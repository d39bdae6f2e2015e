"""One temporal split after another: a model that is fitted anew every few weeks."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.order import first_meetings
from plmrec_lite.data.parts import PARTS, Split

DAY = 24 * 60 * 60  # seconds


def rolling_splits(interactions, days=28, min_history=5, given=None):
    """Cut the log into windows, and test on each what its past can predict.

    It answers "what would this model have recommended in that month?" for every month but the
    first two, so that far more users are tested than at one cut, and nothing from after the test
    is known. In the split of a window, the window before it is the validation part.

    Parameters
    ----------
    interactions : Interactions
        The log. A repeated (user, item) pair counts at its first event only.
    days : float
        Length of a window; the last one may be shorter.
    min_history : int
        A user with fewer events before the window is not tested in it.
    given : int or None
        Newcomers instead: users without an event before the window. The first ``given`` events of
        each in the window join the training part, and the rest of the window is the test.

    Returns
    -------
    list of Split
        The windows in which somebody is tested. Validation holds the events of everybody.

    Raises
    ------
    ValueError
        If a number is out of range, the log has no times, or no window tests anybody.

    Source: Ji et al. 2023, on why time must be global.
    """
    check_number("days", days, above=0)
    check_number("min_history", min_history, least=0, whole=True)
    if given is not None:
        check_number("given", given, least=1, whole=True)
    interactions.require("timestamps", "rolling_splits")
    log = first_meetings(interactions)
    if not len(log):
        raise ValueError("the log is empty: there is no window to test")
    window = ((log.timestamps - log.timestamps.min()) // (days * DAY)).astype(np.int64)
    place = _place_in_history(log)
    splits = []
    for number in range(2, int(window.max()) + 1):
        before = np.bincount(log.users[window < number], minlength=log.n_users)
        now, validation = window == number, window == number - 1
        train = window < number - 1
        if given is None:
            test = now & (before[log.users] >= min_history)
        else:
            shown = np.bincount(log.users[now], minlength=log.n_users)
            new = now & ((before == 0) & (shown > given))[log.users]
            test, train = new & (place >= given), train | (new & (place < given))
        if test.any():
            parts = [log.select(mask) for mask in (train, validation, test)]
            candidates = {part: np.ones(log.n_items, dtype=bool) for part in PARTS}
            splits.append(Split(*parts, candidates, f"rolling, window {number + 1}"))
    if not splits:
        raise ValueError(
            f"no window of {days} days has a user to test: the log spans "
            f"{np.ptp(log.timestamps) / DAY:.1f} days; shorten the windows or ask for less history"
        )
    return splits


def _place_in_history(log: Interactions):
    """How many events of the same user are earlier, for each event."""
    order = np.lexsort((log.timestamps, log.users))
    users = log.users[order]
    place = np.empty(len(log), dtype=np.int64)
    place[order] = np.arange(len(log)) - np.searchsorted(users, users)
    return place
