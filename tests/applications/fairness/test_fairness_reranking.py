"""Re-ranked lists: what the weights do at their ends and between, and controls of equal change."""

import numpy as np
import pytest

from plmrec_lite.applications.fairness.reranking import (
    Candidates,
    calibrated,
    candidates_of,
    less_popular,
    n_replaced,
    replaced_at_random,
)
from plmrec_lite.data import Interactions
from plmrec_lite.evaluation.miscalibration import genre_shares, list_shares, miscalibration
from plmrec_lite.recommenders import EASE

SHARES = genre_shares([("A",), ("A",), ("A",), ("B",), ("A", "B"), ("B",)], ["A", "B"])
ONE = Candidates(np.array([[0, 1, 2, 3, 4, 5]]), np.array([[1.0, 0.9, 0.8, 0.3, 0.1, 0.0]]))
HALF = np.array([[0.5, 0.5]])


def random_candidates(n=30, m=20, seed=0):
    rng = np.random.default_rng(seed)
    items = np.array([rng.permutation(40)[:m] for _ in range(n)])
    return Candidates(items, -np.sort(-rng.random((n, m)), axis=1))


def test_candidates_are_the_best_unseen_items_scaled():
    rng = np.random.default_rng(0)
    users, items = (rng.random((12, 9)) < 0.4).nonzero()
    model = EASE(1.0).fit(Interactions(users, items, None, None, 12, 9))
    found = candidates_of(model, np.arange(12), m=9)
    scores = model.score(np.arange(12))
    for user in range(12):
        unseen = np.flatnonzero(model.seen_[user].toarray().ravel() == 0)
        n = len(unseen)
        ordered = unseen[np.argsort(-scores[user, unseen], kind="stable")]
        assert found.items[user, :n].tolist() == ordered.tolist()
        assert (found.items[user, n:] == -1).all()
        assert found.relevance[user, 0] == 1
        assert found.relevance[user, n - 1] == 0 == found.relevance[user, n:].sum()
    own = scores[user, ordered]
    scaled = (own - own.min()) / (own.max() - own.min())
    np.testing.assert_allclose(found.relevance[user, :n], scaled, rtol=1e-5)


def test_without_a_weight_the_list_stays():
    candidates = random_candidates()
    assert (less_popular(candidates, np.arange(40), 0) == candidates.items[:, :10]).all()
    shares = np.random.default_rng(1).dirichlet(np.ones(3), size=40)
    profile = np.full((30, 3), 1 / 3)
    assert (calibrated(candidates, profile, shares, 0) == candidates.items[:, :10]).all()


def test_with_weight_one_only_genres_count():
    lists = calibrated(ONE, HALF, SHARES, 1.0, k=3)
    assert lists[0, 0] == 4  # of both genres: no divergence
    assert set(lists[0, 1:]) & {3, 5}
    assert list_shares(lists, SHARES).tolist() == [[0.5, 0.5]]


def test_each_place_is_the_greedy_best():
    candidates, weight = random_candidates(n=4, m=8), 0.6
    shares = np.random.default_rng(2).dirichlet(np.ones(3) / 2, size=40)
    profile = np.random.default_rng(3).dirichlet(np.ones(3), size=4)
    lists = calibrated(candidates, profile, shares, weight, k=4)
    for row in range(4):
        chosen, total = [], 0.0
        for _ in range(4):
            values = {}
            for item, s in zip(*(part[row] for part in candidates), strict=True):
                if item not in chosen:
                    listed = shares[[*chosen, item]].mean(axis=0)
                    away = miscalibration(profile[[row]], listed[None])[0]
                    values[item] = (1 - weight) * (total + s) - weight * away
            best = max(values, key=values.get)
            total += candidates.relevance[row][candidates.items[row] == best][0]
            chosen.append(best)
        assert lists[row].tolist() == chosen


def test_the_weight_trades_relevance_for_calibration():
    candidates = random_candidates(n=60)
    shares = np.random.default_rng(4).dirichlet(np.ones(5) / 3, size=40)
    profile = np.random.default_rng(5).dirichlet(np.ones(5), size=60)
    away = [
        np.nanmean(
            miscalibration(profile, list_shares(calibrated(candidates, profile, shares, w), shares))
        )
        for w in (0.0, 0.8, 0.97)
    ]
    assert away[0] > 1.2 * away[1] > 1.44 * away[2]


def test_popular_items_fall():
    popularity = np.array([100, 50, 10, 1, 0, 0])
    assert less_popular(ONE, popularity, 0.0, k=3).tolist() == [[0, 1, 2]]
    assert less_popular(ONE, popularity, 5.0, k=3).tolist() == [[4, 5, 3]]
    by_hand = ONE.relevance[0] - 0.4 * np.log1p(popularity) / np.log(101)
    assert less_popular(ONE, popularity, 0.4, k=6)[0].tolist() == np.argsort(-by_hand).tolist()


def test_empty_places_are_never_chosen():
    short = Candidates(np.array([[3, 1, -1, -1]]), np.array([[1.0, 0.0, 0, 0]]))
    assert calibrated(short, HALF, SHARES, 0.9, k=3)[0, 2] == -1
    assert set(calibrated(short, HALF, SHARES, 0.9, k=3)[0, :2]) == {1, 3}
    assert less_popular(short, np.ones(6), 1.0, k=3).tolist() == [[3, 1, -1]]


def test_the_control_changes_as_many_places_and_no_more():
    candidates = random_candidates()
    wanted = np.arange(30) % 8
    lists = replaced_at_random(candidates, wanted)
    top = candidates.items[:, :10]
    assert (n_replaced(lists, top) == wanted).all()
    assert ((lists != top).sum(axis=1) == wanted).all()
    new = [set(a) - set(b) for a, b in zip(lists, top, strict=True)]
    assert all(one <= set(row[10:]) for one, row in zip(new, candidates.items, strict=True))
    assert (replaced_at_random(candidates, wanted, seed=1) != lists).any()
    assert n_replaced([[1, 2]], [[2, 3]]).tolist() == [1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: calibrated(ONE, HALF, SHARES, 1.5), r"weight=1\.5"),
        (lambda: calibrated(ONE, HALF, SHARES, 0.5, smoothing=0), "smoothing=0"),
        (lambda: calibrated(ONE, HALF, SHARES, 0.5, k=7), "k=7"),
        (lambda: calibrated(ONE, HALF[:, :1], SHARES, 0.5, k=3), r"\(1, 1\) for 1 people and 2"),
        (lambda: less_popular(ONE, np.ones(6), -0.1), r"weight=-0\.1"),
        (lambda: replaced_at_random(ONE, [5], k=3), "list 0: 5 of 3 places"),
        (lambda: replaced_at_random(ONE, [3], k=4), "one of 2 further"),
    ],
)
def test_what_cannot_be_reranked_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
