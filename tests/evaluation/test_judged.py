import numpy as np
import pytest

from plmrec_lite.evaluation.judged import Judged, find_hits, judge
from plmrec_lite.evaluation.protocol import METRICS

LISTS, RELEVANT = np.array([[4, 7, 1], [2, -1, -1], [3, 5, 6]]), [[1, 4, 9, 9], [], [8]]


def test_hits_stand_where_a_relevant_item_is_and_an_item_counts_once():
    found = find_hits(LISTS, RELEVANT, 4)
    assert found.hits.tolist() == [[True, False, True, False], [False] * 4, [False] * 4]
    assert found.n_relevant.tolist() == [3, 0, 1]


def test_long_lists_are_compared_place_by_place():
    assert find_hits([[4, 7, 1, 2, 9]], [[2, 4]], 5).hits[0].nonzero()[0].tolist() == [0, 3]
    with pytest.raises(ValueError, match="list 1 holds item 7 twice"):
        find_hits([[1, 2, 3, 4, 5], [7, 1, 3, 4, 7]], [[], []], 5)


def test_users_at_the_end_without_a_relevant_item_are_counted_too():
    assert find_hits(LISTS, [[1], [], []], 4).n_relevant.tolist() == [1, 0, 0]
    assert find_hits(LISTS, [[], [], []], 4).n_relevant.tolist() == [0, 0, 0]


@pytest.mark.parametrize("items", [[[1, 4]], 3, [1.5], ["1"]])
def test_relevant_items_that_are_no_row_of_ids_are_named(items):
    with pytest.raises(ValueError, match=r"relevant items of list 1 are .* of shape"):
        find_hits(LISTS, [[1], items, []], 4)


def test_every_metric_takes_what_was_looked_up_once():
    judged = judge(LISTS, np.array([2, 0, 0, 0]), np.array([8, 9, 1, 4]), 2)
    assert isinstance(judged, Judged) and find_hits(judged, None, 2) is judged
    for metric in METRICS.values():
        np.testing.assert_array_equal(metric(judged, None, 2), metric(LISTS, RELEVANT, 2))
