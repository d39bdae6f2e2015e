import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.splits import Split, random_split
from plmrec_lite.evaluation.intervals import mean_over_people
from plmrec_lite.evaluation.protocol import evaluate, evaluate_sampled
from plmrec_lite.evaluation.report import check_metric, table
from plmrec_lite.recommenders import EASE, Popularity


def some_log(seed=0, n_users=30, n_items=40):
    rng = np.random.default_rng(seed)
    met = rng.random((n_users, n_items)) < np.linspace(0.05, 0.6, n_items)
    users, items = met.nonzero()
    n = len(users)
    return Interactions(users, items, rng.integers(1, 6, n), rng.permutation(n), n_users, n_items)


@pytest.fixture(scope="module")
def reports():
    split = random_split(some_log())
    return [evaluate(m.fit(split.known("test")), split, k=5) for m in (EASE(5.0), Popularity())]


def test_intervals_hold_the_mean_and_narrow_with_the_level(reports):
    report = reports[0]
    wide, narrow = report.interval(0.99), report.interval(0.5)
    assert wide.columns.tolist() == ["low", "high"]
    assert ((wide.low < narrow.low) & (narrow.high < wide.high)).all()
    assert ((wide.low < report.mean()) & (report.mean() < wide.high)).all()
    pd.testing.assert_frame_equal(wide, report.interval(0.99))
    assert (report.interval(0.99, seed=1) != wide).any(axis=None)


def test_the_interval_has_the_width_that_theory_gives(reports):
    ndcg = reports[0].per_user["ndcg"]
    error = ndcg.std(ddof=0) / np.sqrt(len(ndcg))
    low, high = reports[0].interval(0.95).loc["ndcg"]
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.1)


@pytest.mark.parametrize("level", [0, 1, 95, np.nan])
def test_an_impossible_level_is_named(reports, level):
    with pytest.raises(ValueError, match=f"level={level}"):
        reports[0].interval(level)


def test_compare_is_paired(reports):
    ease, popularity = reports
    better = ease.compare(popularity)
    assert better.value == pytest.approx(ease.mean().ndcg - popularity.mean().ndcg)
    assert better.low < better.value < better.high
    worse = popularity.compare(ease)
    assert (worse.value, worse.low, worse.high) == pytest.approx(
        (-better.value, -better.high, -better.low)
    )
    assert tuple(ease.compare(ease)) == (0, 0, 0)
    recall = ease.compare(popularity, metric="recall", level=0.5)
    assert recall.value == pytest.approx(ease.mean().recall - popularity.mean().recall)


def test_level_and_seed_reach_a_comparison_and_a_table(reports):
    ease, popularity = reports
    difference = (ease.per_user["ndcg"] - popularity.per_user["ndcg"]).to_numpy()
    found = ease.compare(popularity, level=0.6, seed=3)
    assert tuple(found) == tuple(mean_over_people(difference, level=0.6, seed=3))
    low, high = ease.interval(0.5).loc["ndcg"]
    wanted = f"{ease.mean().ndcg:.3f} [{low:.3f}, {high:.3f}]"
    assert table(reports, level=0.5).loc["EASE", "ndcg@5"] == wanted


def test_compare_wants_the_same_users_and_a_known_metric(reports):
    split = random_split(some_log())
    model = Popularity().fit(split.known("test"))
    others = [
        evaluate(model, split, k=6),
        evaluate(Popularity().fit(split.train), split, k=5, part="validation"),
        evaluate_sampled(model, split, k=5, n_negatives=3),
    ]
    for user in (0, 1):  # as many users, but not the same
        test = split.test.select(split.test.users != user)
        without = Split(split.train, split.validation, test, split.candidates, split.name)
        others.append(evaluate(model, without, k=5))
    with pytest.raises(ValueError, match="evaluate both on the same users"):
        others[-1].compare(others[-2])
    for other in others:
        with pytest.raises(ValueError, match="cannot pair EASE and popularity"):
            reports[0].compare(other)
    with pytest.raises(ValueError, match="metric='accuracy': use one of precision"):
        reports[0].compare(reports[1], metric="accuracy")


def test_table_is_ready_to_print(reports):
    ease, popularity = reports
    frame = table(reports)
    assert frame.index.tolist() == ["EASE", "popularity"]
    assert frame.columns.tolist() == [
        *("split", "users", "new", "ndcg@5", "recall@5", "precision@5", "coverage", "novelty")
    ]
    low, high = ease.interval().loc["ndcg"]
    assert frame.loc["EASE", "ndcg@5"] == f"{ease.mean().ndcg:.3f} [{low:.3f}, {high:.3f}]"
    assert frame.loc["popularity", "novelty"] == round(popularity.novelty, 3)
    assert frame["users"].tolist() == [30, 30]
    assert len(table([ease, ease], metrics=["f1"])) == 2
    with pytest.raises(ValueError, match="metric='auc'"):
        table(reports, metrics=["auc"])


def test_an_estimate_is_the_mean_and_its_interval(reports):
    report = reports[0]
    for metric in ("ndcg", "recall"):
        found = report.estimate(metric, level=0.9, seed=2)
        assert found.value == pytest.approx(report.mean()[metric])
        expected = report.interval(0.9, 2).loc[metric].to_numpy()
        np.testing.assert_allclose(found[1:], expected)
    with pytest.raises(KeyError, match="metric 'NDCG': use one of"):
        report.estimate("NDCG")


def test_a_metric_nobody_knows_is_named():
    check_metric("ndcg", ["ndcg", "recall"])
    with pytest.raises(ValueError, match="metric='NDCG': use one of ndcg, recall"):
        check_metric("NDCG", ["ndcg", "recall"])
