import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.conversations import thread_joins
from plmrec_lite.applications.social.threads import with_habits

HOUR, DAY = 3600, 86_400
COLUMNS = ["person", "thread", "list", "time", "reply_to"]
ROWS = [
    (0, 0, "a", 0, -1),
    (1, 1, "a", 10 * HOUR, 0),  # 1 answers 0, and begins a thread
    (2, 2, "b", 11 * HOUR, -1),
    (1, 2, "b", 12 * HOUR, 2),  # 1 answers 2
    (0, 0, "a", 13 * HOUR, -1),
    (2, 3, "a", 20 * HOUR, -1),
    (2, 3, "a", 21 * HOUR, 5),
    (3, 4, "b", 22 * HOUR, -1),
    (2, 4, "b", 22 * HOUR, 7),  # 2 joins 4 among 0, 1 and 4
    (1, 3, "a", 24 * HOUR, 6),  # 1 joins 3 among 0, 3 and 4
    (2, 1, "a", 30 * HOUR, 1),  # 2 joins 1 among 0 and 1
    (0, 0, "a", 31 * HOUR, -1),
    (0, 5, "b", 32 * HOUR, -1),
    (3, 2, "b", 40 * DAY, 3),  # 3 joins 2 among 2 and 5, which are dead by then
]


@pytest.fixture
def messages():
    return pd.DataFrame(ROWS, columns=COLUMNS)


def test_features_by_hand(messages):
    joins = with_habits(thread_joins(messages), messages)
    assert joins.about[["person", "thread"]].to_numpy().tolist() == [[2, 4], [1, 3], [2, 1]]
    assert joins.counts.tolist() == [3, 3, 2]
    wanted = {
        "day": np.log1p([2, 1, 1, 1, 2, 2, 1, 1]),
        "unanswered": [0, 1, 1, 0, 0, 0, 0, 1],
        "session": -np.log1p([1, 1, 11, 14, 14, 12, 9, 9]),
        "same list": [1, 1, 0, 0, 0, 1, 0, 0],
        "speaker": np.log1p([0, 0, 0, 1, 1, 1, 0, 0]),
        "speaker answers": np.log1p([0, 1, 0, 0, 0, 0, 0, 2]),
    }
    for name, column in wanted.items():
        np.testing.assert_allclose(joins.features[name], column, err_msg=name)


def test_what_was_known_stays_and_what_comes_later_changes_nothing(messages):
    plain = thread_joins(messages, {"v": np.random.default_rng(0).normal(size=(14, 3))})
    joins = with_habits(plain, messages)
    assert all((joins.features[name] == plain.features[name]).all() for name in plain.features)
    assert joins.chosen.tolist() == plain.chosen.tolist()
    changed = messages.copy()
    changed.loc[11:, ["list", "reply_to"]] = ["b", 0]
    again = with_habits(thread_joins(changed), changed)
    for name, column in joins.features.items():
        if name != "v":
            assert (again.features[name][:8] == column).all(), name


def test_other_days_or_messages_are_refused(messages):
    joins = thread_joins(messages, days=60)
    assert with_habits(joins, messages, days=60).counts.tolist() == joins.counts.tolist()
    at_the_border = thread_joins(messages, days=9 / 24)  # at 22 o'clock 0 was written to at 13
    assert with_habits(at_the_border, messages, days=9 / 24).counts.tolist()[0] == 2
    with pytest.raises(ValueError, match=r"the joins have .* give the messages"):
        with_habits(joins, messages)
