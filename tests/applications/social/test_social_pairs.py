import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.social.answers import answer_counts
from plmrec_lite.applications.social.neighbourhoods import (
    adamic_adar,
    common_neighbours,
    links,
    walk_vectors,
)
from plmrec_lite.applications.social.pairs import ACTIVITY, CIRCLES, GRAPH, pair_scores

HOUR = 3600
COLUMNS = ["person", "thread", "list", "time", "reply_to"]
ROWS = [
    (0, 0, "a", 0, -1),
    (1, 0, "a", 2 * HOUR, 0),
    (2, 0, "a", 3 * HOUR, 1),
    (1, 1, "b", 4 * HOUR, -1),
    (0, 1, "b", 5 * HOUR, 3),
    (1, 0, "a", 6 * HOUR, 0),
    (3, 2, "b", 9 * HOUR, 4),  # from here on nothing counts
    (2, 1, "b", 9 * HOUR, 3),
]
WORDS = np.random.default_rng(0).normal(size=(8, 4))


@pytest.fixture
def messages():
    return pd.DataFrame(ROWS, columns=COLUMNS)


@pytest.fixture(scope="module")
def scores():
    return pair_scores(pd.DataFrame(ROWS, columns=COLUMNS), 6, {"words": WORDS}, n_walks=2)


def test_there_is_a_score_for_each_pair(scores):
    assert set(scores) == {*ACTIVITY, *CIRCLES, *GRAPH, "words"}
    assert all(table.shape == (4, 4) for table in scores.values())
    assert all(np.isfinite(table).all() for table in scores.values())


def test_scores_of_one_person_by_hand(scores):
    for row in range(4):
        np.testing.assert_allclose(scores["recency"][row], -np.log1p([4, 3, 6, 9]))
        np.testing.assert_allclose(scores["messages"][row], np.log1p([2, 3, 1, 0]))
        np.testing.assert_allclose(scores["answered"][row], np.log1p([1, 2, 0, 0]))


def test_scores_of_two_people_by_hand(scores):
    share = np.array([[1 / 2, 1 / 2], [2 / 3, 1 / 3], [1, 0], [0, 0]])
    np.testing.assert_allclose(scores["same lists"], share @ share.T)
    together = np.array([[2, 2, 1, 0], [2, 2, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(scores["together"], np.log1p(together))
    back = np.zeros((4, 4))
    back[0, 1], back[1, 2], back[1, 0] = 2, 1, 1  # the column answered the row
    np.testing.assert_allclose(scores["answers back"], np.log1p(back))
    sums = np.stack([WORDS[[0, 4]].sum(0), WORDS[[1, 3, 5]].sum(0), WORDS[2]])
    unit = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    np.testing.assert_allclose(scores["words"][:3, :3], unit @ unit.T)
    assert (scores["words"][3] == 0).all()


def test_the_graph_is_that_of_the_answers_before(messages, scores):
    A = links(answer_counts(messages.iloc[:6], 4))
    np.testing.assert_allclose(scores["common neighbours"], np.log1p(common_neighbours(A)))
    np.testing.assert_allclose(scores["Adamic-Adar"], np.log1p(adamic_adar(A)))
    V = walk_vectors(A, n_walks=2)
    np.testing.assert_allclose(scores["walks"], V @ V.T)


def test_what_comes_later_changes_nothing(messages, scores):
    changed = messages.copy()
    changed.loc[6:, ["thread", "list", "reply_to"]] = [0, "a", 2]
    words = WORDS.copy()
    words[6:] = 9
    again = pair_scores(changed, 6, {"words": words}, n_walks=2)
    for name, table in scores.items():
        np.testing.assert_array_equal(again[name], table, err_msg=name)


def test_only_walks_and_lightgcn_depend_on_the_seed(messages, scores):
    again = pair_scores(messages, 6, {"words": WORDS}, seed=1, n_walks=2)
    changed = {name for name, table in scores.items() if (again[name] != table).any()}
    assert changed == {"walks", "LightGCN"}


def test_all_messages_may_be_past(messages):
    found = pair_scores(messages, 8, n_walks=2)
    np.testing.assert_allclose(found["recency"][0], -np.log1p([4, 3, 0, 0]))  # now: the last one
    np.testing.assert_allclose(found["messages"][0], np.log1p([2, 3, 2, 1]))


def test_too_early_a_row_is_named(messages):
    for start in (0, 9):
        with pytest.raises(ValueError, match=f"start={start}: give a row from 1 to 8"):
            pair_scores(messages, start)
    with pytest.raises(ValueError, match="nobody answered anybody before row 1"):
        pair_scores(messages, 1)
