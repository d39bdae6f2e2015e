"""Two rankings are made one, by places or by scores."""

import numpy as np
import pytest

from plmrec_lite.applications.search.fusion import fuse_ranks, fuse_scores
from plmrec_lite.vectors import standardize

FIRST = np.array([[3.0, 2.0, 1.0, 0.0], [0.0, 0.0, 5.0, 1.0]])
SECOND = np.array([[0.1, 0.9, 0.2, 0.3], [0.4, 0.3, 0.2, 0.1]])


def test_ranks_by_hand():
    fused = fuse_ranks(FIRST, SECOND, weight=0.25, constant=2)
    places = [[1, 2, 3, 4], [3.5, 3.5, 1, 2]], [[4, 1, 3, 2], [1, 2, 3, 4]]
    expected = 0.75 / (2 + np.array(places[0])) + 0.25 / (2 + np.array(places[1]))
    np.testing.assert_allclose(fused, expected)


def test_scores_by_hand():
    np.testing.assert_allclose(
        fuse_scores(FIRST, SECOND, 0.25), 0.75 * standardize(FIRST) + 0.25 * standardize(SECOND)
    )


@pytest.mark.parametrize("fuse", [fuse_ranks, fuse_scores])
def test_at_the_ends_one_ranking_is_left(fuse):
    for weight, scores in ((0, FIRST), (1, SECOND)):
        order = np.argsort(-fuse(FIRST, SECOND, weight), axis=1, kind="stable")
        np.testing.assert_array_equal(order, np.argsort(-scores, axis=1, kind="stable"))


@pytest.mark.parametrize("fuse", [fuse_ranks, fuse_scores])
def test_neither_cares_for_scale(fuse):
    np.testing.assert_allclose(fuse(FIRST, SECOND), fuse(100 * FIRST - 7, SECOND / 3 + 1))


@pytest.mark.parametrize("fuse", [fuse_ranks, fuse_scores])
def test_what_is_barred_stays_so_and_moves_no_other(fuse):
    barred = FIRST.copy()
    barred[:, 3] = -np.inf
    fused = fuse(barred, np.where(barred == -np.inf, -np.inf, SECOND))
    assert (fused[:, 3] == -np.inf).all()
    np.testing.assert_allclose(fused[:, :3], fuse(FIRST[:, :3], SECOND[:, :3]))
    assert (fuse(FIRST, barred)[:, 3] == -np.inf).all()
    assert (fuse(np.full((1, 2), -np.inf), np.ones((1, 2))) == -np.inf).all()


@pytest.mark.parametrize("fuse", [fuse_ranks, fuse_scores])
def test_bad_input(fuse):
    with pytest.raises(ValueError, match=r"shapes \(2, 4\) and \(2, 3\)"):
        fuse(FIRST, SECOND[:, :3])
    with pytest.raises(ValueError, match=r"weight=1\.5"):
        fuse(FIRST, SECOND, 1.5)
    with pytest.raises(ValueError, match="constant=-1"):
        fuse_ranks(FIRST, SECOND, constant=-1)
