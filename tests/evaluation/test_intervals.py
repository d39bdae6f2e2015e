"""The bootstrap: drawn with replacement, groups whole, and repeatable."""

import numpy as np
import pytest

from plmrec_lite.evaluation.estimate import Estimate, percentile_interval
from plmrec_lite.evaluation.intervals import N_RESAMPLES, bootstrap, mean_over_people, resamples


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


@pytest.fixture
def tested():
    """Values of people who were tested one to six times, and who they are."""
    rng = np.random.default_rng(0)
    people = rng.permutation(np.repeat(np.arange(60) * 7, rng.integers(1, 7, 60)))
    return rng.normal(size=420)[people] + 0.1 * rng.normal(size=len(people)), people


def test_the_mean_over_people_is_the_grouped_bootstrap_of_the_mean(tested):
    values, people = tested
    for level, seed in ((0.95, 0), (0.8, 3)):
        fast = mean_over_people(values, people, level, seed)
        np.testing.assert_allclose(
            fast, bootstrap(np.mean, values, level=level, seed=seed, groups=people), atol=1e-12
        )
    np.testing.assert_allclose(mean_over_people(values), bootstrap(np.mean, values), atol=1e-12)
    names = np.array([f"person {p:03d}" for p in people])
    np.testing.assert_allclose(mean_over_people(values, names), mean_over_people(values, people))
    assert mean_over_people(values).high - mean_over_people(values).low < fast.high - fast.low


def test_the_interval_over_people_covers_their_mean():
    """Of 95 % intervals from made people, about 95 % hold the truth; one a value does not."""
    rng, truth, whole, single = np.random.default_rng(1), 0.3, 0, 0
    for _ in range(200):
        people = np.repeat(np.arange(40), rng.integers(1, 9, 40))
        values = truth + rng.normal(size=40)[people] + 0.2 * rng.normal(size=len(people))
        for ids in (people, None):
            found = mean_over_people(values, ids)
            held = found.low <= truth <= found.high
            whole, single = (whole + held, single) if ids is not None else (whole, single + held)
    assert 0.90 <= whole / 200 <= 0.98
    assert single / 200 < 0.80


def test_values_and_people_must_fit():
    with pytest.raises(ValueError, match=r"shape \(3,\) for people of shape \(2,\)"):
        mean_over_people([1.0, 2.0, 3.0], [0, 1])
    with pytest.raises(ValueError, match=r"shape \(0,\)"):
        mean_over_people([])
    with pytest.raises(ValueError, match="level=2"):
        mean_over_people([1.0, 2.0], level=2)


def test_an_estimate_from_draws():
    found = Estimate.from_draws(2, np.arange(101.0), 0.5)
    assert found == (2.0, 25.0, 75.0)
    assert f"{found:+.1f}" == "+2.0 [+25.0, +75.0]"


def test_bootstrap_of_a_mean_is_the_textbook_interval():
    values = np.random.default_rng(1).normal(5, 2, 400)
    estimate = bootstrap(np.mean, values)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert estimate.value == values.mean()
    assert estimate.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert estimate.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_rows_are_drawn_together():
    x = np.random.default_rng(2).normal(size=50)
    assert bootstrap(lambda a, b: float(np.abs(a - b).max()), x, x) == Estimate(0.0, 0.0, 0.0)


def test_bootstrap_is_repeatable_and_its_seed_matters():
    x = np.arange(30.0)
    assert bootstrap(np.mean, x) == bootstrap(np.mean, x)
    assert bootstrap(np.mean, x, seed=1) != bootstrap(np.mean, x, seed=2)


def test_level():
    x = np.random.default_rng(3).normal(size=80)
    narrow, wide = bootstrap(np.mean, x, level=0.5), bootstrap(np.mean, x, level=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high
    with pytest.raises(ValueError, match=r"level=1\.5"):
        bootstrap(np.mean, x, level=1.5)


@pytest.mark.parametrize("columns", [(), ([],), ([1, 2], [1])])
def test_bootstrap_bad_columns(columns):
    with pytest.raises(ValueError, match="all equally long"):
        bootstrap(lambda *_: 0.0, *columns)


def test_bootstrap_draws_groups_whole():
    x = np.repeat(np.random.default_rng(0).normal(size=40), 5)
    alone, together = bootstrap(np.mean, x), bootstrap(np.mean, x, groups=np.arange(200) // 5)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_bootstrap_says_what_its_rows_are():
    x = np.arange(9.0)
    assert bootstrap(np.mean, x).over == ""
    assert bootstrap(np.mean, x, over="persons").over == "persons"
    with pytest.raises(ValueError, match="over='person'"):
        bootstrap(np.mean, x, over="person")
