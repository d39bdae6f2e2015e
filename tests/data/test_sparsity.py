import numpy as np
import pytest

from plmrec_lite.data import Interactions
from plmrec_lite.data.sparsity import keep_per_user


@pytest.fixture(scope="module")
def log():
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((40, 30)) < 0.5)
    n = len(users)
    return Interactions(users, items, rng.integers(1, 6, n), rng.permutation(n), 40, 30)


def pairs(log):
    return set(zip(log.users.tolist(), log.items.tolist(), strict=True))


def test_the_first_events_are_kept(log):
    kept = keep_per_user(log, 3)
    for user in range(log.n_users):
        assert kept.histories()[user].tolist() == log.histories()[user][:3].tolist()
    assert (kept.n_users, kept.n_items) == (40, 30)


def test_a_draw_keeps_less_of_the_same(log):
    few, more = keep_per_user(log, 2, seed=1), keep_per_user(log, 6, seed=1)
    assert np.bincount(few.users).tolist() == [2] * 40
    assert pairs(few) < pairs(more) < pairs(log)
    assert pairs(few) == pairs(keep_per_user(log, 2, seed=1))
    assert pairs(few) != pairs(keep_per_user(log, 2, seed=2))
    assert pairs(few) != pairs(keep_per_user(log, 2))


def test_only_the_users_named_lose_events(log):
    kept = keep_per_user(log, 0, users=[3, 5])
    assert pairs(kept) == {(u, i) for u, i in pairs(log) if u not in (3, 5)}


def test_who_has_fewer_keeps_all(log):
    assert pairs(keep_per_user(log, 1000)) == pairs(log)


def test_a_negative_number_is_named(log):
    with pytest.raises(ValueError, match="n=-1: keep 0"):
        keep_per_user(log, -1)
