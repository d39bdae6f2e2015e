"""Known items and graded relevance."""

import ir_measures
import numpy as np
import pandas as pd
import pytest
from ir_measures import nDCG

from plmrec_lite.applications.search.relevance import (
    class_gains,
    graded_ndcg,
    known_item_ranks,
    known_item_values,
)
from plmrec_lite.ranking import top_k

pytestmark = pytest.mark.filterwarnings("error")  # a query without a right item is NaN, quietly

ITEMS = pd.DataFrame(
    {"kind": ["Knits", "Knits", "Blouses", "Jeans", ""], "department": ["Tops"] * 3 + ["", ""]}
)


def test_places_by_hand_ties_by_lower_item():
    scores = np.array([[0.1, 0.5, 0.5, 0.2], [0.1, 0.5, 0.5, -np.inf], [0.1, 0.5, 0.5, 0.2]])
    assert known_item_ranks(scores, [2, 3, 1]).tolist() == [2, 5, 1]
    np.testing.assert_allclose(known_item_values(scores, [2, 3, 1], k=3), [0.5, 0, 1])


def test_places_agree_with_the_lists():
    rng = np.random.default_rng(0)
    scores, wanted = rng.integers(6, size=(40, 25)).astype(float), rng.integers(25, size=40)
    lists = top_k(scores, 25)
    expected = [1 + row.tolist().index(item) for row, item in zip(lists, wanted, strict=True)]
    ranks = known_item_ranks(scores, wanted)
    assert ranks.tolist() == expected
    np.testing.assert_allclose(
        known_item_values(scores, wanted), np.where(ranks <= 10, 1 / ranks, 0)
    )


def test_grades_by_hand():
    assert class_gains(ITEMS, np.array([0, 2, 3, 4])).tolist() == [
        [3, 2, 1, 0, 0],
        [1, 1, 3, 0, 0],
        [0, 0, 0, 3, 0],  # like no other item, not even in a department that is not told
        [0, 0, 0, 0, 3],
    ]


def test_graded_ndcg_is_that_of_the_trec_tool():
    rng = np.random.default_rng(1)
    gains, scores = rng.integers(4, size=(30, 40)), rng.random((30, 40))
    lists = top_k(scores, 10)
    # The tool takes a grade as its own gain: it is given two to the power of it, less one.
    qrels = [
        ir_measures.Qrel(str(q), str(d), int(2**g - 1))
        for q, row in enumerate(gains)
        for d, g in enumerate(row)
    ]
    run = [
        ir_measures.ScoredDoc(str(q), str(d), float(-place))
        for q, row in enumerate(lists)
        for place, d in enumerate(row)
    ]
    theirs = {int(m.query_id): m.value for m in ir_measures.iter_calc([nDCG @ 10], qrels, run)}
    np.testing.assert_allclose(graded_ndcg(lists, gains), [theirs[q] for q in range(30)], rtol=1e-6)


def test_empty_places_and_queries_that_nothing_answers():
    gains = np.array([[0, 3, 1], [0, 0, 0]])
    assert graded_ndcg(np.array([[1, 2, -1], [0, 1, 2]]), gains, 3)[0] == 1
    assert np.isnan(graded_ndcg(np.array([[1, 2, -1], [0, 1, 2]]), gains, 3)[1])
    assert graded_ndcg(np.array([[-1, -1], [0, 1]]), gains, 3)[0] == 0


def test_an_empty_place_gains_nothing_whatever_item_0_would():
    found = graded_ndcg(np.array([[1, -1, -1]]), np.array([[3, 1, 0]]), 3)
    assert found[0] == pytest.approx(1 / (7 + 1 / np.log2(3)))


def test_k_out_of_range():
    with pytest.raises(ValueError, match="k=4 with 3 items"):
        graded_ndcg(np.zeros((1, 3), int), np.ones((1, 3)), 4)
