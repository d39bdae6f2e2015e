"""Persons and items drawn together: against slow ways, closed forms, and statsmodels."""

import numpy as np
import pytest

from plmrec_lite.evaluation import crossed
from plmrec_lite.evaluation.crossed import crossed_bootstrap, crossed_t
from plmrec_lite.evaluation.estimate import percentile_interval
from plmrec_lite.evaluation.intervals import N_RESAMPLES, bootstrap

UNITS = ["persons and items", "items", "persons"]
AVERAGES = ["values", "persons"]


def made(n_persons=12, n_items=9, filled=0.6, seed=0):
    """A table with effects of persons and items, and holes."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n_persons, 1)) + rng.normal(size=n_items)
    table = table + rng.normal(1.0, 1.0, size=(n_persons, n_items))
    return np.where(rng.random(table.shape) < filled, table, np.nan)


def rows_of(table):
    persons, items = np.nonzero(~np.isnan(table))
    return table[persons, items], persons, items


def slow_mean(table, average):
    if average == "values":
        return np.nanmean(table)
    return np.mean([np.nanmean(row) for row in table if not np.isnan(row).all()])


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("over", UNITS)
def test_it_is_the_slow_way(over, average, monkeypatch):
    """Tables put together row by row and column by column, from the same draws."""
    monkeypatch.setattr("plmrec_lite.evaluation.intervals.N_RESAMPLES", 300)
    table = made()
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(5).spawn(2)]
    drawn = [rng.integers(n, size=(300, n)) for rng, n in zip(streams, table.shape, strict=True)]
    if over == "items":
        drawn[0] = np.tile(np.arange(len(table)), (300, 1))
    if over == "persons":
        drawn[1] = np.tile(np.arange(table.shape[1]), (300, 1))
    slow = [slow_mean(table[np.ix_(p, i)], average) for p, i in zip(*drawn, strict=True)]
    found = crossed_bootstrap(table, over=over, average=average, seed=5)
    expected = (slow_mean(table, average), *percentile_interval(slow))
    np.testing.assert_allclose(found, expected)
    assert found.over == over


@pytest.mark.parametrize("average", AVERAGES)
@pytest.mark.parametrize("over", UNITS)
def test_rows_and_table_are_one(over, average):
    table = made()
    table[4] = np.nan  # a person, and an item, without any value
    table[:, 2] = np.nan
    rows = rows_of(table)
    found = crossed_bootstrap(*rows, over=over, average=average)
    np.testing.assert_allclose(found, crossed_bootstrap(table, over=over, average=average))
    order = np.random.default_rng(0).permutation(len(rows[0]))
    named = rows[0][order], np.array([f"p{i:02d}" for i in rows[1]])[order], rows[2][order] * 10
    np.testing.assert_allclose(found, crossed_bootstrap(*named, over=over, average=average))
    np.testing.assert_allclose(
        crossed_t(*named, average=average), crossed_t(table, average=average)
    )


def test_over_persons_alone_it_is_the_bootstrap_of_whole_persons():
    values, persons, items = rows_of(made(60, 20))
    found = crossed_bootstrap(values, persons, items, over="persons")
    peer = bootstrap(np.mean, values, groups=persons)
    assert found.value == pytest.approx(peer.value)
    np.testing.assert_allclose(found, peer, atol=0.06 * (peer.high - peer.low))


def test_spread_in_closed_form(monkeypatch):
    """Of a full table: R^2, C^2 and R^2 C^2 parts of rows, columns and what is left (Owen 2007)."""
    monkeypatch.setattr("plmrec_lite.evaluation.intervals.N_RESAMPLES", 8000)
    table = made(30, 20, filled=1.1)
    mean = table.mean()
    rows, columns = table.mean(1) - mean, table.mean(0) - mean
    left = table - mean - rows[:, None] - columns
    parts = (rows**2).sum() / 30**2, (columns**2).sum() / 20**2, (left**2).sum() / 600**2
    wanted = {"persons": parts[0], "items": parts[1], "persons and items": sum(parts)}
    for over, variance in wanted.items():
        _, low, high = crossed_bootstrap(table, over=over, level=0.6827)  # one deviation each way
        assert (high - low) / 2 == pytest.approx(variance**0.5, rel=0.04)


def test_differences_of_pairs_shed_what_both_share():
    table = made(40, 30)
    other = table + 0.1 + 0.01 * np.random.default_rng(1).normal(size=table.shape)
    for method in (crossed_bootstrap, crossed_t):
        apart, alone = method(other - table), method(other)
        assert apart.low > 0.09
        assert apart.high < 0.11
        assert alone.high - alone.low > 20 * (apart.high - apart.low)


def test_level_and_seed():
    table = made()
    for method in (crossed_bootstrap, crossed_t):
        narrow, wide = method(table, level=0.5), method(table, level=0.99)
        assert wide.low < narrow.low < narrow.high < wide.high
    assert crossed_bootstrap(table) == crossed_bootstrap(table, seed=0)
    assert crossed_bootstrap(table) != crossed_bootstrap(table, seed=1)


def test_persons_and_items_are_drawn_independently():
    table = np.eye(60) - 1 / 60  # where equal draws of both would pile up on the diagonal
    _, low, high = crossed_bootstrap(table)
    assert high - low < 0.06  # sqrt(3) of 4 deviations of 60 ones in 3600


@pytest.mark.parametrize("average", AVERAGES)
def test_a_large_table_goes_in_parts(average, monkeypatch):
    table = made()
    whole = crossed_bootstrap(table, average=average)
    monkeypatch.setattr(crossed, "CHUNK", 12 * 7)  # seven resamples at a time
    sizes, draw = [], crossed._draw
    monkeypatch.setattr(
        crossed, "_draw", lambda rng, size, needed, n: sizes.append(n) or draw(rng, size, needed, n)
    )
    assert crossed_bootstrap(table, average=average) == whole
    assert max(sizes) == 7
    assert sum(sizes) == 2 * N_RESAMPLES


def test_crossed_t_is_that_of_statsmodels():
    """Sums of squares from statsmodels 0.15.0, ``cov_cluster_2groups(..., use_correction=False)``,

    of the mean and of the mean weighted by 1 / (values of the person); each over clusters then
    times n / (n - 1), and scipy's t with 5 degrees of freedom.
    """
    rng = np.random.default_rng(0)
    persons, items = rng.integers(8, size=60), rng.integers(6, size=60)  # pairs occur twice
    values = rng.normal(size=8)[persons] + rng.normal(size=6)[items] + rng.normal(size=60)
    values = values.round(3)
    found = crossed_t(values, persons, items)
    np.testing.assert_allclose(found, (0.35725, -0.8948598005978093, 1.6093598005978094))
    assert found.over == "persons and items"
    found = crossed_t(values, persons, items, average="persons")
    np.testing.assert_allclose(found[1:], (-1.3450457892089327, 1.8367840828597264))


def test_crossed_t_is_never_narrower_than_independent_pairs_allow():
    table = np.random.default_rng(0).normal(size=(4, 4))
    table -= table.mean(0)
    table -= table.mean(1, keepdims=True)  # no person and no item differs from another
    _, low, high = crossed_t(table)
    t_of_3 = 3.182446305284263
    assert (high - low) / 2 == pytest.approx(t_of_3 * np.sqrt((table**2).sum()) / 16)


TABLE = np.arange(6.0).reshape(2, 3)
BAD = [
    ((np.zeros(3),), "shape \\(3,\\)"),
    ((TABLE, [0, 1], [0, 1, 2]), "shape \\(2, 3\\)"),
    ((np.zeros(3), [0, 1, 2]), "shape \\(3,\\)"),
    ((np.zeros(3), None, [0, 1, 2]), "shape \\(3,\\)"),
    ((np.zeros(3), [0, 1], [0, 1, 2]), "3 values, persons of shape \\(2,\\)"),
    ((np.zeros(3), [0, 1, 2], [0, 1]), "items of shape \\(2,\\)"),
    (([0.0, np.nan, 1.0], list("abc"), [0, 7, 2]), "person b and item 7 is nan, not finite"),
    ((np.where(TABLE > 4, np.inf, TABLE),), "person 1 and item 2 is inf, not finite"),
    ((np.full((3, 3), np.nan),), "0 persons"),
    ((TABLE[:1],), "1 persons"),
    ((TABLE[:, :1],), "1 items"),
]


@pytest.mark.parametrize(("given", "words"), BAD)
@pytest.mark.parametrize("method", [crossed_bootstrap, crossed_t])
def test_values_of_neither_form(method, given, words):
    with pytest.raises(ValueError, match=words):
        method(*given)


@pytest.mark.parametrize("method", [crossed_bootstrap, crossed_t])
def test_unknown_options(method):
    with pytest.raises(ValueError, match="average='users'"):
        method(TABLE, average="users")
    with pytest.raises(ValueError, match="level=95"):
        method(TABLE, level=95)
    with pytest.raises(ValueError, match="over='users'"):
        crossed_bootstrap(TABLE, over="users")


def test_one_item_is_enough_where_only_persons_are_drawn():
    assert crossed_bootstrap(TABLE[:, :1], over="persons").low == 0


def test_too_few_to_draw_from_is_said():
    with pytest.raises(ValueError, match="resamples hold no value: there are too few persons"):
        crossed_bootstrap([1.0, 2.0], ["a", "b"], ["x", "y"])
