import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import Popularity, RecentPopularity

# In the order of time: items 0, 0, 0, 1, 1, 2; the log has them in another order.
TIMES = [60, 10, 40, 20, 50, 30]
LOG = Interactions([0, 1, 2, 3, 4, 5], [2, 0, 1, 0, 1, 0], [1] * 6, TIMES, 6, 4)


@pytest.mark.parametrize(
    ("share", "counts"),
    [
        (1.0, [3, 2, 1, 0]),
        (0.5, [0, 2, 1, 0]),
        (0.4, [0, 2, 1, 0]),  # 2.4 events are three
        (1 / 6, [0, 0, 1, 0]),
        (0.001, [0, 0, 1, 0]),  # at least one
    ],
)
def test_the_latest_events_count(share, counts):
    model = RecentPopularity(share).fit(LOG)
    assert model.score([0, 5]).tolist() == [counts] * 2


def test_events_at_the_same_time_count_together():
    log = Interactions([0, 1, 2, 3], [0, 1, 2, 3], [1] * 4, [1, 7, 7, 9], 4, 4)
    assert RecentPopularity(0.5).fit(log).score([0]).tolist() == [[0, 1, 1, 1]]


def test_a_share_of_one_is_popularity_and_needs_no_times():
    log = Interactions(LOG.users, LOG.items, None, None, 6, 4)
    plain = Popularity().fit(log).score([0])
    np.testing.assert_array_equal(RecentPopularity(1.0).fit(log).score([0]), plain)
    with pytest.raises(ValueError, match=r"share=0\.5 needs timestamps"):
        RecentPopularity(0.5).fit(log)


@pytest.mark.parametrize("share", [0, 1.5, -0.1, np.nan])
def test_a_share_is_a_share(share):
    with pytest.raises(ValueError, match=f"share={share}: give a number above 0, at most 1"):
        RecentPopularity(share).fit(LOG)
