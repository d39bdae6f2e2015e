import numpy as np
import pytest
from sklearn.preprocessing import normalize

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, HybridEASE

N_USERS, N_ITEMS, COLD = 40, 15, 6
X = (np.random.default_rng(0).random((N_USERS, N_ITEMS)) < 0.3).astype(float)
X[:, COLD] = 0
VECTORS = np.random.default_rng(1).normal(size=(N_ITEMS, 4)) * np.arange(1, N_ITEMS + 1)[:, None]
LOG = Interactions(*X.nonzero(), np.ones(int(X.sum())), np.zeros(int(X.sum()), int), *X.shape)
USERS = np.flatnonzero(X.any(axis=1))


def weights(text_weight, vectors=VECTORS):
    return HybridEASE(text_weight, regularization=3.0).fit(LOG, vectors).B_


def test_without_text_it_is_ease_to_the_last_bit():
    assert (weights(0) == EASE(3.0).fit(LOG).B_).all()


@pytest.mark.parametrize("decay", [1.0, 0.8])
def test_a_history_fades_as_in_ease(decay):
    expected = EASE(3.0, decay).fit(LOG).score(USERS)
    assert (HybridEASE(0, 3.0, decay).fit(LOG, VECTORS).score(USERS) == expected).all()


def test_it_is_ease_on_the_rows_of_users_and_of_text():
    stacked = np.vstack([X, np.sqrt(5.0) * normalize(VECTORS).T])
    for item in range(N_ITEMS):
        others = np.delete(stacked, item, axis=1)
        ridge = others.T @ others + 3.0 * np.eye(N_ITEMS - 1)
        expected = np.linalg.solve(ridge, others.T @ stacked[:, item])
        np.testing.assert_allclose(np.delete(weights(5.0)[:, item], item), expected, atol=1e-12)
    assert (np.diag(weights(5.0)) == 0).all()


def test_any_step_away_is_worse():
    F, rng = normalize(VECTORS).T, np.random.default_rng(2)

    def loss(B):
        return ((X - X @ B) ** 2).sum() + 5.0 * ((F - F @ B) ** 2).sum() + 3.0 * (B**2).sum()

    B = weights(5.0)
    for _ in range(20):
        step = rng.normal(size=B.shape) * 1e-3
        np.fill_diagonal(step, 0)
        assert loss(B + step) > loss(B)


def test_the_length_of_a_vector_does_not_matter():
    longer = VECTORS * np.linspace(0.1, 30, N_ITEMS)[:, None]
    np.testing.assert_allclose(weights(5.0, longer), weights(5.0), atol=1e-12)


def test_only_text_moves_an_item_that_nobody_met():
    vectors = VECTORS.copy()
    vectors[COLD] = vectors[2]  # a twin of item 2
    assert (weights(0)[:, COLD] == 0).all()
    column = HybridEASE(20.0, 3.0).fit(LOG, vectors).B_[:, COLD]
    assert column.argmax() == 2


def test_items_without_content_are_those_of_ease():
    nothing = np.zeros((N_ITEMS, 4))
    np.testing.assert_allclose(weights(50.0, nothing), weights(0), atol=1e-12)


def test_scores_are_the_history_times_the_weights():
    model = HybridEASE(5.0, 3.0).fit(LOG, VECTORS)
    np.testing.assert_allclose(model.score(USERS), X[USERS] @ weights(5.0), rtol=1e-5, atol=1e-7)


def test_item_vectors_are_needed():
    with pytest.raises(ValueError, match="EASE with text needs item_vectors"):
        HybridEASE().fit(LOG)


@pytest.mark.parametrize("settings", [{"text_weight": -1}, {"text_weight": np.nan}])
def test_the_weight_of_text_is_not_negative(settings):
    with pytest.raises(ValueError, match="text_weight="):
        HybridEASE(**settings).fit(LOG, VECTORS)


def test_regularization_is_above_zero():
    with pytest.raises(ValueError, match="regularization=0"):
        HybridEASE(regularization=0).fit(LOG, VECTORS)
