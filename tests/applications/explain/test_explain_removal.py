from itertools import combinations

import numpy as np
import pytest

from plmrec_lite.applications.explain.removal import refitted_scores, smallest_removal
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE


def passed(terms, rows, listed, others):
    """Whether any of the others outscores any of the listed without these rows."""
    scores = np.delete(terms, list(rows), axis=0).sum(0)
    return scores[others].max() > scores[listed].min() + 1e-9


def fewest(terms, listed, others):
    """The size of the smallest removal, by trying them all."""
    m = len(terms)
    return next(
        (
            n
            for n in range(m + 1)
            if any(passed(terms, rows, listed, others) for rows in combinations(range(m), n))
        ),
        None,
    )


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("k", [1, 3])
def test_no_smaller_removal_exists(seed, k):
    terms = np.random.default_rng(seed).normal(0.3, 1, (7, 9))
    order = np.argsort(-terms.sum(0))
    found = smallest_removal(terms, order[:k], order[k:])
    assert found is not None
    assert len(found.rows) == fewest(terms, order[:k], order[k:])
    assert passed(terms, found.rows, [found.item], [found.rival])


def test_by_hand_and_of_equal_sizes_the_one_that_puts_the_rival_further_ahead():
    terms = np.array([[3.0, 0.0, 0.5], [1.0, 2.0, 1.0], [1.0, 1.0, 3.0]])
    found = smallest_removal(terms, [0], [1, 2])
    assert (found.rows.tolist(), found.item, found.rival) == ([0], 0, 2)
    assert smallest_removal(terms, [0], [1]).rows.tolist() == [0]
    two = np.array([[2.0, 3.0, 0.0], [1.0, 0.5, 2.0]])  # one row is enough for either
    assert smallest_removal(two, [0, 1], [2]).item == 1
    assert smallest_removal(two[:, [1, 0, 2]], [0, 1], [2]).item == 0


def test_where_nothing_can_pass_there_is_none_and_a_tie_is_no_change():
    assert smallest_removal(np.array([[1.0, 0.5], [2.0, 1.0]]), [0], [1]) is None
    assert smallest_removal(np.array([[1.0, 0.0], [1.0, 1.0]]), [0], [1]) is None
    found = smallest_removal(np.array([[1.0, 0.0], [0.5, 1.0]]), [0], [1])
    assert found.rows.tolist() == [0]


def test_items_on_both_sides_or_on_none_are_refused():
    terms = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"items \[1\] are listed and among"):
        smallest_removal(terms, [0, 1], [1, 2])
    with pytest.raises(ValueError, match="1 listed and 0 others"):
        smallest_removal(terms, [0], np.zeros(0, int))


def test_refitted_scores_are_those_of_a_log_without_the_events():
    rng = np.random.default_rng(1)
    users, items = (rng.random((30, 10)) < 0.4).nonzero()
    n = len(users)
    log = Interactions(users, items, np.full(n, 5), np.arange(n), 30, 10)
    model = EASE(3).fit(log)
    before = model.B_.copy()
    gone = items[users == 4][:2]
    kept = ~((users == 4) & np.isin(items, gone))
    wanted = EASE(3).fit(log.select(kept)).score([4])[0]
    np.testing.assert_allclose(refitted_scores(model, log, 4, gone), wanted)
    np.testing.assert_array_equal(model.B_, before)
    row = np.isin(np.arange(10), np.setdiff1d(items[users == 4], gone)).astype(float)
    assert np.abs(wanted - row @ model.B_).max() > 1e-3  # fixed weights are another question
    stranger = np.setdiff1d(np.arange(10), items[users == 4])[:1]
    with pytest.raises(ValueError, match="user 4 has not met them"):
        refitted_scores(model, log, 4, stranger)
