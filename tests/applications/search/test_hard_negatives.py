"""Hard negatives are wrong, and high in the ranking."""

import numpy as np
import pytest

from plmrec_lite.applications.search.hard_negatives import mine_hard_negatives


def test_the_right_item_is_never_among_them():
    rng = np.random.default_rng(0)
    scores, own = rng.random((200, 12)), rng.integers(12, size=200)
    scores[np.arange(200), own] += rng.choice([-1, 0, 1], 200)  # high, anywhere, or low
    for skip in (0, 3):
        hard = mine_hard_negatives(scores, own, n=8, skip=skip)
        assert hard.shape == (200, 8)
        assert not (hard == own[:, None]).any()
    full = mine_hard_negatives(scores, own, n=11)
    assert (np.sort(full) == [np.delete(np.arange(12), item) for item in own]).all()


def test_by_hand():
    scores = np.array([[0.9, 0.8, 0.7, 0.6], [0.1, -np.inf, 0.3, 0.2]])
    before = scores.copy()
    assert mine_hard_negatives(scores, [1, 2], n=2).tolist() == [[0, 2], [3, 0]]
    assert mine_hard_negatives(scores, [1, 2], n=1, skip=1).tolist() == [[2], [0]]
    np.testing.assert_array_equal(scores, before)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"n": 0}, "n=0"),
        ({"n": 1, "skip": -1}, "skip=-1"),
        ({"n": 2, "skip": 1}, "n=2 after skip=1: a query has 2 wrong items only"),
    ],
)
def test_too_many_are_refused(setting, message):
    scores = np.array([[0.9, 0.8, 0.7, 0.6], [0.1, -np.inf, 0.3, 0.2]])
    with pytest.raises(ValueError, match=message):
        mine_hard_negatives(scores, [1, 2], **setting)
