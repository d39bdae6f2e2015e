import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import ContentBased

VECTORS = np.random.default_rng(0).normal(size=(6, 4)) * np.array([[1, 5, 2, 1, 9, 1]]).T
# User 0 meets items 3, 1, 0 in that order; item 5 is cold.
LOG = Interactions([0, 0, 0, 1, 2], [1, 0, 3, 4, 2], [1] * 5, [20, 30, 10, 5, 5], 3, 6)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.mark.parametrize("decay", [1.0, 0.5])
def test_scores_are_cosines_with_the_weighted_mean(decay):
    weights = np.array([decay**2, decay, 1.0])
    profile = weights @ unit(VECTORS)[[3, 1, 0]]
    expected = cosine_similarity(profile[None], VECTORS)
    score = ContentBased(decay).fit(LOG, VECTORS).score([0])
    np.testing.assert_allclose(score, expected, atol=1e-6)


def test_a_cold_item_can_come_first():
    vectors = VECTORS.copy()
    vectors[5] = 3 * vectors[4]
    assert ContentBased().fit(LOG, vectors).recommend([1], k=1).tolist() == [[5]]


def test_equal_items_tie_and_go_by_id():
    vectors = np.tile(VECTORS[:1], (6, 1))
    assert ContentBased().fit(LOG, vectors).recommend([0], k=3).tolist() == [[2, 4, 5]]


def test_items_without_content_score_zero():
    vectors = VECTORS.copy()
    vectors[[2, 4]] = 0
    scores = ContentBased().fit(LOG, vectors).score([0, 1])
    assert (scores[0, [2, 4]] == 0).all()
    assert (scores[1] == 0).all()  # user 1 met only item 4


def test_item_vectors_are_needed():
    with pytest.raises(ValueError, match="content needs item_vectors"):
        ContentBased().fit(LOG)


@pytest.mark.parametrize("decay", [0, 1.5, -1, np.nan])
def test_decay_is_a_share(decay):
    with pytest.raises(ValueError, match="decay="):
        ContentBased(decay).fit(LOG, VECTORS)
