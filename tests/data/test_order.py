import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.order import first_meetings, forget_order, in_order, repeated_pairs

RNG = np.random.default_rng(0)
USERS = RNG.permutation(np.repeat([0, 1, 3], [200, 5, 1]))
LOG = Interactions(
    USERS, np.arange(206), RNG.integers(1, 6, 206), RNG.integers(0, 3, 206), n_users=4, n_items=206
)


def test_each_user_keeps_items_ratings_and_times():
    dealt = forget_order(LOG)
    for user in range(4):
        was, now = (log.select(log.users == user) for log in (LOG, dealt))
        assert sorted(zip(was.items, was.ratings, strict=True)) == sorted(
            zip(now.items, now.ratings, strict=True)
        )
        assert sorted(was.timestamps) == sorted(now.timestamps)


def test_nothing_is_left_of_the_order_even_among_events_of_one_second():
    was, now = LOG.histories()[0], forget_order(LOG).histories()[0]
    places = np.argsort(was)[np.searchsorted(np.sort(was), now)]  # where each item stood before
    assert abs(np.corrcoef(places, np.arange(200))[0, 1]) < 0.2


def test_a_seed_is_a_deal():
    one, again, other = (forget_order(LOG, seed) for seed in (1, 1, 2))
    assert (one.items == again.items).all()
    assert (one.items != other.items).any()


def test_a_first_meeting_is_the_first_in_time():
    log = Interactions([0, 0, 0], [1, 1, 0], [3, 4, 5], [20, 10, 30], n_users=1, n_items=2)
    assert first_meetings(log).ratings.tolist() == [4, 5]
    assert first_meetings(LOG) is LOG


LARGE = 2**61


@pytest.mark.parametrize(
    "times",
    [
        np.array([5, 3, 5, 3, 9, 1]),
        np.array([6, 3, 5, 4, 9, 1]),
        np.array([-5, 3, -5, 3, 0, -7]),
        np.array([0.5, 0.25, 0.5, 0.25, 2.0, -1.0]),
        np.array([-LARGE, 3, LARGE, 3, 2, 1]),  # no room for one number of both
        np.array([], dtype=np.int64),
    ],
)
def test_events_stand_by_user_and_time_and_as_in_the_log(times):
    users = np.array([1, 0, 1, 0, 2, 1])[: len(times)]
    expected = sorted(range(len(times)), key=lambda row: (users[row], times[row], row))
    assert in_order(users, times).tolist() == expected


def test_many_events_of_one_time_keep_their_order():
    rng = np.random.default_rng(0)
    users, times = rng.integers(0, 9, 5000), rng.integers(0, 40, 5000)
    assert (in_order(users, times) == np.lexsort((times, users))).all()


def test_repeated_pairs():
    users, items = np.array([0, 0, 1, 0]), np.array([2, 1, 2, 2])
    assert repeated_pairs(users[:3], items[:3]) is None
    assert repeated_pairs(users[:0], items[:0]) is None
    assert repeated_pairs(users, items).tolist() == [False, False, False, True]
    assert repeated_pairs(users, items, keep="last").tolist() == [True, False, False, False]
    times = np.array([9, 5, 5, 3])
    assert repeated_pairs(users, items, times).tolist() == [True, False, False, False]
