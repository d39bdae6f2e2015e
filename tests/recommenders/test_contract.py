"""What holds for every recommender. A new model joins by one line in MODELS."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from tiny_tower import TowerOfAnySize

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import (
    EASE,
    Blend,
    ContentBased,
    HybridEASE,
    ItemKNN,
    ItemRidge,
    MatrixFactorization,
    NetworkSettings,
    Popularity,
    RankFusion,
    SequentialTransformer,
    UserKNN,
)
from plmrec_lite.recommenders.cold_start import ColdStartPolicy, Demographics
from plmrec_lite.training import Training


class DemographicsOfAnySize(Demographics):
    """The contract's logs have from 1 to 30 users: it drops people to fit."""

    def __init__(self):
        super().__init__(np.random.default_rng(4).normal(size=(30, 3)))
        self.everybody = self.user_features

    def _fit(self, train, item_vectors):
        self.user_features = self.everybody[: train.n_users]
        super()._fit(train, item_vectors)


thorough = settings(derandomize=True, deadline=None, max_examples=60)

TINY = {"training": Training(n_epochs=1), "network": NetworkSettings(d_model=4, length=8)}
LEARNED = NetworkSettings(d_model=4, length=8, positions="learned")
MODELS = {
    "popularity": Popularity,
    "item-kNN": lambda: ItemKNN(n_neighbours=5),
    "user-kNN": lambda: UserKNN(n_neighbours=5),
    "EASE": EASE,
    "EASE with decay": lambda: EASE(decay=0.5),
    "ALS": lambda: MatrixFactorization(n_factors=4, n_epochs=2),
    "ridge": ItemRidge,
    "EASE with text": HybridEASE,
    "content": ContentBased,
    "content with decay": lambda: ContentBased(decay=0.5),
    "blend": lambda: Blend(EASE(), ContentBased(), weight=0.3),
    "text tower": TowerOfAnySize,
    "demographics": DemographicsOfAnySize,
    "policy": lambda: ColdStartPolicy(DemographicsOfAnySize(), EASE(), patience=3.0),
    "next item": lambda: SequentialTransformer(items="both", **TINY),
    "masked item": lambda: SequentialTransformer("masked", **TINY | {"network": LEARNED}),
    "rank fusion": lambda: RankFusion(EASE(), ContentBased(), weight=0.3),
}
KNOWS_NEWCOMERS = {"demographics", "policy"}
USES_TIME = {"content with decay", "EASE with decay", "next item", "masked item"}

N_USERS, N_ITEMS = 30, 25
NEW_USER, FULL_USER = 28, 29  # one without a history, one who has met every item

every_model = pytest.mark.parametrize("name", MODELS)


def some_log():
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((N_USERS, N_ITEMS)) < np.linspace(0.1, 0.5, N_ITEMS))
    keep = users < NEW_USER
    users = np.r_[users[keep], np.full(N_ITEMS, FULL_USER)]
    items = np.r_[items[keep], np.arange(N_ITEMS)]
    n = len(users)
    return Interactions(users, items, rng.integers(1, 6, n), rng.permutation(n), N_USERS, N_ITEMS)


def vectors(n_items):
    return np.random.default_rng(1).normal(size=(n_items, 6))


def fitted(name, log=None):
    log = some_log() if log is None else log
    return MODELS[name]().fit(log, vectors(log.n_items))


@st.composite
def logs(draw):
    n_users, n_items = draw(st.integers(1, 5)), draw(st.integers(1, 7))
    met = np.array(draw(st.lists(st.booleans(), min_size=35, max_size=35))).reshape(5, 7)
    users, items = np.nonzero(met[:n_users, :n_items])
    return Interactions(users, items, np.ones(len(users)), range(len(users)), n_users, n_items)


@every_model
@thorough
@given(log=logs(), data=st.data())
def test_lists_hold_unseen_items_once_in_order(name, log, data):
    model = fitted(name, log)
    k = data.draw(st.integers(1, log.n_items))
    users = np.arange(log.n_users)
    scores, lists = model.score(users), model.recommend(users, k)
    assert scores.shape == (log.n_users, log.n_items)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert lists.shape == (log.n_users, k)
    for user in users:
        unseen = np.setdiff1d(np.arange(log.n_items), log.items[log.users == user])
        best = sorted(unseen, key=lambda item: (-scores[user, item], item))
        assert lists[user].tolist() == [*best, *[-1] * k][:k]


@every_model
def test_two_fits_are_equal(name):
    once, again = fitted(name), fitted(name)
    users = np.arange(N_USERS)
    assert (once.score(users) == again.score(users)).all()
    model = once.fit(some_log(), vectors(N_ITEMS))  # a second fit starts afresh
    assert model is once
    assert (model.score(users) == again.score(users)).all()


@every_model
def test_a_user_is_scored_alike_in_any_company(name):
    model = fitted(name)
    together = model.score(np.arange(N_USERS))
    users = np.random.default_rng(2).permutation(N_USERS)
    np.testing.assert_allclose(model.score(users), together[users], rtol=2e-6, atol=1e-7)
    for user in (0, NEW_USER, FULL_USER):
        np.testing.assert_allclose(model.score([user])[0], together[user], rtol=2e-6, atol=1e-7)
    assert (model.recommend(users) == model.recommend(np.arange(N_USERS))[users]).all()


@every_model
def test_scores_can_be_changed_without_harm(name):
    model = fitted(name)
    before = model.score([3]).copy()
    model.score([3])[:] = 0
    assert (model.score([3]) == before).all()


@every_model
def test_fit_leaves_its_input_alone(name):
    log, items = some_log(), vectors(N_ITEMS)
    columns = {key: getattr(log, key).copy() for key in ("users", "items", "ratings", "timestamps")}
    before = items.copy()
    MODELS[name]().fit(log, items).recommend(range(N_USERS))
    assert (items == before).all()
    for key, column in columns.items():
        assert (getattr(log, key) == column).all()


@pytest.mark.parametrize("name", sorted(MODELS.keys() - USES_TIME))
def test_the_order_of_the_log_does_not_matter(name):
    log = some_log()
    order = np.random.default_rng(3).permutation(len(log))
    columns = (log.users, log.items, log.ratings, log.timestamps)
    shuffled = Interactions(*(column[order] for column in columns), N_USERS, N_ITEMS)
    users = np.arange(N_USERS)
    assert (fitted(name, shuffled).recommend(users) == fitted(name, log).recommend(users)).all()


@pytest.mark.parametrize("name", sorted(MODELS.keys() - KNOWS_NEWCOMERS))
def test_a_user_without_a_history_gets_the_popular_items(name):
    log = some_log()
    best = np.argsort(-log.popularity(), kind="stable")
    assert fitted(name, log).recommend([NEW_USER], k=7)[0].tolist() == best[:7].tolist()


@every_model
def test_a_user_who_has_seen_everything_gets_nothing(name):
    assert fitted(name).recommend([FULL_USER], k=3).tolist() == [[-1, -1, -1]]


@every_model
def test_nobody_met_anything(name):
    empty = Interactions([], [], [], [], n_users=2, n_items=3)
    assert fitted(name, empty).recommend([1, 0], k=2).tolist() == [[0, 1], [0, 1]]


@every_model
def test_no_users_give_no_lists(name):
    model = fitted(name)
    assert model.score([]).shape == (0, N_ITEMS)
    assert model.recommend([], k=4).shape == (0, 4)


@every_model
@pytest.mark.parametrize("k", [0, -1, N_ITEMS + 1, 2.0, True])
def test_an_impossible_k_is_named(name, k):
    with pytest.raises(ValueError, match=rf"k={k} with {N_ITEMS} items"):
        fitted(name).recommend([0], k=k)


@every_model
@pytest.mark.parametrize(
    ("users", "words"),
    [
        ([0, N_USERS], rf"unknown user {N_USERS}: .* users 0 to {N_USERS - 1}"),
        ([-1], r"unknown user -1"),
        ([0.0], r"users is float64"),
        (3, r"shape \(\)"),
        ([[0, 1]], r"shape \(1, 2\)"),
    ],
)
def test_an_unknown_user_is_named(name, users, words):
    model = fitted(name)
    for ask in (model.score, model.recommend):
        with pytest.raises(ValueError, match=words):
            ask(users)


@every_model
def test_an_unfitted_model_says_so(name):
    model = MODELS[name]()
    for ask in (model.score, model.recommend):
        with pytest.raises(NotFittedError, match=r"not fitted: call fit\(train\)"):
            ask([0])


@every_model
@pytest.mark.parametrize(
    ("train", "items", "words"),
    [
        ([[0, 1]], None, "train is a list: build Interactions"),
        (Interactions([], [], [], [], 2, 0), None, "n_items=0"),
        (some_log(), np.zeros((3, 2)), rf"shape \(3, 2\).*{N_ITEMS} items"),
        (some_log(), np.zeros(N_ITEMS), rf"shape \({N_ITEMS},\)"),
        (some_log(), np.full((N_ITEMS, 2), np.nan), rf"{N_ITEMS} rows hold NaN.*item 0"),
    ],
)
def test_bad_training_data_is_named(name, train, items, words):
    with pytest.raises(ValueError, match=words):
        MODELS[name]().fit(train, items)


@every_model
def test_a_model_has_a_name_for_tables(name):
    model = MODELS[name]()
    assert model.name and isinstance(model.name, str)
    model.name = "mine"
    assert model.name == "mine"
