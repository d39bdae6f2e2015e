import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.data.interactions import Interactions

thorough = settings(derandomize=True, deadline=None, max_examples=60)


def log(
    users=(0, 0, 1, 0), items=(2, 0, 2, 1), ratings=(5, 3, 4, 1), timestamps=(9, 5, 7, 9), **own
):
    return Interactions(users, items, ratings, timestamps, n_users=3, n_items=4, **own)


@st.composite
def logs(draw):
    n_users, n_items = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    event = st.tuples(
        st.integers(0, n_users - 1), st.integers(0, n_items - 1), st.integers(0, 5), st.integers()
    )
    bounded = event.filter(lambda e: abs(e[3]) < 2**40)
    rows = np.array(draw(st.lists(bounded, max_size=20)), dtype=np.int64).reshape(-1, 4)
    return Interactions(*rows.T, n_users, n_items)


def test_types_and_length():
    small = log()
    assert len(small) == 4
    assert [small.users.dtype, small.items.dtype, small.timestamps.dtype] == [np.int64] * 3
    assert small.ratings.dtype == np.float32
    assert repr(small) == "Interactions(4 events, 3 users, 4 items)"


def test_it_keeps_its_own_copy_and_cannot_be_changed():
    users = np.array([0, 1])
    own = Interactions(users, [0, 1], [1, 1], [1, 2], 2, 2)
    users[0] = 1
    assert own.users.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        own.users[0] = 1
    with pytest.raises(AttributeError):
        own.n_users = 5


def test_empty_is_allowed():
    empty = Interactions([], [], [], [], n_users=2, n_items=3)
    assert len(empty) == 0
    assert empty.matrix().shape == (2, 3)
    assert empty.matrix().nnz == 0
    assert [h.tolist() for h in empty.histories()] == [[], []]
    assert empty.popularity().tolist() == [0, 0, 0]
    assert len(Interactions([], [], [], [], 0, 0).histories()) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"users": (0, 0, 1)}, r"differ in length.*'users': 3"),
        (
            {"users": (0, 0, 3, 0)},
            r"users: 1 of 4 are out of range 0 to 2.*row 2 \(3\).*from_f",
        ),
        ({"items": (0, -1, 4, 0)}, r"items: 1 of 4 are missing.*row 1 \(-1\).*drop these rows"),
        ({"items": (0, -2, 4, 0)}, r"items: 2 of 4 are out of range.*row 1 \(-2\)"),
        ({"ratings": (1, np.nan, 2, np.inf)}, r"ratings: 2 of 4 are missing or inf.*row 1 .*drop"),
        ({"ratings": ((1, 2), (3, 4))}, r"ratings is int64 of shape \(2, 2\)"),
        ({"ratings": ("5", "3", "4", "1")}, r"ratings is <U1"),
        ({"items": (0.0, 1.5, 2.0, 0.0)}, r"items: 1 of 4 are no whole numbers.*row 1 \(1.5\)"),
        ({"timestamps": (0.0, 1.5, np.nan, 2.0)}, r"timestamps: 1 of 4.*row 2 \(nan\)"),
        ({"timestamps": (0.0, 1e30, 1.0, 2.0)}, r"timestamps: 1 of 4.*row 1"),
        ({"users": ("a", "b", "c", "d")}, r"users are strings, the first 'a'.*from_frame"),
        ({"user_ids": ["a", "b"]}, r"user_ids has the shape \(2,\).*each of 3"),
        ({"item_ids": ["a", "b", "a", "c"]}, "item_ids names something twice"),
    ],
)
def test_bad_input_is_named(change, words):
    with pytest.raises(ValueError, match=words):
        log(**change)


@pytest.mark.parametrize("count", [-1, 2.0, True, "3"])
def test_counts_are_integers(count):
    with pytest.raises(ValueError, match="n_items="):
        Interactions([], [], [], [], n_users=1, n_items=count)


def test_whole_floats_are_taken_as_ids():
    assert log(users=(0.0, 0.0, 1.0, 0.0)).users.tolist() == [0, 0, 1, 0]


def test_histories_follow_time_and_then_position():
    assert [h.tolist() for h in log().histories()] == [[0, 2, 1], [2], []]


def test_matrix_holds_ones_or_the_latest_rating():
    repeated = log(items=(2, 2, 2, 1), ratings=(5, 3, 4, 0))
    assert repeated.matrix().toarray().tolist() == [[0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert repeated.matrix(values="ratings").toarray()[0, 2] == 5  # rated 3 at 5 s, 5 at 9 s
    assert repeated.matrix(values="ratings").nnz == 3  # the rating of 0 is stored
    with pytest.raises(ValueError, match="values='likes'"):
        repeated.matrix(values="likes")


@thorough
@given(logs())
def test_matrix_agrees_with_the_events(events):
    dense = np.zeros((events.n_users, events.n_items))
    dense[events.users, events.items] = 1
    matrix = events.matrix()
    assert matrix.dtype == np.float32
    assert matrix.has_canonical_format
    assert (matrix.toarray() == dense).all()


@thorough
@given(logs())
def test_histories_and_popularity_account_for_every_event(events):
    histories = events.histories()
    assert len(histories) == events.n_users
    assert sum(map(len, histories)) == len(events) == events.popularity().sum()
    for user, history in enumerate(histories):
        mine = np.flatnonzero(events.users == user)
        expected = sorted(mine, key=lambda row: (events.timestamps[row], row))
        assert history.tolist() == events.items[expected].tolist()


@thorough
@given(logs(), st.randoms(use_true_random=False))
def test_select_and_join_are_inverse(events, random):
    mask = np.array([random.random() < 0.5 for _ in range(len(events))], dtype=bool)
    both = events.select(mask) + events.select(~mask)
    assert (both.n_users, both.n_items) == (events.n_users, events.n_items)
    order = np.argsort(~mask, kind="stable")
    for name in ("users", "items", "ratings", "timestamps"):
        assert (getattr(both, name) == getattr(events, name)[order]).all()


def test_select_wants_one_truth_value_an_event():
    with pytest.raises(ValueError, match=r"bool array \(4,\)"):
        log().select([True, False])
    with pytest.raises(ValueError, match="int64"):
        log().select(np.array([0, 1, 1, 0]))


def test_join_wants_the_same_numbering():
    for n_users, n_items in ((3, 9), (5, 4)):
        other = Interactions([], [], [], [], n_users, n_items)
        with pytest.raises(ValueError, match=rf"\(3, 4\) and \({n_users}, {n_items}\)"):
            log() + other
    with pytest.raises(TypeError):
        log() + "events"


def test_times_may_have_fractions_or_be_dates():
    assert log(timestamps=(0.5, 1.0, 1.25, 9.0)).timestamps.tolist() == [0.5, 1.0, 1.25, 9.0]
    assert log(timestamps=(1.0, 2.0, 3.0, 9.0)).timestamps.dtype == np.int64
    five_minutes = np.datetime64("1998-04-01T00:00:00", "us") + np.arange(4) * 75_000_000
    times = log(timestamps=five_minutes).timestamps
    assert times.dtype == np.int64
    assert (times - times[0]).tolist() == [0, 75, 150, 225]


def test_ratings_and_times_may_be_missing_altogether():
    bare = log(ratings=None, timestamps=None)
    assert bare.ratings is bare.timestamps is None
    assert (bare.matrix().toarray() == log().matrix().toarray()).all()
    assert bare.popularity().tolist() == log().popularity().tolist()
    chosen = bare.select(np.array([True, False, True, False]))
    assert chosen.ratings is chosen.timestamps is None
    assert len(chosen + chosen) == 4
    assert [h.tolist() for h in bare.histories(in_time=False)] == [[2, 0, 1], [2], []]
    with pytest.raises(ValueError, match="the order of histories needs timestamps"):
        bare.histories()
    with pytest.raises(ValueError, match=r"matrix\(values='ratings'\) needs ratings"):
        bare.matrix("ratings")
    with pytest.raises(ValueError, match="only one of the two logs has ratings"):
        bare + log(timestamps=None)


def test_without_times_the_last_of_the_log_counts():
    repeated = log(items=(2, 2, 2, 1), ratings=(5, 3, 4, 0), timestamps=None)
    assert repeated.matrix(values="ratings").toarray()[0, 2] == 3


def test_own_ids_travel_along():
    users, items = ["ann", "bob", "eve"], [7, 76561197960287930, 9, 2**40]
    named = log(user_ids=users, item_ids=items)
    part = named.select(named.users == 0) + named.select(named.users == 1)
    assert part.user_ids.tolist() == users
    assert part.item_ids.tolist() == items
    with pytest.raises(ValueError, match="read-only"):
        named.item_ids[0] = 1
    with pytest.raises(ValueError, match="differ in user_ids"):
        named + log(user_ids=["ann", "bob", "kim"], item_ids=items)
    with pytest.raises(ValueError, match="only one of the two logs has user_ids"):
        named + log()


def test_ids_may_be_tuples():
    assert log(user_ids=[("a", 1), ("a", 2), ("b", 1)]).user_ids.shape == (3,)


def test_what_a_log_lacks_is_asked_for_by_name():
    plain = Interactions([0, 1], [1, 0], None, None, n_users=2, n_items=2)
    timed = Interactions([0, 1], [1, 0], None, [3, 4], n_users=2, n_items=2)
    assert timed.require("timestamps", "a split in time").tolist() == [3, 4]
    for column, name in (("ratings", "rating"), ("timestamps", "time")):
        with pytest.raises(ValueError, match=rf"this needs {column}.*{name}=\.\.\."):
            plain.require(column, "this")
