import numpy as np
import pytest
from scipy.stats import zscore

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, Blend, ContentBased, Popularity
from plmrec_lite.vectors import standardize

X = np.random.default_rng(0).random((12, 8)) < 0.4
LOG = Interactions(*X.nonzero(), np.ones(X.sum()), np.zeros(X.sum(), int), *X.shape)
VECTORS = np.random.default_rng(1).normal(size=(8, 3))
USERS = np.flatnonzero(X.any(axis=1))


def test_standard_scores_of_one_user_or_of_many():
    scores = np.random.default_rng(2).normal(3, 5, size=(4, 6))
    np.testing.assert_allclose(standardize(scores), zscore(scores, axis=1), atol=1e-12)
    np.testing.assert_allclose(standardize(scores[0]), zscore(scores[0]), atol=1e-12)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_scores_are_a_weighted_sum_of_standard_scores(weight):
    blend = Blend(EASE(), ContentBased(), weight).fit(LOG, VECTORS)
    first, second = EASE().fit(LOG).score(USERS), ContentBased().fit(LOG, VECTORS).score(USERS)
    expected = (1 - weight) * zscore(first, axis=1) + weight * zscore(second, axis=1)
    np.testing.assert_allclose(blend.score(USERS), expected, atol=1e-5)


def test_the_weight_can_be_tuned_after_fit():
    blend = Blend(EASE(), ContentBased(), 0.0).fit(LOG, VECTORS)
    assert (blend.recommend(USERS, 4) == EASE().fit(LOG).recommend(USERS, 4)).all()
    blend.weight = 1.0
    content = ContentBased().fit(LOG, VECTORS).recommend(USERS, 4)
    assert (blend.recommend(USERS, 4) == content).all()


def test_a_model_without_an_opinion_has_no_weight():
    alike = np.ones((8, 2))  # the same content for all
    blend = Blend(Popularity(), ContentBased(), 0.5).fit(LOG, alike)
    assert (blend.recommend(USERS, 4) == Popularity().fit(LOG).recommend(USERS, 4)).all()


def test_its_name_tells_its_parts():
    assert Blend(EASE(), ContentBased()).name == "EASE + content"


@pytest.mark.parametrize("weight", [-0.1, 1.1, np.nan])
def test_the_weight_is_a_share(weight):
    with pytest.raises(ValueError, match="weight="):
        Blend(EASE(), ContentBased(), weight).fit(LOG, VECTORS)
    blend = Blend(EASE(), ContentBased()).fit(LOG, VECTORS)
    blend.weight = weight
    with pytest.raises(ValueError, match="weight="):
        blend.recommend(USERS, k=3)


def test_it_needs_item_vectors_where_a_part_does():
    with pytest.raises(ValueError, match=r"EASE \+ content needs item_vectors"):
        Blend(EASE(), ContentBased()).fit(LOG)
    with pytest.raises(ValueError, match=r"content \+ EASE needs item_vectors"):
        Blend(ContentBased(), EASE()).fit(LOG)
