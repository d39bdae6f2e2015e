import numpy as np
import pytest

from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.ties import order_ties, share_tied


def made():
    return Interactions(
        users=[1, 0, 0, 0, 1],
        items=[0, 3, 1, 2, 4],
        ratings=[1, 2, 3, 4, 5],
        timestamps=[7, 5, 5, 9, 7],
        n_users=2,
        n_items=5,
    )


def test_ties_alone_change_their_order():
    log = order_ties(made(), "item")
    assert log.users.tolist() == [0, 0, 0, 1, 1]
    assert log.items.tolist() == [1, 3, 2, 0, 4]
    assert log.ratings.tolist() == [3, 2, 4, 1, 5]
    assert log.timestamps.tolist() == [5, 5, 9, 7, 7]


def test_ties_as_in_the_file_change_nothing_that_is_split():
    log = load_movielens().interactions
    same = leave_one_out(order_ties(log, "file"))
    kept = leave_one_out(log)
    by_user = np.argsort(kept.test.users)
    assert same.test.items.tolist() == kept.test.items[by_user].tolist()


def test_shuffled_ties_keep_each_events_time_and_depend_on_the_seed():
    log = load_movielens().interactions
    one, other = (order_ties(log, "shuffled", seed) for seed in (0, 1))
    assert (one.timestamps == other.timestamps).all()
    assert (one.items != other.items).any()
    assert sorted(zip(one.users, one.items, one.timestamps, strict=True)) == sorted(
        zip(log.users, log.items, log.timestamps, strict=True)
    )


def test_the_share_of_tied_events():
    assert share_tied(made()) == pytest.approx(0.8)


def test_an_unknown_order_or_a_log_without_times_is_refused():
    with pytest.raises(ValueError, match="'sorted'"):
        order_ties(made(), "sorted")
    timeless = Interactions([0], [0], None, None, n_users=1, n_items=1)
    with pytest.raises(ValueError, match="needs timestamps"):
        order_ties(timeless)
