"""Lists in the reader's own ids."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import Interactions, recommend_for, rows_of
from plmrec_lite.data.own_ids import check_vocabulary
from plmrec_lite.recommenders import EASE, Popularity

TABLE = pd.DataFrame({"user": list("aabbbc"), "item": [70, 10, 70, 30, 10, 10]})
LOG = Interactions.from_frame(TABLE)


def test_lists_name_users_and_items_as_the_reader_does():
    found = recommend_for(Popularity().fit(LOG), LOG, ["c", "a"], k=3)
    assert found.to_numpy().tolist() == [["c", 70, 1], ["c", 30, 2], ["a", 30, 1]]
    numbers = EASE().fit(LOG).recommend([0], k=1)
    assert recommend_for(EASE().fit(LOG), LOG, ["a"], 1)["item"].tolist() == [
        LOG.item_ids[numbers[0, 0]]
    ]


def test_unknown_ids_are_named():
    model = Popularity().fit(LOG)
    with pytest.raises(ValueError, match=r"users: 1 of 2 ids are not in the log, .*'z' .*as 'a'"):
        recommend_for(model, LOG, ["a", "z"])
    with pytest.raises(ValueError, match=r"give a list, \['ab'\]"):
        recommend_for(model, LOG, "ab")
    with pytest.raises(ValueError, match=r"items: 1 of 1 ids .* '70' .*such as 10"):
        rows_of(["70"], LOG.item_ids, "items")
    assert rows_of([70, 7], LOG.item_ids, unknown="drop").tolist() == [2, -1]


def test_a_log_without_own_ids_says_so():
    bare = Interactions([0], [0], None, None, 1, 1)
    with pytest.raises(ValueError, match=r"no ids of your own: .*from_frame"):
        recommend_for(Popularity().fit(bare), bare, [0])
    half = Interactions([0], [0], None, None, 1, 1, user_ids=["a"])
    with pytest.raises(ValueError, match="no item_ids"):
        recommend_for(Popularity().fit(half), half, ["a"], k=1)


def test_no_users_give_no_rows():
    assert len(recommend_for(Popularity().fit(LOG), LOG, np.array([], dtype=object), k=1)) == 0


def test_a_vocabulary_names_each_once():
    assert check_vocabulary("user_ids", None, 3) is None
    assert check_vocabulary("user_ids", LOG.user_ids, 3) is LOG.user_ids  # looked at before
    assert check_vocabulary("user_ids", ["a", 1], 2).tolist() == ["a", 1]
    for twice in (["a", "a"], np.array(["a", "a"])):
        with pytest.raises(ValueError, match="user_ids names something twice"):
            check_vocabulary("user_ids", twice, 2)
    with pytest.raises(ValueError, match=r"shape \(1,\): give one id for each of 2"):
        check_vocabulary("user_ids", ["a"], 2)


def test_a_log_keeps_its_ids_when_the_readers_array_changes():
    ids = np.array(["a", "b"], dtype=object)
    log = Interactions([0], [0], None, None, 2, 2, user_ids=ids, item_ids=ids)
    ids[:] = "z"
    assert log.user_ids.tolist() == log.item_ids.tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="read-only"):
        log.user_ids[0] = "z"
