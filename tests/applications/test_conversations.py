import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.conversations import thread_joins

HOUR, DAY = 3600, 86_400
COLUMNS = ["person", "thread", "list", "time", "reply_to"]
ROWS = [
    (0, 0, "a", 0, -1),
    (1, 1, "a", 1 * HOUR, -1),
    (0, 1, "a", 2 * HOUR, 1),  # 0 joins 1's thread: thread 0 is its own, one candidate only
    (2, 2, "b", 3 * HOUR, -1),
    (1, 0, "a", 4 * HOUR, 0),  # 1 joins 0's thread: the only one
    (3, 3, "a", 5 * HOUR, 0),  # 3 answers 0, and begins a thread
    (3, 3, "a", 6 * HOUR, -1),
    (2, 3, "a", 7 * HOUR, 6),  # 2 has not written to a: thread 3 is no candidate
    (3, 1, "a", 8 * HOUR, 1),  # 3 joins 1 among 0 and 1
    (2, 0, "a", 9 * HOUR, -1),  # 2 joins 0 among 0 and 1
    (0, 3, "a", 10 * HOUR, 6),  # one candidate: 0 has no message on b
    (3, 3, "a", 11 * HOUR, -1),
    (4, 4, "a", 12 * HOUR, -1),
    (3, 0, "a", 20 * DAY, -1),  # 3 joins 0 among 0 and 4, which are dead by then
]


@pytest.fixture
def messages():
    return pd.DataFrame(ROWS, columns=COLUMNS)


def test_joins_candidates_and_features_by_hand(messages):
    joins = thread_joins(messages)
    assert joins.about["person"].tolist() == [3, 2]
    assert joins.about["thread"].tolist() == [1, 0]
    assert joins.about["written"].tolist() == [2, 2]
    assert joins.about["size"].tolist() == [2, 2]
    assert joins.chosen.tolist() == [1, 0] and joins.counts.tolist() == [2, 2]
    hours = {"recency": [4, 6, 5, 1], "age": [8, 7, 9, 8]}
    for name, since in hours.items():
        np.testing.assert_allclose(joins.features[name], -np.log1p(since))
    np.testing.assert_allclose(joins.features["size"], np.log([2, 2, 2, 3]))
    np.testing.assert_allclose(joins.features["list"], np.log([1, 1, 0.5, 0.5]))
    # 3 and 2 have met in thread 3, where 2 answered 3; 3 then joined 1 and answered 1.
    np.testing.assert_allclose(joins.features["together"], np.log1p([0, 0, 0, 1]))
    np.testing.assert_allclose(joins.features["replies"], np.log1p([1, 1, 0, 1]))


def test_words_are_cosines_of_what_was_said_before(messages):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(messages), 4))
    joins = thread_joins(messages, {"v": vectors})

    def cosine(mine, there):
        a, b = vectors[mine].sum(0), vectors[there].sum(0)
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    wanted = [
        cosine([5, 6], [0, 4]),
        cosine([5, 6], [1, 2]),
        cosine([3, 7], [0, 4]),
        cosine([3, 7], [1, 2, 8]),
    ]
    np.testing.assert_allclose(joins.features["v"], wanted)
    changed = vectors.copy()
    changed[9:] = 5.0  # what comes later changes nothing
    again = thread_joins(messages, {"v": changed})
    np.testing.assert_array_equal(again.features["v"], joins.features["v"])
    silent = thread_joins(messages, {"v": np.zeros_like(vectors)})
    assert (silent.features["v"] == 0).all()


def test_days_and_at_least_count(messages):
    assert thread_joins(messages, days=30).about["person"].tolist() == [3, 2, 3]
    with pytest.raises(ValueError, match="nobody who had written 3 messages"):
        thread_joins(messages, at_least=3)
    assert thread_joins(messages, at_least=3, days=30).about["written"].tolist() == [4]
    assert thread_joins(messages, at_least=2).about["written"].tolist() == [2, 2]


def test_all_who_wrote_in_a_thread_were_met_there(messages):
    """3 met 0 three times, 2 twice and 1 once, not only the last who had written before."""
    joins = thread_joins(messages, days=30)
    assert joins.about["thread"].tolist() == [1, 0, 0]
    np.testing.assert_allclose(joins.features["together"][-2:], np.log1p([6, 0]))


def test_a_thread_lives_by_its_last_message(messages):
    """3 joins at 8, when the last messages are of 4 and 2 o'clock, the first of 0 and 1."""
    assert thread_joins(messages, days=6 / 24).counts.tolist() == [2, 2]
    assert thread_joins(messages, days=5.9 / 24).about["person"].tolist() == [2]


def test_wrong_input_is_refused(messages):
    with pytest.raises(ValueError, match=r"v: vectors of shape \(2, 4\) for 14 messages"):
        thread_joins(messages, {"v": np.zeros((2, 4))})
    with pytest.raises(ValueError, match="not in the order of time"):
        thread_joins(messages.iloc[::-1])
    with pytest.raises(ValueError, match="at_least=0"):
        thread_joins(messages, at_least=0)
    with pytest.raises(ValueError, match="days=0"):
        thread_joins(messages, days=0)
