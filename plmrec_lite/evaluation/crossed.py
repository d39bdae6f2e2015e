"""Intervals for a sentence about unseen items: items drawn anew, alone or with the persons."""

from __future__ import annotations

import numpy as np

from plmrec_lite.evaluation import intervals
from plmrec_lite.evaluation.estimate import Estimate, check_level, percentile_interval

CHUNK = 2**22  # resampled counts held at a time


def crossed_bootstrap(
    values,
    persons=None,
    items=None,
    *,
    over="persons and items",
    average="values",
    level=0.95,
    seed=0,
):
    """Return the mean of values that belong to a person and an item each, with its interval.

    A film that everybody likes lifts the value of every person, so that persons are no
    independent witnesses of what films do: an interval over persons alone is too narrow for
    other films. Here persons and items are drawn with replacement, independently of each other,
    and a value counts as often as its person times as often as its item was drawn.

    Parameters
    ----------
    values : float array (n_persons, n_items) or (n,)
        A table, NaN where there is no value; or n values, with ``persons`` and ``items``. For a
        paired comparison give the differences.
    persons, items : array (n,) or None
        Whose each value is, and of what; only with n values. A pair may occur several times,
        such as once for each seed.
    over : {"persons and items", "items", "persons"}
        What is drawn.
    average : {"values", "persons"}
        Whether every value counts alike, or every person: the mean of each person's mean, as
        ranking metrics have it. A person of whose items none is drawn is left out of a resample.
    level : float, default 0.95
        The share of the 2,000 resamples that the interval holds, between 0 and 1.
    seed : int, default 0
        The seed of the draw.

    Returns
    -------
    Estimate
        value, low, high.

    Raises
    ------
    ValueError
        If the values fit neither form, one is not finite, there are fewer than two persons or
        items to draw from, a resample holds no value, or an option is unknown.

    Notes
    -----
    No bootstrap of crossed data is exact. This one counts the variance of what a person and an
    item do together, noise included, three times: once itself, and once more with the persons
    and with the items. On made tables (40 by 40, or 300 by 100 of which 5 % are filled) 95 %
    intervals held the truth in 95 % of cases where persons and items vary more than their pairs,
    in 98 to 99 % where the pairs vary more, as they do in lists of recommendations, and in 99.9 %
    where nothing else varies (1.5 times the width of ``crossed_t``). Over persons alone it was 81
    to 87 % wherever items vary. So an interval that excludes an effect can be trusted, and one
    that does not may be too cautious: see ``crossed_t``.

    Examples
    --------
    >>> table = np.tile([0.0, 1.0, 0.0, 1.0], (50, 1))  # fifty persons who like the same films
    >>> print(crossed_bootstrap(table, over="persons"))
    0.500 [0.500, 0.500]
    >>> print(crossed_bootstrap(table, over="items"))
    0.500 [0.000, 1.000]

    Source: Owen 2007 (the pigeonhole bootstrap); McCullagh 2000 (none is exact).
    """
    drawn = {"persons": (True, False), "items": (False, True), "persons and items": (True, True)}
    if over not in drawn:
        raise ValueError(f"over={over!r}: use one of {', '.join(drawn)}")
    check_level(level)
    totals, counts = _table(values, persons, items)  # (n_persons, n_items) each
    _check_average(average)
    _at_least_two(counts, drawn[over])
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2)]
    size = max(1, CHUNK // max(counts.shape))
    means = []
    for start in range(0, intervals.N_RESAMPLES, size):
        n = min(size, intervals.N_RESAMPLES - start)
        each = zip(streams, counts.shape, drawn[over], strict=True)
        means.append(_means(totals, counts, *(_draw(*one, n) for one in each), average))
    means = np.concatenate(means)
    if empty := int(np.isnan(means).sum()):
        raise ValueError(
            f"{empty} of {len(means)} resamples hold no value: there are too few {over} for this "
            "interval"
        )
    low, high = percentile_interval(means, level)
    ones = (np.ones((1, size)) for size in counts.shape)
    (value,) = _means(totals, counts, *ones, average)
    return Estimate(float(value), float(low), float(high), over)


def crossed_t(values, persons=None, items=None, *, average="values", level=0.95):
    """Return the mean of values that belong to a person and an item each, with its interval.

    For a sentence about other persons and other items. The variance of the mean is that over
    persons, plus that over items, less that over pairs, which both of them hold; it is never
    taken to be smaller than that over pairs. Student's t has one degree of freedom fewer than
    there are persons or items, whichever are fewer.

    Parameters
    ----------
    values, persons, items, average, level
        As in ``crossed_bootstrap``.

    Returns
    -------
    Estimate
        value, low, high, over "persons and items".

    Raises
    ------
    ValueError
        As ``crossed_bootstrap``.

    Notes
    -----
    On the made tables of ``crossed_bootstrap`` 95 % intervals held the truth in 94 to 97 % of
    cases, wherever the variance lay. On hits (0 or 1) of very unequal persons and items it was 91
    to 95 % with 100 persons and 40 to 100 items, 94 % with 200 and 300, where the bootstrap held
    97 % and more: the two methods enclose the right width.

    Source: Cameron, Gelbach and Miller 2011.
    """
    check_level(level)
    totals, counts = _table(values, persons, items)  # (n_persons, n_items) each
    _check_average(average)
    _at_least_two(counts, (True, True))
    from scipy.stats import t

    n_persons, n_items = counts.shape
    sizes = counts.sum(axis=1)  # (n_persons,)
    weights = 1 / (n_persons * sizes if average == "persons" else np.full(n_persons, sizes.sum()))
    mean = float(weights @ totals.sum(axis=1))
    shares = (totals - mean * counts) * weights[:, None]  # (n_persons, n_items)
    of_persons = (shares.sum(axis=1) ** 2).sum() * n_persons / (n_persons - 1)
    of_items = (shares.sum(axis=0) ** 2).sum() * n_items / (n_items - 1)
    of_pairs = (shares**2).sum()
    variance = max(of_persons + of_items - of_pairs, of_pairs)
    half = float(t.ppf((1 + level) / 2, min(n_persons, n_items) - 1) * variance**0.5)
    return Estimate(mean, mean - half, mean + half, "persons and items")


def _table(values, persons, items):
    """The sum and the number of the values of each pair, (n_persons, n_items) each."""
    values = np.asarray(values, dtype=np.float64)
    if (persons is None) != (items is None) or values.ndim != (2 if persons is None else 1):
        raise ValueError(
            f"values of shape {values.shape}: give a table of persons and items, or one row of "
            "values with the persons and the items of each"
        )
    if persons is None:
        there = ~np.isnan(values)
        rows, columns = there.any(axis=1), there.any(axis=0)
        values, there = values[rows][:, columns], there[rows][:, columns]
        values = np.where(there, values, 0.0)
        if not np.isfinite(values).all():
            raise ValueError("values holds an infinite one")
        return values, there.astype(np.float64)
    if not np.shape(persons) == np.shape(items) == values.shape:
        raise ValueError(
            f"{len(values)} values, persons of shape {np.shape(persons)} and items of shape "
            f"{np.shape(items)}: give one of each for each value"
        )
    if bad := np.flatnonzero(~np.isfinite(values)).tolist():
        raise ValueError(f"values {bad[:5]} are not finite: leave these rows out")
    from scipy.sparse import csr_array

    rows, columns = (np.unique(ids, return_inverse=True)[1] for ids in (persons, items))
    return tuple(csr_array((x, (rows, columns))) for x in (values, np.ones_like(values)))


def _check_average(average):
    if average not in ("values", "persons"):
        raise ValueError(f"average={average!r}: use 'values' or 'persons'")


def _at_least_two(counts, drawn):
    for name, size, needed in zip(("persons", "items"), counts.shape, drawn, strict=True):
        if needed and size < 2:
            raise ValueError(f"{size} {name} with a value: an interval over {name} needs two")


def _draw(rng, size, needed, n):
    """How often each of ``size`` was drawn in n resamples, (n, size); once each if not needed."""
    if not needed:
        return np.ones((n, size))
    rows = rng.integers(size, size=(n, size)) + size * np.arange(n)[:, None]
    return np.bincount(rows.ravel(), minlength=n * size).reshape(n, size).astype(np.float64)


def _means(totals, counts, of_persons, of_items, average):
    """The mean of each resample, (n,); NaN where it holds no value."""
    sums, sizes = (x @ of_items.T for x in (totals, counts))  # (n_persons, n): one a person
    if average == "persons":
        there = sizes > 0
        sums, sizes = np.divide(sums, sizes, out=np.zeros_like(sums), where=there), there
    sums, sizes = ((of_persons.T * x).sum(axis=0) for x in (sums, sizes))
    return np.divide(sums, sizes, out=np.full(len(sums), np.nan), where=sizes > 0)
