import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.exceptions import NotFittedError

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.ranking import top_k
from plmrec_lite.recommenders.base import Recommender

thorough = settings(derandomize=True, deadline=None, max_examples=60)

LOG = Interactions([0, 1, 1], [0, 0, 1], [1, 1, 1], [1, 2, 3], n_users=3, n_items=4)


class Fixed(Recommender):
    """Gives out the scores it was made with."""

    name = "fixed"

    def __init__(self, scores):
        self.scores = scores

    def _fit(self, train, item_vectors):
        if np.ndim(self.scores) != 2:
            raise ValueError("no table of scores")

    def _score(self, users):
        return self.scores[users]


@thorough
@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=9),
        elements=st.sampled_from([-np.inf, -1, 0, 0.5, 2]),
    ),
    st.data(),
)
def test_top_k_is_a_stable_sort(scores, data):
    k = data.draw(st.integers(1, scores.shape[1]))
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    barred = np.take_along_axis(scores, order, axis=1) == -np.inf
    assert (top_k(scores, k) == np.where(barred, -1, order)).all()


def test_ties_within_rounding_go_to_the_lower_item():
    scores = np.array([[0, 0.3, 0.1 + 0.2, 0.3]] * 3)  # 0.1 + 0.2 is a little more than 0.3
    assert Fixed(scores).fit(LOG).recommend([0], k=3).tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_a_diverged_model_is_an_error(bad):
    scores = np.zeros((3, 4))
    scores[1, 2] = bad
    model = Fixed(scores).fit(LOG)
    assert model.score([0]).tolist() == [[0, 0, 0, 0]]
    with pytest.raises(FloatingPointError, match="fixed: a score of user 1 is NaN or infinite"):
        model.score([0, 1])


def test_a_fit_that_fails_leaves_no_half_fitted_model():
    model = Fixed(np.zeros((3, 4))).fit(LOG)
    model.scores = np.zeros(3)
    with pytest.raises(ValueError, match="no table"):
        model.fit(LOG)
    with pytest.raises(NotFittedError):
        model.recommend([0])


def test_seen_items_are_those_of_training():
    model = Fixed(np.tile([4.0, 3, 2, 1], (3, 1))).fit(LOG)
    assert model.recommend([1, 0, 2], k=2).tolist() == [[2, 3], [1, 2], [0, 1]]
    assert model.popularity_.tolist() == [2, 1, 0, 0]
