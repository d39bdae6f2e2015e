"""Lists of another library: judged as a model's own, and what cannot count is named."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data import Interactions, leave_one_out, recommend_for
from plmrec_lite.data.splits import cold_item_split
from plmrec_lite.evaluation import evaluate, evaluate_lists
from plmrec_lite.recommenders import EASE

RNG = np.random.default_rng(0)
USERS, ITEMS = np.nonzero(RNG.random((20, 30)) < 0.3)
TABLE = pd.DataFrame(
    {
        "user": [f"u{user}" for user in USERS],
        "item": 7 * ITEMS + 10**17,  # beyond what a float can hold
        "time": RNG.permutation(len(USERS)),
    }
)
LOG = Interactions.from_frame(TABLE)
SPLIT = leave_one_out(LOG)


@pytest.mark.parametrize("part", ["test", "validation"])
@pytest.mark.parametrize("form", ["table", "shuffled", "scores", "dict"])
def test_a_model_s_own_lists_are_judged_as_the_model(part, form):
    model = EASE().fit(SPLIT.known(part))
    lists = recommend_for(model, SPLIT.train, LOG.user_ids, k=12)
    if form == "shuffled":
        lists = lists.sample(frac=1, random_state=0)
    elif form == "scores":
        lists = lists.assign(score=1 / lists["rank"]).drop(columns="rank")
        lists = lists.sample(frac=1, random_state=0)
    elif form == "dict":
        lists = {user: part["item"].tolist() for user, part in lists.groupby("user")}
    mine = evaluate_lists(lists, SPLIT, k=5, part=part, name="theirs")
    theirs = evaluate(model, SPLIT, k=5, part=part)
    assert (mine.recommended == theirs.recommended).all()
    pd.testing.assert_frame_equal(mine.per_user, theirs.per_user)
    assert (mine.coverage, mine.novelty, mine.k) == (theirs.coverage, theirs.novelty, 5)
    assert mine.model == "theirs"
    assert mine.compare(theirs).value == 0


def wanted(user):
    """The item that the test holds of a user, as the reader calls it."""
    return LOG.item_ids[SPLIT.test.items[SPLIT.test.users == user][0]].item()


def unmet(user, count):
    """Items that a user never met."""
    met = LOG.items[LOG.users == user]
    return LOG.item_ids[np.setdiff1d(np.arange(LOG.n_items), met)[:count]].tolist()


def test_a_short_list_is_not_filled_up(capsys):
    name = LOG.user_ids[3]
    report = evaluate_lists({name: [*unmet(3, 1), wanted(3)]}, SPLIT, k=3)
    assert report.per_user.loc[3, "ndcg"] == pytest.approx(1 / np.log2(3))
    assert report.recommended[report.per_user.index.get_loc(3)].tolist()[2] == -1
    others = report.per_user.drop(index=3)
    assert (others == 0).all(axis=None)
    told = capsys.readouterr().err
    assert f"{len(others)} of {len(others) + 1} users of the test part have no list" in told


def bad_lists():
    name, met = LOG.user_ids[3], LOG.item_ids[SPLIT.train.items[SPLIT.train.users == 3][0]].item()
    first = unmet(3, 1)[0]
    return {
        "unknown user": ({"nobody": [first], name: [wanted(3)]}, "'nobody', item"),
        "unknown item": ({name: [10**17 + 1, wanted(3)]}, f"{name!r}, item {10**17 + 1}"),
        "met before": ({name: [met, wanted(3)]}, f"{name!r}, item {met}"),
        "repeat an item": ({name: [wanted(3), wanted(3)]}, f"{name!r}, item {wanted(3)}"),
    }


@pytest.mark.parametrize("fault", bad_lists())
def test_what_cannot_count_is_named_or_dropped(fault):
    lists, first = bad_lists()[fault]
    told = []
    with pytest.raises(ValueError, match=rf'1 of 2 places .*{fault}.*{first}.*on_bad="drop"'):
        evaluate_lists(lists, SPLIT, k=2)
    report = evaluate_lists(lists, SPLIT, k=2, on_bad="drop", tell=told.append)
    assert report.per_user.loc[3, "ndcg"] == 1  # the place behind moved up
    row = report.per_user.index.get_loc(3)
    assert report.recommended[row].tolist() == [SPLIT.test.items[SPLIT.test.users == 3][0], -1]
    assert len(told) == 2  # what was dropped, once, and who has no list
    assert fault in told[0]
    assert told[0].endswith("dropped")


def test_before_the_test_a_user_has_met_the_validation_s_items_too():
    name = LOG.user_ids[3]
    met = LOG.item_ids[SPLIT.validation.items[SPLIT.validation.users == 3][0]].item()
    with pytest.raises(ValueError, match=f"met before, the first is user {name!r}, item {met}"):
        evaluate_lists({name: [met, wanted(3)]}, SPLIT, k=2)
    assert evaluate_lists({name: [met]}, SPLIT, k=1, part="validation").per_user.loc[3, "ndcg"] == 1


def test_an_unknown_item_is_no_other_item():
    last = LOG.n_items - 1
    fits = [u for u in SPLIT.test.users if last not in LOG.items[LOG.users == u]]
    lists = {LOG.user_ids[fits[0]]: ["unknown", wanted(fits[0])]}
    report = evaluate_lists(lists, SPLIT, k=2, on_bad="drop", tell=lambda line: None)
    assert report.per_user.loc[fits[0], "ndcg"] == 1


def test_an_item_that_is_no_candidate():
    log = Interactions.from_frame(TABLE)
    split = cold_item_split(log, min_rating=None)
    user = int(split.test.users[0])
    warm = np.flatnonzero(~split.candidates["test"])
    met = log.items[log.users == user]
    item = log.item_ids[np.setdiff1d(warm, met)[0]]
    with pytest.raises(ValueError, match="no candidate"):
        evaluate_lists({log.user_ids[user]: [item]}, split, k=1)


@pytest.mark.parametrize(
    ("lists", "error", "words"),
    [
        ([["a"]], TypeError, r"lists is a list: give a dict"),
        ({"u1": "abc"}, ValueError, "the list of user 'u1' is 'abc'"),
        (pd.DataFrame({"user": ["u1"], "item": [1]}), ValueError, "rank='rank': the table has no"),
        (
            pd.DataFrame({"user": ["u1", None], "item": [1, 2], "rank": [1, 2]}),
            ValueError,
            "1 of 2 rows of the lists lack a user, item or rank, the first is row 1",
        ),
        ({}, ValueError, "no user of the test part has a list"),
    ],
)
def test_what_are_no_lists_is_named(lists, error, words):
    with pytest.raises(error, match=words):
        evaluate_lists(lists, SPLIT)


def test_options_are_checked():
    with pytest.raises(ValueError, match="on_bad='skip'"):
        evaluate_lists({}, SPLIT, on_bad="skip")
    with pytest.raises(ValueError, match="part='train'"):
        evaluate_lists({}, SPLIT, part="train")
