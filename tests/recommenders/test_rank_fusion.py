import numpy as np
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, ContentBased, Popularity, RankFusion, Recommender

X = np.random.default_rng(0).random((12, 8)) < 0.4
LOG = Interactions(*X.nonzero(), np.ones(X.sum()), np.zeros(X.sum(), int), *X.shape)
VECTORS = np.random.default_rng(1).normal(size=(8, 3))
USERS = np.flatnonzero(X.any(axis=1))


class Fixed(Recommender):
    """Gives everyone the same scores."""

    def __init__(self, scores):
        self.scores = scores

    def _fit(self, train, item_vectors):
        pass

    def _score(self, users):
        return np.tile(np.asarray(self.scores, dtype=float), (len(users), 1))


def one_user(first, second, met=(), **settings):
    met = list(met) or [len(first) - 1]
    log = Interactions([0] * len(met), met, [1] * len(met), [0] * len(met), 1, len(first))
    return RankFusion(Fixed(first), Fixed(second), **settings).fit(log).score([0])[0]


def test_by_hand():
    score = one_user([9, 5, 1, 0], [1, 2, 3, 0], constant=1, weight=0.25)  # item 3 is met
    first, second = np.array([1, 2, 3]), np.array([3, 2, 1])
    np.testing.assert_allclose(score[:3], 0.75 / (1 + first) + 0.25 / (1 + second), rtol=1e-6)


def test_the_spread_of_scores_does_not_matter():
    one = one_user([9, 5, 1, 0], [1, 2, 3, 0])
    assert (one == one_user([900, 899, -1e6, 0], [0.1, 0.2, 0.3, 0])).all()


def test_met_items_take_no_place():
    score = one_user([99, 5, 1, 98], [99, 1, 5, 98], met=[0, 3], constant=0)
    np.testing.assert_allclose(score[1:3], [(1 + 1 / 2) / 2, (1 / 2 + 1) / 2])


def test_equal_scores_share_their_places():
    score = one_user([1, 1, 0, 0], [3, 2, 1, 0], constant=0, weight=0.0)
    np.testing.assert_allclose(score[:3], [1 / 1.5, 1 / 1.5, 1 / 3], rtol=1e-6)


@pytest.mark.parametrize(("weight", "alone"), [(0.0, EASE), (1.0, ContentBased)])
def test_a_weight_at_its_end_leaves_one_model(weight, alone):
    fused = RankFusion(EASE(), ContentBased(), 0.5).fit(LOG, VECTORS)
    fused.weight = weight
    expected = alone().fit(LOG, VECTORS).recommend(USERS, 4)
    assert (fused.recommend(USERS, 4) == expected).all()


def test_its_name_tells_its_parts():
    assert RankFusion(Popularity(), ContentBased()).name == "popularity + content, by rank"


@pytest.mark.parametrize("weight", [-0.1, 1.1, np.nan])
def test_the_weight_is_a_share(weight):
    with pytest.raises(ValueError, match="weight="):
        RankFusion(EASE(), Popularity(), weight).fit(LOG)
    fused = RankFusion(EASE(), Popularity()).fit(LOG)
    fused.weight = weight
    with pytest.raises(ValueError, match="weight="):
        fused.recommend(USERS, k=3)


@pytest.mark.parametrize("constant", [-1, np.nan, np.inf])
def test_the_constant_is_not_negative(constant):
    with pytest.raises(ValueError, match="constant="):
        RankFusion(EASE(), Popularity(), constant=constant).fit(LOG)
