import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.data.rolling import DAY, rolling_splits

thorough = settings(derandomize=True, deadline=None, max_examples=60)


def log_of(*events, n_users=4, n_items=12):
    """A log of (user, item, day)."""
    users, items, days = np.array(events).T
    times = 1000 + np.int64(days * DAY)
    return Interactions(
        users.astype(int), items.astype(int), np.full(len(users), 4), times, n_users, n_items
    )


def pairs(events):
    return set(zip(events.users.tolist(), events.items.tolist(), strict=True))


# Windows of ten days. User 0 is there from the start, user 1 comes in the third window,
# user 2 in the fourth; user 0 is there in the fourth again.
LOG = log_of(
    (0, 0, 0), (0, 1, 1), (0, 2, 12), (0, 3, 21),
    (1, 0, 20), (1, 4, 20.5), (1, 5, 22), (1, 6, 33),
    (2, 7, 31), (2, 0, 35), (0, 8, 39.9),
)  # fmt: skip


def test_each_window_is_predicted_from_its_past():
    third, fourth = rolling_splits(LOG, days=10, min_history=3)
    assert pairs(third.train) == {(0, 0), (0, 1)}
    assert pairs(third.validation) == {(0, 2)}
    assert pairs(third.test) == {(0, 3)}  # user 1 has no history yet
    assert pairs(fourth.train) == {(0, 0), (0, 1), (0, 2)}
    assert pairs(fourth.validation) == {(0, 3), (1, 0), (1, 4), (1, 5)}
    assert pairs(fourth.test) == {(1, 6), (0, 8)}
    assert [split.name for split in (third, fourth)] == ["rolling, window 3", "rolling, window 4"]


def test_history_counts_what_lies_before_the_window():
    (fourth,) = rolling_splits(LOG, days=10, min_history=4)
    assert fourth.name == "rolling, window 4" and pairs(fourth.test) == {(0, 8)}
    everybody = rolling_splits(LOG, days=10, min_history=0)
    assert pairs(everybody[1].test) == {(1, 6), (0, 8), (2, 7), (2, 0)}


def test_newcomers_show_their_first_events():
    third, fourth = rolling_splits(LOG, days=10, given=1)
    assert pairs(third.test) == {(1, 4), (1, 5)} and (1, 0) in pairs(third.train)
    assert pairs(fourth.test) == {(2, 0)} and (2, 7) in pairs(fourth.train)
    two = rolling_splits(LOG, days=10, given=2)
    assert [pairs(split.test) for split in two] == [{(1, 5)}]


def test_the_order_of_the_log_does_not_matter_where_times_differ():
    back = np.arange(len(LOG))[::-1]
    columns = (column[back] for column in (LOG.users, LOG.items, LOG.ratings, LOG.timestamps))
    turned = Interactions(*columns, LOG.n_users, LOG.n_items)
    for options in ({"min_history": 3}, {"given": 1}, {"given": 2}):
        for one, other in zip(
            *(rolling_splits(log, days=10, **options) for log in (LOG, turned)), strict=True
        ):
            assert pairs(one.test) == pairs(other.test)
            assert pairs(one.train) == pairs(other.train)


def test_events_at_the_same_moment_are_given_in_the_order_of_the_log():
    log = log_of((0, 0, 0), (1, 5, 25), (1, 3, 25), (1, 4, 25), (2, 6, 25), (2, 7, 26))
    (split,) = rolling_splits(log, days=10, given=2)
    assert pairs(split.test) == {(1, 4)}
    assert pairs(split.train) == {(0, 0), (1, 5), (1, 3)}  # user 2 is not tested: not shown either


def test_a_repeated_pair_counts_once():
    log = log_of((0, 0, 0), (0, 1, 5), (0, 0, 25), (0, 2, 26))
    (split,) = rolling_splits(log, days=10, min_history=2)
    assert pairs(split.test) == {(0, 2)}


@st.composite
def logs(draw):
    event = st.tuples(st.integers(0, 4), st.integers(0, 9), st.floats(0, 60))
    events = draw(st.lists(event, min_size=1, max_size=60))
    # Somebody returns in the last window, and somebody is new there, whatever is drawn.
    start, end = [(0, 10, 0)], [(0, 11, 59.0), (5, 10, 59.5), (5, 11, 59.6)]
    return log_of(*start, *events, *end, n_users=6)


@pytest.mark.parametrize("given_events", [None, 1])
@thorough
@given(log=logs(), days=st.sampled_from([5, 14, 29]))
def test_nothing_comes_from_the_future(given_events, log, days):
    for split in rolling_splits(log, days, min_history=1, given=given_events):
        start = split.test.timestamps.min()
        window = (start - log.timestamps.min()) // (days * DAY)
        known = split.known("test")
        assert not pairs(known) & pairs(split.test)
        assert ((split.test.timestamps - log.timestamps.min()) // (days * DAY) == window).all()
        late = (known.timestamps - log.timestamps.min()) // (days * DAY) >= window
        if given_events is None:
            assert not late.any()
        else:  # only what newcomers have shown, and no more of it than asked for
            assert set(known.users[late]) == set(split.test.users)
            assert (np.bincount(known.users, minlength=6)[np.unique(split.test.users)] == 1).all()
        # Every event of the past is known.
        past = (log.timestamps - log.timestamps.min()) // (days * DAY) < window
        assert pairs(log.select(past)) <= pairs(known)
        assert all(mask.all() for mask in split.candidates.values())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"days": 0}, "days=0"),
        ({"min_history": -1}, "min_history=-1"),
        ({"min_history": 1.5}, "min_history=1.5"),
        ({"given": 0}, "given=0"),
        ({"days": 100}, "spans 39.9 days"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        rolling_splits(LOG, **settings)


def test_a_log_without_times_or_events_is_refused():
    with pytest.raises(ValueError, match="rolling_splits"):
        rolling_splits(Interactions([0], [0], None, None, 1, 1))
    with pytest.raises(ValueError, match="empty"):
        rolling_splits(LOG.select(np.zeros(len(LOG), bool)))
