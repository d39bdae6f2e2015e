import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.recency import check_decay, recency_weights

# User 0 meets items 3, 1, 0 in that order, user 2 item 2; user 1 nothing.
LOG = Interactions([0, 2, 0, 0], [1, 2, 0, 3], [1] * 4, [20, 5, 30, 10], 3, 4)


def test_each_step_back_fades_an_event():
    expected = [[1, 0.5, 0, 0.25], [0, 0, 0, 0], [0, 0, 1, 0]]
    np.testing.assert_array_equal(recency_weights(LOG, 0.5).toarray(), expected)


def test_without_decay_it_is_the_plain_matrix():
    np.testing.assert_array_equal(recency_weights(LOG, 1).toarray(), LOG.matrix().toarray())


def test_of_equal_times_the_later_in_the_log_is_the_later():
    log = Interactions([0, 0], [1, 0], [1, 1], [7, 7], 1, 2)
    np.testing.assert_array_equal(recency_weights(log, 0.5).toarray(), [[1, 0.5]])


def test_a_repeated_pair_counts_at_its_latest_event():
    log = Interactions([0, 0, 0], [1, 0, 1], [1] * 3, [1, 2, 3], 1, 2)
    np.testing.assert_array_equal(recency_weights(log, 0.5).toarray(), [[0.5, 1]])


@pytest.mark.parametrize("decay", [0, 1.5, -1, np.nan])
def test_decay_is_a_share(decay):
    with pytest.raises(ValueError, match=f"decay={decay}"):
        recency_weights(LOG, decay)
    with pytest.raises(ValueError, match=f"decay={decay}: give a number above 0, at most 1"):
        check_decay(decay)
