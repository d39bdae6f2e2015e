import numpy as np

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.order import forget_order

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
