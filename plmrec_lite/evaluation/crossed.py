"""Intervals for a sentence about unseen items: items drawn anew, alone or with the persons."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_choice
from plmrec_lite.evaluation import intervals
from plmrec_lite.evaluation.estimate import Estimate
from plmrec_lite.runtime import check_seed

CHUNK = 2**22  # resampled counts held at a time
DRAWN = {"persons and items": (True, True), "items": (False, True), "persons": (True, False)}


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
    """Return the mean of values of a person and an item each, with its interval.

    Persons and items are drawn with replacement, independently; a value counts as often as its
    person times as often as its item was drawn.

    Parameters
    ----------
    values : float array (n_persons, n_items) or (n,); a table, NaN where there is no value; or n
        values, with ``persons`` and ``items``; for a paired comparison the differences
    persons, items : array (n,) or None; whose and of what each value is; pairs may repeat
    over : {"persons and items", "items", "persons"}; what is drawn
    average : {"values", "persons"}; whether every value counts alike, or every person: the mean of
        each person's mean, without those of whom a resample holds nothing
    level : float; the share of the 2,000 resamples that the interval holds
    seed : int

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError: values of neither form, one not finite, fewer than two persons or items to draw
        from, a resample without a value, or an unknown option

    Notes
    -----
    No bootstrap of crossed data is exact: this one counts the variance of pairs three times. On
    made tables 95 % intervals held the truth in 95 % of cases where persons and items vary most,
    in 98 to 99 % where pairs do, and in 99.9 % where nothing else varies; over persons alone in
    81 to 87 % wherever items vary. An interval that excludes an effect can be trusted; one that
    does not may be too wide: see ``crossed_t``.

    Examples
    --------
    >>> table = np.tile([0.0, 1.0, 0.0, 1.0], (50, 1))  # fifty persons who like the same films
    >>> print(crossed_bootstrap(table, over="persons"))
    0.500 [0.500, 0.500]
    >>> print(crossed_bootstrap(table, over="items"))
    0.500 [0.000, 1.000]

    Source: Owen 2007 (the pigeonhole bootstrap); McCullagh 2000 (none is exact).
    """
    check_seed(seed)
    check_choice("over", over, tuple(DRAWN))
    totals, counts = _table(values, persons, items, average, DRAWN[over])
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2)]
    size = max(1, CHUNK // max(counts.shape))
    draws = []
    for start in range(0, intervals.N_RESAMPLES, size):
        n = min(size, intervals.N_RESAMPLES - start)
        each = zip(streams, counts.shape, DRAWN[over], strict=True)
        draws.append(_means(totals, counts, *(_draw(*one, n) for one in each), average))
    draws = np.concatenate(draws)
    if empty := int(np.isnan(draws).sum()):
        raise ValueError(
            f"{empty} of {len(draws)} resamples hold no value: there are too few {over} for this "
            "interval"
        )
    (value,) = _means(totals, counts, *(np.ones((1, size)) for size in counts.shape), average)
    return Estimate.from_draws(value, draws, level, over)


def crossed_t(values, persons=None, items=None, *, average="values", level=0.95):
    """Return the mean of values of a person and an item each, with Student's interval over both.

    The variance of the mean is that over persons, plus that over items, less that over pairs, and
    never smaller than that over pairs; one degree of freedom fewer than there are persons or
    items, whichever are fewer.

    Parameters
    ----------
    values, persons, items, average, level
        As in ``crossed_bootstrap``.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError: as ``crossed_bootstrap``

    Notes
    -----
    On made tables 95 % intervals held the truth in 94 to 97 % of cases, wherever the variance lay;
    on hits (0 or 1) of very unequal persons and items in 91 to 95 % (100 persons, 40 to 100
    items), where the bootstrap held 97 % and more: the two methods enclose the right width.

    Source: Cameron, Gelbach and Miller 2011.
    """
    totals, counts = _table(values, persons, items, average, (True, True))
    n_persons, n_items = counts.shape
    sizes = counts.sum(axis=1)  # (n_persons,)
    weights = 1 / (n_persons * sizes if average == "persons" else np.full(n_persons, sizes.sum()))
    mean = weights @ totals.sum(axis=1)
    shares = (totals - mean * counts) * weights[:, None]  # (n_persons, n_items)
    of_persons = (shares.sum(axis=1) ** 2).sum() * n_persons / (n_persons - 1)
    of_items = (shares.sum(axis=0) ** 2).sum() * n_items / (n_items - 1)
    of_pairs = (shares**2).sum()
    variance = max(of_persons + of_items - of_pairs, of_pairs)
    df = min(n_persons, n_items) - 1
    return Estimate.from_variance(mean, variance, df, level, "persons and items")


def _table(values, persons, items, average, drawn):
    """Check the input; the sum and number of each pair's values, (n_persons, n_items) each."""
    if average not in ("values", "persons"):
        raise ValueError(f"average={average!r}: use 'values' or 'persons'")
    values = np.asarray(values, dtype=np.float64)
    if (persons is None) != (items is None) or values.ndim != (2 if persons is None else 1):
        raise ValueError(
            f"values of shape {values.shape}: give a table of persons and items, or one row of "
            "values with the persons and the items of each"
        )
    is_table = persons is None
    if is_table:
        persons, items = np.nonzero(~np.isnan(values))
        values = values[persons, items]
    if not np.shape(persons) == np.shape(items) == values.shape:
        raise ValueError(
            f"{len(values)} values, persons of shape {np.shape(persons)} and items of shape "
            f"{np.shape(items)}: give one of each for each value"
        )
    if (bad := np.flatnonzero(~np.isfinite(values))).size:
        person, item = np.asarray(persons)[bad[0]], np.asarray(items)[bad[0]]
        raise ValueError(
            f"the value of person {person} and item {item} is {values[bad[0]]}, not finite: leave "
            "it out"
        )
    (known, rows), (kinds, columns) = (np.unique(x, return_inverse=True) for x in (persons, items))
    shape = len(known), len(kinds)
    for name, size, needed in zip(("persons", "items"), shape, drawn, strict=True):
        if needed and size < 2:
            raise ValueError(f"{size} {name} with a value: an interval over {name} needs two")
    from scipy.sparse import csr_array

    sums = [csr_array((x, (rows, columns)), shape) for x in (values, np.ones_like(values))]
    return [x.toarray() for x in sums] if is_table else sums


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
