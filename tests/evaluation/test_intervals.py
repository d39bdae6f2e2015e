"""The bootstrap: drawn with replacement, groups whole, and repeatable."""

import numpy as np
import pytest

from plmrec_lite.evaluation.intervals import N_RESAMPLES, percentile_interval, resamples


def test_as_many_draws_and_rows_as_promised():
    draws = list(resamples(7))
    assert len(draws) == N_RESAMPLES
    assert all(len(rows) == 7 for rows in draws)
    counts = np.bincount(np.concatenate(draws), minlength=7)
    np.testing.assert_allclose(counts / N_RESAMPLES, 1, atol=0.1)
    assert any(len(set(rows.tolist())) < 7 for rows in draws)


def test_groups_are_drawn_whole():
    groups = np.array(["b", "a", "b", "c"])
    for rows in resamples(4, groups=groups):
        counts = np.bincount(rows, minlength=4)
        assert counts[0] == counts[2]
        assert counts[1] + counts[2] + counts[3] == 3


def test_groups_of_one_widen_nothing_and_groups_of_many_do():
    x = np.repeat(np.random.default_rng(0).normal(size=50), 8)  # eight alike witnesses each

    def width(groups):
        low, high = percentile_interval([x[rows].mean() for rows in resamples(400, groups=groups)])
        return high - low

    assert width(np.arange(400)) == pytest.approx(width(None), rel=0.15)
    assert width(np.repeat(np.arange(50), 8)) > 2 * width(None)


def test_the_seed_decides():
    one, again, other = (next(resamples(50, seed)).tolist() for seed in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize(("n", "groups", "message"), [(0, None, "n=0"), (3, [1, 2], "for 3")])
def test_bad_draws(n, groups, message):
    with pytest.raises(ValueError, match=message):
        next(resamples(n, groups=groups))


def test_interval_column_by_column():
    values = np.stack([np.arange(101.0), np.full(101, 2.0)], axis=1)
    low, high = percentile_interval(values, 0.5)
    assert low.tolist() == [25, 2]
    assert high.tolist() == [75, 2]
