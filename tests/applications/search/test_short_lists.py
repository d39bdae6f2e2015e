"""Short lists are put in another order, and keep their items."""

import numpy as np
import pytest

from plmrec_lite.applications.search.fusion import fuse_scores
from plmrec_lite.applications.search.short_lists import likest_texts, rerank

LISTS = np.array([[7, 2, 5], [1, 0, 9]])
FIRST = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
SECOND = np.array([[0.0, 9.0, 1.0], [1.0, 1.0, 1.0]])


def test_at_the_ends_one_order_is_left():
    assert rerank(LISTS, FIRST, SECOND, 0).tolist() == LISTS.tolist()
    assert rerank(LISTS, FIRST, SECOND, 1).tolist() == [[2, 5, 7], [1, 0, 9]]


def test_between_them_by_both():
    fused = fuse_scores(FIRST, SECOND, 0.4)
    found = rerank(LISTS, FIRST, SECOND, 0.4)
    assert found[0].tolist() == LISTS[0][np.argsort(-fused[0])].tolist()
    with pytest.raises(ValueError, match="give a score an item"):
        rerank(LISTS[:, :2], FIRST, SECOND)


def test_the_likest_text_of_each_item_is_read():
    texts = np.eye(4)
    about = np.array([0, 0, 1, 1])
    queries = np.array([[0.1, 0.2, 0.4, 0.3], [0.5, 0.2, 0.1, 0.6]])
    assert likest_texts(queries, texts, about, [[0, 1], [1, 0]]).tolist() == [[1, 2], [3, 0]]
    for but, expected in (([1, -1], [[0, 2], [3, 0]]), ([-1, 0], [[1, 2], [3, 1]])):
        found = likest_texts(queries, texts, about, [[0, 1], [1, 0]], np.array(but))
        assert found.tolist() == expected


def test_an_item_without_another_text_is_named():
    with pytest.raises(ValueError, match="item 0 has no text to be read for query 0"):
        likest_texts(np.ones((1, 2)), np.eye(2), np.array([0, 1]), [[0]], np.array([0]))
