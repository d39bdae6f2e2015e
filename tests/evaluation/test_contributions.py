"""NDCG taken apart by item, and put together again."""

import numpy as np
import pytest

from plmrec_lite.evaluation.contributions import per_item_contributions
from plmrec_lite.evaluation.crossed import crossed_bootstrap
from plmrec_lite.evaluation.metrics import ndcg_at_k

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
