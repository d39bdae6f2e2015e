import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from plmrec_lite.applications.explain.sums import terms_of_scores
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, ItemKNN, Popularity


@pytest.fixture
def log():
    rng = np.random.default_rng(0)
    X = rng.random((40, 15)) < 0.3
    X[3] = False
    users, items = X.nonzero()
    n = len(users)
    return Interactions(users, items, np.full(n, 5), np.arange(n), *X.shape)


@pytest.mark.parametrize("model", [EASE(5), EASE(5, decay=0.5), ItemKNN(), ItemKNN(4, 2.0)])
def test_terms_add_up_to_the_score(model, log):
    model.fit(log)
    for user in (0, 7, 39):
        watched, terms = terms_of_scores(model, user)
        assert watched.tolist() == np.unique(log.items[log.users == user]).tolist()
        np.testing.assert_allclose(terms.sum(0), model.score([user])[0], atol=1e-6)


def test_a_term_is_the_film_s_own(log):
    model = EASE(5).fit(log)
    watched, terms = terms_of_scores(model, 0)
    np.testing.assert_array_equal(terms, model.B_[watched])
    assert (terms < 0).any()
    assert not terms[range(len(watched)), watched].any()  # no film explains itself


def test_a_user_without_history_has_no_terms(log):
    watched, terms = terms_of_scores(EASE(5).fit(log), 3)
    assert watched.shape == (0,)
    assert terms.shape == (0, 15)


def test_what_has_no_such_sum_is_refused(log):
    with pytest.raises(TypeError, match="Popularity: its score is no sum"):
        terms_of_scores(Popularity().fit(log), 0)
    with pytest.raises(NotFittedError):
        terms_of_scores(EASE(5), 0)
    with pytest.raises(ValueError, match=r"user.*out of range 0 to 39.*40|user.*40"):
        terms_of_scores(EASE(5).fit(log), 40)
