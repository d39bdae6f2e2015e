"""Team draft: both lists in one, fair to both, and credit for clicks."""

import numpy as np
import pytest

from plmrec_lite.evaluation.interleaving import in_one_list_only, team_credit, team_draft

FIRST = np.tile([0, 1, 2, 3, 4], (2000, 1))
SECOND = np.tile([5, 0, 6, 1, 7], (2000, 1))


def test_equal_lists_stay_as_they_are():
    lists, teams = team_draft(FIRST, FIRST, k=5)
    assert (lists == FIRST).all()
    assert (teams[:, :4].sum(axis=1) == 2).all()
    assert teams[:, 0].mean() == pytest.approx(0.5, abs=0.05)


def test_no_item_stands_twice_and_each_team_gives_its_best():
    lists, teams = team_draft(FIRST, SECOND, k=5)
    for row, team in zip(lists[:200], teams[:200], strict=True):
        assert len(set(row)) == 5
        for number, own in ((0, FIRST[0]), (1, SECOND[0])):
            given = row[team == number].tolist()
            assert given == [i for i in own if i in given]
    # whoever begins: item 0 is on top, or 5 with 0 behind it
    assert {tuple(row[:2]) for row in lists.tolist()} == {(0, 5), (5, 0)}


def test_the_coin_is_fair_at_each_round():
    _, teams = team_draft(FIRST, SECOND, k=4)
    assert teams[:, 0].mean() == pytest.approx(0.5, abs=0.05)
    assert teams[:, 2].mean() == pytest.approx(0.5, abs=0.05)
    assert (teams[:, 0] != teams[:, 1]).all()
    assert abs(np.corrcoef(teams[:, 0], teams[:, 2])[0, 1]) < 0.1


def test_clicks_that_know_no_list_favour_none():
    lists, teams = team_draft(FIRST, SECOND, k=5)
    clicks = np.random.default_rng(1).random(lists.shape) < 0.3
    assert abs(team_credit(clicks, teams).mean()) < 0.06
    better = np.isin(lists, [5, 6, 7])
    assert team_credit(better, teams).mean() < -1.5


def test_short_lists_leave_places_empty():
    lists, teams = team_draft([[1, -1, -1]], [[1, 2, -1]], k=3)
    assert sorted(lists[0].tolist()) == [-1, 1, 2]
    assert lists[0, -1] == teams[0, -1] == -1
    assert team_credit(np.ones((1, 3), bool), teams)[0] in (-2, 0)


def test_items_of_both_lists_are_told_from_those_of_one():
    lists = np.array([[0, 5, 1, 6, -1]])
    assert in_one_list_only(lists, FIRST[:1], SECOND[:1]).tolist() == [
        [False, True, False, True, False]
    ]
    assert not in_one_list_only(lists, [[-1, 5]], [[5, 7]])[0, [1, 4]].any()
    with pytest.raises(ValueError, match="1 interleaved lists of 2000"):
        in_one_list_only(lists, FIRST, SECOND)


def test_the_seed_decides():
    one, other = (team_draft(FIRST[:50], SECOND[:50], k=5, seed=s)[0] for s in (0, 1))
    assert (one == team_draft(FIRST[:50], SECOND[:50], k=5)[0]).all()
    assert (one != other).any()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: team_draft(FIRST, SECOND[:3]), r"\(2000, 5\) and \(3, 5\)"),
        (lambda: team_draft(FIRST, SECOND, k=6), "k=6"),
        (lambda: team_credit(np.ones((1, 2)), np.ones((1, 3))), r"clicks \(1, 2\)"),
    ],
)
def test_what_does_not_fit_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
