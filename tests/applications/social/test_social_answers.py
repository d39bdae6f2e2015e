import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.choices import Choices
from plmrec_lite.applications.social.answers import answer_counts, first_answers, joined

COLUMNS = ["person", "list", "reply_to"]
ROWS = [
    (0, "a", -1),
    (1, "a", 0),  # 1 answers 0
    (2, "a", -1),
    (3, "b", -1),
    (0, "a", 0),  # 0 answers 0's own message: no answer
    (0, "b", 3),  # 0 answers 3
    (1, "a", 0),  # again
    # the window
    (0, "a", 1),  # 0 answers 1, among 1 and 2: not 3, who was answered, not 4, who is new
    (4, "a", 2),  # 4 has not written before
    (1, "a", 2),  # 1 answers 2, who is the only one left, since 0 was answered
    (2, "a", 0),  # 2 answers 0, among 0 alone: 1 is answered too
    (2, "a", 1),  # 2 answers 1
    (2, "a", 0),  # again
    (3, "b", 8),  # 3 answers 4, who is no candidate
    (3, "b", 0),  # 3 answers 0
]


@pytest.fixture
def messages():
    return pd.DataFrame(ROWS, columns=COLUMNS)


def test_answers_are_counted_and_nobody_answers_themselves(messages):
    counts = answer_counts(messages.iloc[:7])
    wanted = np.zeros((4, 4))
    wanted[1, 0], wanted[0, 3] = 2, 1
    np.testing.assert_array_equal(counts.toarray(), wanted)
    assert answer_counts(messages.iloc[:7], 6).shape == (6, 6)


def test_choices_and_candidates_by_hand(messages):
    scores = {"number": np.arange(25.0).reshape(5, 5)}
    found = first_answers(messages, 7, 15, scores)
    assert found.about.to_numpy().tolist() == [[0, 1], [1, 2], [2, 0], [2, 1], [3, 0]]
    assert found.counts.tolist() == [2, 1, 1, 1, 1]
    assert found.chosen.tolist() == [0, 0, 0, 0, 0]
    assert found.features["number"].tolist() == [1, 2, 7, 10, 11, 15]
    shorter = first_answers(messages, 7, 9, scores)
    assert shorter.about.to_numpy().tolist() == [[0, 1]]


def test_one_person_s_choices_are_no_rivals(messages):
    later = pd.concat([messages, pd.DataFrame([(5, "a", -1)] * 2, columns=COLUMNS)])
    rows = later.iloc[[0, 1, 2, 15]].assign(reply_to=[-1, 0, -1, -1])
    window = pd.DataFrame([(5, "a", 1), (5, "a", 2)], columns=COLUMNS)
    found = first_answers(pd.concat([rows, window]), 4, 6, {"x": np.zeros((6, 6))})
    assert found.about.to_numpy().tolist() == [[5, 1], [5, 2]]
    assert found.counts.tolist() == [2, 2]  # 0 and 1, 0 and 2
    assert found.chosen.tolist() == [1, 1]


def test_what_comes_later_changes_nothing(messages):
    scores = {"number": np.arange(25.0).reshape(5, 5)}
    changed = messages.copy()
    changed.loc[11:, "list"] = "c"
    changed.loc[11:, "reply_to"] = 3
    before, after = (first_answers(m, 7, 11, scores) for m in (messages, changed))
    assert before.about.equals(after.about)
    assert before.counts.tolist() == after.counts.tolist()


def test_windows_are_put_together():
    one = Choices([1], [2], {"a": [1.0, 2], "b": [0.0, 1]}, pd.DataFrame({"person": [3]}))
    two = Choices([0], [3], {"b": [5.0, 6, 7], "a": [2.0, 3, 4]}, pd.DataFrame({"person": [4]}))
    both = joined([one, two])
    assert both.chosen.tolist() == [1, 0]
    assert both.counts.tolist() == [2, 3]
    assert both.features["a"].tolist() == [1, 2, 2, 3, 4]
    assert both.features["b"].tolist() == [0, 1, 5, 6, 7]
    assert both.about["person"].tolist() == [3, 4]
    with pytest.raises(ValueError, match="give at least one"):
        joined([])
    with pytest.raises(ValueError, match="all with the same"):
        joined([one, Choices([0], [1], {"a": [1.0]}, pd.DataFrame({"person": [4]}))])


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (0, 5, "window from row 0 to 5 of 15"),
        (5, 5, "window from row 5 to 5"),
        (5, 16, "window from row 5 to 16"),
        (6, 7, "nobody answered somebody for the first time from row 6 to 7"),
    ],
)
def test_wrong_windows_are_named(messages, start, end, words):
    with pytest.raises(ValueError, match=words):
        first_answers(messages, start, end, {})


def test_scores_of_another_shape_are_named(messages):
    with pytest.raises(ValueError, match=r"x: scores of shape \(4, 4\).*of 5 people"):
        first_answers(messages, 7, 15, {"x": np.zeros((4, 4))})
