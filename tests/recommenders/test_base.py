import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from plmrec_lite import ranking
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, Blend, ContentBased, Popularity
from plmrec_lite.recommenders.base import Recommender

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


def test_ties_within_rounding_go_to_the_lower_item():
    scores = np.array([[0, 0.3, 0.1 + 0.2, 0.3]] * 3)  # 0.1 + 0.2 is a little more than 0.3
    assert Fixed(scores).fit(LOG).recommend([0], k=3).tolist() == [[1, 2, 3]]


def test_a_model_may_give_out_its_own_table():
    """What is done to scores, such as barring seen items, does not reach the model."""

    class Table(Fixed):
        def _score(self, users):
            return self.scores

    table = np.random.default_rng(0).random((3, 4), dtype=np.float32)
    model = Table(table.copy()).fit(LOG)
    model.recommend(range(3), k=2)
    model.score(range(3))[:] = 7
    np.testing.assert_array_equal(model.scores, table)


@pytest.mark.filterwarnings("error")  # and numpy says nothing beside it
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


def test_users_are_scored_some_at_a_time(monkeypatch):
    scores = np.random.default_rng(0).normal(size=(3, 4))
    model = Fixed(scores).fit(LOG)
    users = [2, 0, 1, 1, 0]
    whole = model.recommend(users, k=3)
    asked = []
    monkeypatch.setattr(
        Fixed, "_score", lambda self, users: asked.append(len(users)) or self.scores[users]
    )
    monkeypatch.setattr(ranking, "SCORES_AT_ONCE", 8)
    assert (model.recommend(users, k=3) == whole).all()
    assert sorted(asked) == [1, 2, 2]


def test_a_fit_with_bad_settings_leaves_an_unfitted_model():
    model = EASE().fit(LOG)
    model.set_params(regularization=-1)
    with pytest.raises(ValueError, match="regularization=-1"):
        model.fit(LOG)
    with pytest.raises(NotFittedError):
        model.recommend([0])


def test_scikit_learn_sees_whether_it_is_fitted():
    model = EASE()
    with pytest.raises(NotFittedError):
        check_is_fitted(model)
    check_is_fitted(model.fit(LOG))


def test_the_names_of_parts_make_the_name_until_it_is_set():
    blend = Blend(EASE(), Blend(Popularity(), ContentBased()))
    assert blend.name == "EASE + popularity + content"
    blend.second.first.name = "hits"
    assert clone(blend).name == "EASE + hits + content"
    blend.name = "mine"
    assert clone(blend).name == blend.name == "mine"
    assert clone(blend).second.name == "hits + content"


def test_settings_of_parts_are_reached_by_their_path():
    blend = Blend(EASE(), ContentBased()).set_params(first__regularization=7.0)
    assert blend.first.regularization == 7.0


def test_large_scores_are_finite_although_their_sum_is_not():
    model = Fixed(np.full((3, 4), 3e38)).fit(LOG)
    assert model.score([0]).tolist() == [[np.float32(3e38)] * 4]
