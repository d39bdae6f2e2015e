import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.data.interactions import Interactions

thorough = settings(derandomize=True, deadline=None, max_examples=60)


def log(users=(0, 0, 1, 0), items=(2, 0, 2, 1), ratings=(5, 3, 4, 1), timestamps=(9, 5, 7, 9)):
    return Interactions(users, items, ratings, timestamps, n_users=3, n_items=4)


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
        ({"users": (0, 0, 3, 0)}, r"users: 1 ids are out of range.*row 2 \(3\).*0 to 2"),
        ({"items": (0, -1, 4, 0)}, r"items: 2 ids.*row 1 \(-1\).*0 to 3"),
        (
            {"ratings": (1, np.nan, 2, np.inf)},
            r"ratings: 2 are NaN or infinite.*row 1.*drop or fill",
        ),
        ({"ratings": ((1, 2), (3, 4))}, r"ratings have the shape \(2, 2\)"),
        ({"items": (0.0, 1.5, 2.0, 0.0)}, r"items: 1 values are no whole numbers.*row 1 \(1.5\)"),
        ({"timestamps": (0.0, 1.0, np.nan, 2.0)}, r"timestamps: 1 .*row 2 \(nan\)"),
        ({"timestamps": (0.0, 1e30, 1.0, 2.0)}, r"timestamps: 1 .*row 1"),
        ({"users": ("a", "b", "c", "d")}, r"users is <U1"),
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
    other = Interactions([], [], [], [], n_users=3, n_items=9)
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(3, 9\)"):
        log() + other
    with pytest.raises(TypeError):
        log() + "events"
