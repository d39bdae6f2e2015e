"""Metrics by hand, by law, and against ir_measures on the same lists.

It leaves ties in a run to its own sort, so it gets our lists with scores that fall by one from
place to place. To a user with nothing relevant it gives 0, where the book has NaN. It has no F1:
that is the harmonic mean of its precision and recall.
"""

import math

import ir_measures
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plmrec_lite.evaluation import metrics
from plmrec_lite.ranking import top_k

thorough = settings(derandomize=True, deadline=None, max_examples=60)

IR_MEASURES = {
    metrics.precision_at_k: ir_measures.P,
    metrics.recall_at_k: ir_measures.R,
    metrics.hit_rate_at_k: ir_measures.Success,
    metrics.ndcg_at_k: ir_measures.nDCG,
    metrics.reciprocal_rank: ir_measures.RR,
    metrics.average_precision_at_k: ir_measures.AP,
}
every_metric = pytest.mark.parametrize("metric", [*IR_MEASURES, metrics.f1_at_k])


def runs(seed, n=8, n_items=12, length=6):
    """Lists made from scores with many ties and barred items, and what is relevant."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, (n, n_items)).astype(float)
    scores[rng.random((n, n_items)) < 0.4] = -np.inf  # some lists are cut short by -1
    relevant = [rng.permutation(n_items)[:size] for size in rng.integers(0, 8, n)]
    return top_k(scores, length), relevant


def as_dicts(recommended, relevant):
    """Write lists for ir_measures."""
    run = {
        str(row): {str(item): float(-place) for place, item in enumerate(items) if item >= 0}
        for row, items in enumerate(recommended)
    }
    wanted = {str(row): dict.fromkeys(map(str, r), 1) for row, r in enumerate(relevant)}
    return wanted, run


@thorough
@given(st.integers(0, 10**6), st.integers(1, 9))
def test_equal_to_ir_measures(seed, k):
    recommended, relevant = runs(seed)
    some = [row for row, items in enumerate(relevant) if len(items)]
    wanted, run = as_dicts(recommended, relevant)
    measures = [measure @ k for measure in IR_MEASURES.values()]
    theirs = {
        (m.measure, int(m.query_id)): m.value for m in ir_measures.iter_calc(measures, wanted, run)
    }
    for metric, measure in IR_MEASURES.items():
        ours = metric(recommended, relevant, k)
        expected = [theirs.get((measure @ k, row), 0.0) for row in some]  # a list may be empty
        np.testing.assert_allclose(ours[some], expected, atol=1e-9)
        assert np.isnan(np.delete(ours, some)).all()
    p, r = (
        np.array([theirs.get((measure @ k, row), 0.0) for row in some])
        for measure in (ir_measures.P, ir_measures.R)
    )
    f1 = 2 * p * r / np.where(p + r > 0, p + r, 1)
    np.testing.assert_allclose(metrics.f1_at_k(recommended, relevant, k)[some], f1, atol=1e-9)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (metrics.precision_at_k, 2 / 5),
        (metrics.recall_at_k, 2 / 3),
        (metrics.f1_at_k, 1 / 2),
        (metrics.hit_rate_at_k, 1),
        (metrics.ndcg_at_k, (1 / math.log2(3) + 1 / 2) / (1 + 1 / math.log2(3) + 1 / 2)),
        (metrics.reciprocal_rank, 1 / 2),
        (metrics.average_precision_at_k, (1 / 2 + 2 / 3) / 3),
    ],
)
def test_one_list_by_hand(metric, expected):
    # Hits at ranks 2 and 3; item 8 is relevant and not found.
    assert metric([[4, 9, 1, 7, 5]], [[1, 9, 8]], k=5)[0] == pytest.approx(expected, abs=1e-12)


@every_metric
@thorough
@given(st.integers(0, 10**6), st.integers(1, 9))
def test_laws(metric, seed, k):
    recommended, relevant = runs(seed)
    values = metric(recommended, relevant, k)
    some = np.array([len(items) > 0 for items in relevant])
    assert (np.isnan(values) == ~some).all()
    assert ((values[some] >= 0) & (values[some] <= 1 + 1e-12)).all()
    cut = metric(recommended[:, :k], relevant, k)  # what stands below k does not count
    np.testing.assert_array_equal(cut, values)
    padded = np.pad(recommended, ((0, 0), (0, 9)), constant_values=-1)
    np.testing.assert_array_equal(metric(padded, relevant, k), values)
    shuffled = [np.random.default_rng(seed).permutation(items) for items in relevant]
    np.testing.assert_array_equal(metric(recommended, shuffled, k), values)
    repeated = [np.repeat(items, 2) for items in relevant]
    np.testing.assert_array_equal(metric(recommended, repeated, k), values)


@every_metric
def test_a_perfect_list_scores_one_and_a_list_of_misses_zero(metric):
    relevant = [[5, 2, 8]] * 3
    values = metric([[2, 5, 8], [1, 3, 4], [-1, -1, -1]], relevant, k=3)
    np.testing.assert_allclose(values, [1, 0, 0], atol=1e-12)


def test_ndcg_forgives_more_relevant_items_than_places_and_recall_does_not():
    recommended, relevant = [[0, 1]], [[0, 1, 2, 3]]
    assert metrics.ndcg_at_k(recommended, relevant, 2)[0] == 1
    assert metrics.recall_at_k(recommended, relevant, 2)[0] == 0.5
    assert metrics.average_precision_at_k(recommended, relevant, 2)[0] == 0.5


def test_a_short_list_is_filled_with_misses():
    assert metrics.precision_at_k([[3]], [[3, 4]], k=4)[0] == 0.25


STEAM = 76561197960287930  # a user of Steam, as a 64-bit number


@every_metric
@pytest.mark.parametrize(
    ("ids", "dtype"),
    [
        ([STEAM + i for i in range(12)], np.int64),
        ([2**63 - 1 - i for i in range(12)], np.int64),
        ([STEAM + i for i in range(12)], np.uint64),
        ([2**64 - 1 - i for i in range(12)], np.uint64),
        ([2**63 - 6 + i for i in range(12)], np.uint64),
        (range(255, 243, -1), np.uint8),
        ([i * 2**58 for i in range(12)], object),  # lists in int64, what is relevant in uint64
    ],
)
def test_ids_may_be_any_64_bit_number(metric, ids, dtype):
    recommended, relevant = runs(seed=3, n=50)
    ids = np.array(ids, dtype=np.uint64 if dtype is object else dtype)
    if dtype is object:
        known = np.where(recommended >= 0, ids[recommended].astype(np.int64), -1)
    elif dtype is np.int64:
        known = np.where(recommended >= 0, ids[recommended], -1)
    else:  # unsigned: no place for -1, so every list is full
        recommended = np.array([np.random.default_rng(r).permutation(12)[:6] for r in range(50)])
        known = ids[recommended]
    expected = metric(recommended, relevant, 5)
    np.testing.assert_array_equal(metric(known, [ids[items] for items in relevant], 5), expected)
    assert np.nanmean(expected) > 0


def test_a_large_id_that_stands_twice_is_named_as_it_is():
    with pytest.raises(ValueError, match=f"list 1 holds item {2**64 - 2} twice"):
        metrics.recall_at_k(
            np.array([[2, 1], [2**64 - 2, 2**64 - 2]], dtype=np.uint64), [[1], [2]], 2
        )


@every_metric
def test_no_users(metric):
    assert metric(np.zeros((0, 5), int), [], 5).shape == (0,)


@every_metric
@pytest.mark.parametrize(
    ("recommended", "relevant", "k", "words"),
    [
        ([[1, 2]], [[1]], 0, "k=0"),
        ([[1, 2]], [[1]], 1.5, "k=1.5"),
        ([[1, 2]], [[1], [2]], 2, "1 lists, but relevant items of 2 users"),
        ([1, 2], [[1]], 2, r"shape \(2,\)"),
        ([[1.0, 2.0]], [[1]], 2, "float64"),
        ([[5, 6, 7], [1, 4, 1]], [[1], [1]], 3, "list 1 holds item 1 twice"),
        ([[1, -1]], [[-1]], 2, "relevant holds item -1"),
        ([[1, 2]], [[1.5]], 2, "relevant items of list 0 are float64"),
        ([[1, 2], [3, 4]], [[1], [[2]]], 2, r"relevant items of list 1 are .* shape \(1, 1\)"),
        ([[1, 2]], [["1"]], 2, "relevant items of list 0 are <U1"),
    ],
)
def test_bad_input_is_named(metric, recommended, relevant, k, words):
    with pytest.raises(ValueError, match=words):
        metric(recommended, relevant, k)


def test_coverage_counts_items_once():
    assert metrics.coverage([[0, 1], [1, -1]], n_items=8) == 0.25
    assert metrics.coverage([[-1, -1]], n_items=8) == 0
    assert metrics.coverage(np.zeros((0, 3), int), n_items=0) == 0


def test_novelty_in_bits():
    popularity = [8, 4, 2, 1, 0]  # an item without events counts as having one: 16 in all
    for item, bits in enumerate([1, 2, 3, 4, 4]):
        assert metrics.novelty([[item, -1]], popularity) == bits
    assert metrics.novelty([[0, 1], [3, -1]], popularity) == pytest.approx(7 / 3)
    assert math.isnan(metrics.novelty([[-1]], popularity))
