"""What a log can have that spoils a comparison: in its times, its ids, its events."""

from __future__ import annotations

import numpy as np

from plmrec_lite.applications.remark import remark_from
from plmrec_lite.data.frames import shown
from plmrec_lite.data.order import in_order, repeated_pairs

MINUTE, DAY = 60, 24 * 60 * 60
SOME, MUCH, MOST = 0.05, 0.2, 0.5  # shares from which on a fault is worth a remark
FEW_EVENTS = 3  # with fewer a user is in no leave-one-out test


def look_at_log(log):
    """Return the faults of a log.

    Parameters
    ----------
    log : Interactions; build it with ``duplicates="keep"`` to have repeated events counted

    Returns
    -------
    list of Remark; the most common faults of each kind, none where there is none
    """
    found = [_repeated(log), *_alike_ids(log), _heavy_user(log), *_few_events(log)]
    found += _ratings(log)
    if log.timestamps is None:
        all_events = np.ones(len(log), dtype=bool)
        says = "No split can put the past before the future."
        cure = "find a column of times; until then a verdict is no forecast."
        found.append(remark_from(0, all_events, "no times", "events", says, cure))
    else:
        found += [_dates_as_numbers(log), _tied_last(log), _hurried(log), _one_sitting(log)]
        found.append(_one_moment(log))
    return [remark for remark in found if remark is not None]


def _repeated(log):
    """Events that repeat a (user, item) pair."""
    again = repeated_pairs(log.users, log.items, log.timestamps)
    return remark_from(
        0,
        np.zeros(len(log), dtype=bool) if again is None else again,
        "repeated pairs",
        "events",
        "A user meets an item again, and every split counts the first meeting only.",
        'decide which event of a pair stays: from_frame(..., duplicates="first" or "last").',
    )


def _alike_ids(log):
    """Ids that differ in capitals and spaces alone."""
    for what, ids in (("users", log.user_ids), ("items", log.item_ids)):
        if ids is None or not any(isinstance(own, str) for own in ids):
            continue
        plain = np.array([str(own).strip().casefold() for own in ids], dtype=object)
        _, codes, counts = np.unique(plain, return_inverse=True, return_counts=True)
        alike = counts[codes] > 1
        first = shown(ids[int(np.argmax(alike))])
        says = (
            f"Such as {first}: two ids that differ in capitals or spaces are one thing, cut in two."
        )
        cure = "make them one before you read the table: table[column].str.strip().str.lower()."
        yield remark_from(0, alike, f"alike ids of {what}", what, says, cure)


def _heavy_user(log):
    """A user who has so many events that it is hardly a person."""
    events = np.bincount(log.users, minlength=log.n_users)
    if log.n_users < 1 / SOME:
        return None
    user = int(events.argmax())
    name = user if log.user_ids is None else shown(log.user_ids[user])
    return remark_from(
        SOME,
        log.users == user,
        "one heavy user",
        "events",
        f"They are of the one user {name}: a robot, a shared account, or the id of nobody.",
        "leave this user out if it is no person.",
    )


def _few_events(log):
    """Users too short to test, and items too rare to learn from."""
    events = np.bincount(log.users, minlength=log.n_users)
    yield remark_from(
        MUCH,
        (events < FEW_EVENTS),
        "short histories",
        "users",
        f"With fewer than {FEW_EVENTS} events they train a model and test none.",
        "count the users that are tested, below, and not the users of the table.",
    )
    yield remark_from(
        MOST,
        log.popularity() < 5,
        "rare items",
        "items",
        "With fewer than 5 events behaviour says little about them.",
        "judge cold items too, and join variants of one thing under one id.",
    )


def _ratings(log):
    """Ratings that are none, or that say no more than the event does."""
    if log.ratings is None or not len(log):
        return
    stars = np.unique(log.ratings)
    zero = log.ratings == 0
    if len(stars) > 2 and stars[0] == 0 and stars[1] == 1 and float(stars[-1]).is_integer():
        says = "Beside whole ratings from 1 up, a 0 mostly means: not rated."
        cure = "look it up; then leave out these events, or the column."
        yield remark_from(0, zero, "ratings of 0", "events", says, cure)
    if len(stars) == 1:
        says = f"All ratings are {stars[0]:g}: they hold no more than the event."
        cure = "leave the column out."
        yield remark_from(0, ~np.isnan(log.ratings), "one rating", "events", says, cure)
    elif len(stars) > 2:
        middle = (stars[0] + stars[-1]) / 2
        low = (log.ratings < middle) & ~(zero if stars[0] == 0 else np.zeros_like(zero))
        says = f"They are rated below {middle:g}, and `judge` counts every event as a wish met."
        cure = "leave out the events that were no success, if you recommend what is liked."
        yield remark_from(SOME, low, "disliked", "events", says, cure)


def _ordered(log):
    """Each user's events in time: users, times, and which is a user's first and last."""
    order = in_order(log.users, log.timestamps)
    users, times = log.users[order], log.timestamps[order]
    new = np.ones(len(users), dtype=bool)
    new[1:] = users[1:] != users[:-1]
    return users, times, new, np.append(new[1:], True)[: len(users)]


def _dates_as_numbers(log):
    """Dates written as numbers, 20240531: as seconds they would all lie in one year, 1970."""
    months, days = np.divmod(np.asarray(log.timestamps), 100)
    years, months = np.divmod(months, 100)
    dates = (years >= 1900) & (years < 2100) & (months >= 1) & (months <= 12)
    dates &= (days >= 1) & (days <= 31)
    return remark_from(
        1,
        dates,
        "dates as numbers",
        "times",
        f"{shown(log.timestamps[0])} looks like year, month and day, and is read as seconds.",
        'say how they are written: pandas.to_datetime(table[column].astype(str), format="%Y%m%d").',
    )


def _tied_last(log):
    """Users whose last event is as late as the one before it."""
    _, times, new, last = _ordered(log)
    tied = np.zeros(len(times), dtype=bool)
    tied[1:] = ~new[1:] & (times[1:] == times[:-1])
    return remark_from(
        SOME,
        tied[last],
        "tied last events",
        "users",
        "Their last two events have the same time, so that the row decides which is the last.",
        "take finer times, or cut at one date for all: split='temporal' never parts a tie.",
    )


def _hurried(log):
    """Events that follow within a minute: a form that was filled in, an import."""
    _, times, new, _ = _ordered(log)
    quick = (np.diff(times) <= MINUTE)[~new[1:]]
    return remark_from(
        MUCH,
        quick,
        "within a minute",
        "steps from an event to the user's next",
        "People do not watch, read or buy that fast: the times say when it was entered.",
        "do not read the order inside a session; 'what next?' asks for the order of a form.",
    )


def _one_sitting(log):
    """Users whose whole history fits into a day."""
    users, times, new, last = _ordered(log)
    long = np.bincount(users, minlength=log.n_users)[users[last]] >= FEW_EVENTS
    short = (times[last] - times[new] < DAY)[long]
    return remark_from(
        MUCH,
        short,
        "one day only",
        f"users with {FEW_EVENTS} events or more",
        "Their whole history fits into a day, so that one date for all splits few of them.",
        "expect few people in a temporal test; several dates in a row test more (rolling_splits).",
    )


def _one_moment(log):
    """One and the same time of many users: a default, or a load of old data."""
    times, place, counts = np.unique(log.timestamps, return_inverse=True, return_counts=True)
    if not len(times):
        return None
    common = place == int(counts.argmax())
    if len(np.unique(log.users[common])) < 5:
        return None
    return remark_from(
        SOME,
        common,
        "one moment",
        "events",
        f"They have the one time {shown(times[counts.argmax()])}: a default, or an import.",
        "treat it as missing, and drop these rows or the column of times.",
    )
