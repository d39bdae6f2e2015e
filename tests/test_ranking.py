from threading import Barrier, get_ident

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from threadpoolctl import threadpool_info

from plmrec_lite import ranking
from plmrec_lite.ranking import check_k, top_k, top_k_by_rows

thorough = settings(derandomize=True, deadline=None, max_examples=60)
tables = arrays(
    st.sampled_from([np.float32, np.float64]),
    array_shapes(min_dims=2, max_dims=2, max_side=9),
    elements=st.sampled_from([-np.inf, -1, 0, 0.5, 2]),
)


def stable(scores, k):
    """The k best by a full stable sort."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.where(np.take_along_axis(scores, order, axis=1) == -np.inf, -1, order)


@thorough
@given(tables, st.data())
def test_it_is_a_stable_sort(scores, data):
    k, before = data.draw(st.integers(1, scores.shape[1])), scores.copy()
    assert (top_k(scores, k) == stable(scores, k)).all()
    assert (scores == before).all()


@pytest.mark.parametrize("k", [1, 7, 16, 40, 399])
@pytest.mark.parametrize("n_values", [2, 30, 10**6])
def test_many_items_are_sorted_by_groups(k, n_values):
    rng = np.random.default_rng(k)
    scores = rng.integers(0, n_values, (60, 403)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.2] = -np.inf
    scores[:3] = -np.inf
    scores[3, 5:] = -np.inf  # fewer than k
    scores[4] = np.arange(403)  # the best are in the columns that are left over
    scores[5] = np.where(np.arange(403) % 128 == 0, 1.0, 0.0)  # the best are in one group
    assert (top_k(scores, k) == stable(scores, k)).all()


@thorough
@given(tables, st.integers(1, 30), st.data())
def test_chunks_of_any_size_give_the_same_lists(scores, at_once, data):
    k = data.draw(st.integers(1, scores.shape[1]))
    asked = []

    def score(rows):
        asked.append(rows)
        return scores[rows]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "SCORES_AT_ONCE", at_once)
        lists = top_k_by_rows(score, *scores.shape, k)
    assert (lists == stable(scores, k)).all()
    most = max(at_once // scores.shape[1], 1)
    assert all(rows.stop - rows.start <= most for rows in asked)
    assert sorted(row for rows in asked for row in range(rows.start, rows.stop)) == list(
        range(len(scores))
    )


def test_rows_are_scored_in_turn_or_by_several_threads(monkeypatch):
    monkeypatch.setattr(ranking, "SCORES_AT_ONCE", 6)
    monkeypatch.setattr(ranking, "n_threads", lambda: 2)
    scores = np.random.default_rng(0).random((40, 3))
    meeting, threads, asked = Barrier(2, timeout=20), set(), []

    def score(rows):
        threads.add(get_ident())
        asked.append(rows.start)
        if not in_turn:
            meeting.wait()  # two threads are in here at once
            assert all(lib["num_threads"] == 1 for lib in threadpool_info() if is_blas(lib))
        return scores[rows]

    def is_blas(lib):
        return lib["user_api"] == "blas"

    for in_turn, n_threads in ((True, 1), (False, 2)):
        threads.clear()
        asked.clear()
        assert (top_k_by_rows(score, 40, 3, 2, in_turn) == stable(scores, 2)).all()
        assert len(threads) == n_threads
        assert sorted(asked) == list(range(0, 40, 2))
        assert in_turn is False or asked == sorted(asked)


def test_an_error_while_scoring_is_raised(monkeypatch):
    monkeypatch.setattr(ranking, "SCORES_AT_ONCE", 1)

    def score(rows):
        raise FloatingPointError(f"row {rows.start}")

    with pytest.raises(FloatingPointError, match="row 0"):
        top_k_by_rows(score, 5, 3, 1)


@pytest.mark.parametrize("n_items", [1000, 1001])
def test_many_ties_at_the_border_take_few_items(n_items):
    """A row of equal scores is not sorted whole."""
    scores = np.zeros((3, n_items), dtype=np.float32)
    scores[1, 1::2] = 1
    scores[2, [7, 3]] = 2
    rows, _ = ranking._contenders(scores, 2)
    assert np.bincount(rows).max() <= 2 * 2
    assert (top_k(scores, 2) == stable(scores, 2)).all()


def test_no_rows_give_no_lists():
    assert top_k_by_rows(None, 0, 5, 3).shape == (0, 3)
    assert top_k(np.zeros((0, 5)), 3).shape == (0, 3)


@pytest.mark.parametrize("k", [0, -1, 6, 2.0, True, None, "3"])
def test_an_impossible_length_is_named_before_anything_is_scored(k):
    words = rf"k={k!r} with 5 items: k is an integer from 1 to 5"
    for ask in (
        lambda: check_k(k, 5),
        lambda: top_k(np.zeros((2, 5)), k),
        lambda: top_k_by_rows(None, 2, 5, k),
    ):
        with pytest.raises(ValueError, match=words):
            ask()


def test_a_length_may_be_any_integer():
    assert top_k(np.array([[1.0, 2.0]]), np.int32(1)).tolist() == [[1]]
