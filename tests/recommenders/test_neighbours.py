import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.metrics.pairwise import cosine_similarity

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import ItemKNN, UserKNN, neighbours
from plmrec_lite.recommenders.neighbours import nearest_columns


def ones(seed=0, shape=(20, 12), share=0.3):
    return (np.random.default_rng(seed).random(shape) < share).astype(np.float32)


def log_of(X):
    users, items = X.nonzero()
    return Interactions(users, items, np.ones(len(users)), np.zeros(len(users), int), *X.shape)


def test_all_neighbours_give_the_cosine():
    X = ones()
    expected = cosine_similarity(X.T)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(nearest_columns(csr_array(X), 12).toarray(), expected, atol=1e-7)


@pytest.mark.parametrize("at_once", [1, 12, 40, 10**6])
@pytest.mark.parametrize("n_neighbours", [1, 3, 12])
def test_blocks_of_any_size_give_the_same(at_once, n_neighbours, monkeypatch):
    X = csr_array(ones(5, shape=(20, 12)))
    whole = nearest_columns(X, n_neighbours, 2.0)
    widths = []
    spy = csr_array.__matmul__
    monkeypatch.setattr(
        csr_array, "__matmul__", lambda a, b: widths.append(a.shape[0]) or spy(a, b)
    )
    monkeypatch.setattr(neighbours, "PAIRS_AT_ONCE", at_once)
    found = nearest_columns(X, n_neighbours, 2.0)
    assert (found != whole).nnz == 0
    assert found.nnz == whole.nnz
    assert max(widths) == min(max(at_once // 12, 1), 12)  # columns that are compared together
    assert sum(widths) == 12


def test_of_equal_neighbours_the_lower_row_is_kept():
    X = csr_array(np.ones((3, 6), dtype=np.float32))
    kept = nearest_columns(X, 2).toarray()
    assert [column.nonzero()[0].tolist() for column in kept.T] == [[1, 2], [0, 2], *[[0, 1]] * 4]


def test_shrinkage_adds_to_the_denominator():
    X = np.array([[1, 1], [1, 0], [1, 0], [1, 0]], dtype=np.float32)
    assert nearest_columns(csr_array(X), 2, shrinkage=3.0).toarray()[0, 1] == 1 / (2 * 1 + 3)


def test_each_column_keeps_its_nearest():
    X = ones(1)
    everything = nearest_columns(csr_array(X), 12).toarray()
    kept = nearest_columns(csr_array(X), 3).toarray()
    for column in range(12):
        best = np.argsort(-everything[:, column], kind="stable")[:3]
        expected = np.zeros(12)
        expected[best] = everything[best, column]
        assert (kept[:, column] == expected).all()


def test_a_column_without_ones_has_no_neighbours():
    X = ones(2)
    X[:, 5] = 0
    similarity = nearest_columns(csr_array(X), 12).toarray()
    assert np.isfinite(similarity).all()
    assert not similarity[5].any()
    assert not similarity[:, 5].any()


def test_item_scores_sum_the_similarities_of_the_history():
    X = ones(3)
    similarity = nearest_columns(csr_array(X), 4, 2.0).toarray()
    model = ItemKNN(n_neighbours=4, shrinkage=2.0).fit(log_of(X))
    np.testing.assert_allclose(model.score(np.arange(20)), X @ similarity, rtol=1e-6)


def test_user_scores_sum_over_the_nearest_users():
    X = ones(4)
    similarity = nearest_columns(csr_array(X.T), 4, 2.0).toarray()
    model = UserKNN(n_neighbours=4, shrinkage=2.0).fit(log_of(X))
    for user in range(20):
        neighbours = similarity[:, user].nonzero()[0]
        assert len(neighbours) <= 4
        expected = similarity[neighbours, user] @ X[neighbours]
        np.testing.assert_allclose(model.score([user])[0], expected, rtol=1e-6)


@pytest.mark.parametrize("model", [ItemKNN, UserKNN])
def test_impossible_settings_are_named(model):
    with pytest.raises(ValueError, match="n_neighbours=0"):
        model(n_neighbours=0).fit(log_of(ones()))
    with pytest.raises(ValueError, match="shrinkage=-1"):
        model(shrinkage=-1).fit(log_of(ones()))
