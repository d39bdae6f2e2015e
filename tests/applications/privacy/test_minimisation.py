"""What a shop that keeps little still has, and how it chooses how little."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array

from plmrec_lite.applications.privacy.minimisation import (
    fewest_enough,
    keep_last,
    places_met_before,
)
from plmrec_lite.data import Interactions, leave_one_out


@pytest.fixture
def log():
    users = np.array([0, 1, 0, 0, 1, 2])
    items = np.array([3, 0, 1, 2, 1, 4])
    times = np.array([5, 9, 7, 7, 2, 1])  # person 0 met 1 and 2 in the same second
    return Interactions(users, items, None, times, 4, 5)


@pytest.mark.parametrize(
    ("n", "left"), [(0, []), (1, [0, 2, 4]), (2, [0, 1, 2, 1, 4]), (9, [3, 0, 1, 2, 1, 4])]
)
def test_the_last_events_stay_in_the_order_of_the_log(log, n, left):
    few = keep_last(log, n)
    assert few.items.tolist() == left
    assert (few.n_users, few.n_items) == (4, 5)


def test_the_last_is_what_leave_one_out_tests(log):
    log = Interactions(
        np.repeat([0, 1], 4), np.arange(8), None, np.array([4, 1, 4, 4, 9, 9, 1, 1]), 2, 8
    )
    assert keep_last(log, 1).items.tolist() == sorted(leave_one_out(log).test.items.tolist())


def test_a_log_without_times_and_a_bad_number_are_refused(log):
    with pytest.raises(ValueError, match="n=-1"):
        keep_last(log, -1)
    with pytest.raises(ValueError, match=r"n=1\.5"):
        keep_last(log, 1.5)
    plain = Interactions(log.users, log.items, None, None, 4, 5)
    with pytest.raises(ValueError, match="keep_last needs timestamps"):
        keep_last(plain, 1)


def test_the_fewest_within_the_tolerance():
    values = {1: 0.01, 5: 0.0551, 20: 0.06, math.inf: 0.0599}
    assert fewest_enough(values, 0.005) == 5
    assert fewest_enough(values, 0.0048) == 20
    assert fewest_enough(values, 1.0) == 1
    assert fewest_enough({math.inf: 0.2}, 0.1) == math.inf
    with pytest.raises(ValueError, match="tolerance=0"):
        fewest_enough(values, 0)
    with pytest.raises(ValueError, match="values is empty"):
        fewest_enough({}, 0.1)


def test_places_that_show_what_was_met():
    met = csr_array(np.array([[1, 0, 1], [0, 0, 1], [1, 1, 1]]))
    lists = np.array([[0, 1], [2, -1], [-1, -1]])
    found = places_met_before(lists, met)
    assert found[:2].tolist() == [0.5, 1.0]
    assert np.isnan(found[2])
    with pytest.raises(ValueError, match="2 lists for 3 rows"):
        places_met_before(lists[:2], met)
