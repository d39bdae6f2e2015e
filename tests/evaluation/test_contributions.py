"""NDCG taken apart by item, and put together again."""

import numpy as np
import pytest

from plmrec_lite.data import cold_item_split, random_split
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.contributions import (
    ndcg_shares,
    per_item_contributions,
    places_of,
    report_places,
    wanted_pairs,
)
from plmrec_lite.evaluation.crossed import crossed_bootstrap
from plmrec_lite.evaluation.metrics import ndcg_at_k
from plmrec_lite.recommenders import Popularity

RNG = np.random.default_rng(0)
LISTS = np.stack([RNG.permutation(40)[:12] for _ in range(30)])
LISTS[3, 5:] = -1  # a short list
RELEVANT = [RNG.choice(40, size=n, replace=False) for n in RNG.integers(0, 15, size=30)]


@pytest.mark.parametrize("k", [1, 5, 10, 20])
def test_a_users_mean_is_its_ndcg(k):
    values, users, items = per_item_contributions(LISTS, RELEVANT, k)
    there = np.unique(users)
    means = [values[users == user].mean() for user in there]
    ndcg = ndcg_at_k(LISTS, RELEVANT, k)
    assert there.tolist() == np.flatnonzero(~np.isnan(ndcg)).tolist() != list(range(30))
    np.testing.assert_allclose(means, ndcg[there])
    whole = crossed_bootstrap(values, users, items, average="persons")
    assert whole.value == pytest.approx(np.nanmean(ndcg))


def test_rows_name_the_relevant_items():
    _, users, items = per_item_contributions(LISTS, [*RELEVANT[:-1], [7, 2, 7]])
    assert len(items) == sum(map(len, RELEVANT[:-1])) + 2
    for user in (0, 4):
        assert items[users == user].tolist() == sorted(RELEVANT[user])
    assert items[users == 29].tolist() == [2, 7]


def test_a_hit_brings_more_the_higher_it_stands():
    values, _, items = per_item_contributions([[4, 1, 9]], [[9, 4, 6]], k=3)
    ideal = 1 + 1 / np.log2(3) + 1 / 2
    assert items.tolist() == [4, 6, 9]
    np.testing.assert_allclose(values, [3 / ideal, 0, 0.5 * 3 / ideal])


def test_it_refuses_what_ndcg_refuses():
    with pytest.raises(ValueError, match="twice"):
        per_item_contributions([[1, 1]], [[1]])
    with pytest.raises(ValueError, match="k=0"):
        per_item_contributions([[1, 2]], [[1]], k=0)


def test_places_count_from_one_and_a_miss_is_zero():
    places, users, items = places_of([[4, 1, 9], [7, -1, -1]], [[9, 4, 6], [7]], k=3)
    assert (places.tolist(), users.tolist(), items.tolist()) == (
        [1, 0, 3, 1],
        [0, 0, 0, 1],
        [4, 6, 9, 7],
    )
    assert places.dtype == np.uint8
    assert places_of([[4, 1, 9]], [[9, 4]], k=2)[0].tolist() == [1, 0]


@pytest.mark.parametrize("k", [1, 5, 10])
def test_places_of_a_longer_list_give_the_ndcg_of_a_shorter_one(k):
    places, users, _ = places_of(LISTS, RELEVANT, 12)
    np.testing.assert_array_equal(
        ndcg_shares(places, users, k), per_item_contributions(LISTS, RELEVANT, k)[0]
    )


def log():
    rng = np.random.default_rng(1)
    users, items = np.nonzero(rng.random((30, 40)) < 0.4)
    order = rng.permutation(len(users))
    users, items = users[order], items[order]
    ratings = rng.integers(1, 6, len(users))
    return Interactions(users * 2, items, ratings, order, 60, 40)  # odd users have no events


@pytest.mark.parametrize("k", [3, 12])
@pytest.mark.parametrize("part", ["validation", "test"])
def test_a_report_is_put_together_again_from_its_places(part, k):
    split = cold_item_split(log(), share=0.3, validation_share=0.3)
    report = evaluate(Popularity().fit(split.train), split, k=k, part=part)
    places = report_places(report, split)
    users, items = wanted_pairs(split, part)
    assert set(zip(users.tolist(), items.tolist(), strict=True)) == set(
        zip(split.held_out(part).users.tolist(), split.held_out(part).items.tolist(), strict=True)
    )
    assert places.max() == k
    values = ndcg_shares(places, users, k)
    means = [values[users == user].mean() for user in report.per_user.index]
    np.testing.assert_allclose(means, report.per_user["ndcg"])
    row = report.per_user.index.get_loc(users[places == 2][0])
    assert report.recommended[row, 1] == items[places == 2][0]


def test_places_of_another_split_are_refused():
    split = random_split(log())
    report = evaluate(Popularity().fit(split.train), split, k=3, part="validation")
    other = cold_item_split(log(), share=0.05)
    with pytest.raises(ValueError, match="give the split that was evaluated"):
        report_places(report, other)


def test_a_place_may_be_the_last_that_a_byte_holds():
    lists = np.arange(255)[None]
    assert places_of(lists, [[254, 255]], k=255)[0].tolist() == [255, 0]


def test_impossible_places_are_refused():
    with pytest.raises(ValueError, match="k=256"):
        places_of(LISTS, RELEVANT, 256)
    with pytest.raises(ValueError, match=r"k=0, \(1,\) places"):
        ndcg_shares([1], [0], 0)
    with pytest.raises(ValueError, match=r"\(2,\) places, \(1,\) users"):
        ndcg_shares([1, 1], [0])
    assert ndcg_shares([], [], 10).tolist() == []
