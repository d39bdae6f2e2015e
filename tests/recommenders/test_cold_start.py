import numpy as np
import pytest
from sklearn.linear_model import Ridge

from plmrec_lite.data import Interactions
from plmrec_lite.recommenders import EASE, Popularity
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.recommenders.cold_start import ColdStartPolicy, Demographics
from plmrec_lite.vectors import standardize

N_USERS, N_ITEMS = 30, 12
NEW = [0, 7]


@pytest.fixture(scope="module")
def log():
    X = np.random.default_rng(0).random((N_USERS, N_ITEMS)) < 0.4
    X[:, 0] = True  # nobody else is without a history
    X[NEW] = False
    users, items = X.nonzero()
    n = len(users)
    return Interactions(users, items, np.ones(n), np.arange(n), N_USERS, N_ITEMS)


@pytest.fixture(scope="module")
def features():
    return np.random.default_rng(1).normal(size=(N_USERS, 4))


@pytest.fixture(scope="module")
def vectors():
    return np.random.default_rng(2).normal(size=(N_ITEMS, 5))


def test_demographics_is_ridge_from_people_to_items(log, features):
    model = Demographics(features, regularization=3.0).fit(log)
    active = np.setdiff1d(np.arange(N_USERS), NEW)
    peer = Ridge(alpha=3.0).fit(features[active], log.matrix().toarray()[active])
    np.testing.assert_allclose(model.score(np.arange(N_USERS)), peer.predict(features), atol=1e-5)


def test_a_newcomer_gets_the_models_own_scores_and_others_the_contract(log):
    class ByNumber(Recommender):
        knows_newcomers = True

        def _fit(self, train, item_vectors):
            self.n_items = train.n_items

        def _score(self, users):
            return np.outer(np.asarray(users) + 1.0, np.arange(self.n_items))

    scores = ByNumber().fit(log).score([7, 1])
    assert scores.tolist() == np.outer([8, 2], np.arange(N_ITEMS)).tolist()


def test_heavy_regularization_gives_the_popular_items(log, features):
    lists = Demographics(features, regularization=1e9).fit(log).recommend(NEW, k=N_ITEMS)
    best = np.argsort(-log.popularity(), kind="stable")
    assert (lists == best).all()


def test_newcomers_of_two_groups_get_two_lists():
    X = np.zeros((9, 4), dtype=bool)
    X[:4, :2] = X[4:8, 2:] = True  # the ninth has no history
    users, items = X.nonzero()
    log = Interactions(users, items, np.ones(16), range(16), 9, 4)
    for group, expected in ((0, {0, 1}), (1, {2, 3})):
        sex = np.eye(2)[[0] * 4 + [1] * 4 + [group]]
        assert set(Demographics(sex, 0.1).fit(log).recommend([8], k=2)[0]) == expected


def test_the_policy_by_hand(log, features, vectors):
    said = np.random.default_rng(3).normal(size=(N_USERS, 5))
    policy = ColdStartPolicy(
        Demographics(features), EASE(10), said=said, word_weight=0.5, patience=4.0
    ).fit(log, vectors)
    before, after = Demographics(features).fit(log), EASE(10).fit(log)
    cosines = (said / np.linalg.norm(said, axis=1)[:, None]) @ (
        vectors / np.linalg.norm(vectors, axis=1)[:, None]
    ).T
    for user in (0, 3, 9):
        n = (log.users == user).sum()
        known = standardize(before.score([user])) + 0.5 * standardize(cosines[[user]])
        c = n / (n + 4)
        expected = (1 - c) * known + c * standardize(after.score([user]))
        np.testing.assert_allclose(policy.score([user]), expected, atol=1e-5)


def test_a_newcomer_hears_the_words_alone_where_they_weigh_most(log, vectors):
    said = np.zeros((N_USERS, 5))
    said[0] = vectors[3]
    policy = ColdStartPolicy(Popularity(), EASE(), said, word_weight=1e6).fit(log, vectors)
    assert policy.recommend([0], k=1).tolist() == [[3]]
    best = np.argsort(-log.popularity(), kind="stable")[:3]
    assert policy.recommend([7], k=3).tolist() == [best.tolist()]  # said nothing


def test_clicks_take_over(log, features):
    def distance(patience):
        policy = ColdStartPolicy(Demographics(features), EASE(), patience=patience).fit(log)
        others = np.setdiff1d(np.arange(N_USERS), NEW)
        ease = standardize(EASE().fit(log).score(others))
        return np.abs(policy.score(others) - ease).mean()

    assert distance(1e-6) < 1e-4 < distance(1) < distance(100)


@pytest.mark.parametrize("value", [0, -1.0, np.nan])
def test_settings_above_zero_are_asked_for(log, features, value):
    with pytest.raises(ValueError, match="regularization="):
        Demographics(features, value).fit(log)
    with pytest.raises(ValueError, match="patience="):
        ColdStartPolicy(Popularity(), EASE(), patience=value).fit(log)


@pytest.mark.parametrize(("setting", "value"), [("word_weight", -1), ("patience", 0)])
def test_settings_that_changed_after_fit_are_checked(log, setting, value):
    policy = ColdStartPolicy(Popularity(), EASE()).fit(log).set_params(**{setting: value})
    with pytest.raises(ValueError, match=f"{setting}={value}"):
        policy.score([0])


def test_bad_words_are_named(log, vectors):
    with pytest.raises(ValueError, match=r"word_weight=-1"):
        ColdStartPolicy(Popularity(), EASE(), word_weight=-1).fit(log)
    short = ColdStartPolicy(Popularity(), EASE(), said=np.ones((3, 5)))
    with pytest.raises(ValueError, match=r"said of shape \(3, 5\) for 30 users"):
        short.fit(log, vectors)
    with pytest.raises(ValueError, match="needs item_vectors"):
        ColdStartPolicy(Popularity(), EASE(), said=np.ones((N_USERS, 5))).fit(log)
    other = ColdStartPolicy(Popularity(), EASE(), said=np.ones((N_USERS, 4)))
    with pytest.raises(ValueError, match="said has 4 columns and item_vectors 5"):
        other.fit(log, vectors)
    said = np.ones((N_USERS, 5))
    said[3, 1] = np.inf
    with pytest.raises(ValueError, match="said: 1 rows hold NaN or infinity, the first is user 3"):
        ColdStartPolicy(Popularity(), EASE(), said).fit(log, vectors)


def test_a_person_of_whom_a_feature_is_missing_is_named(log, features):
    holed = features.copy()
    holed[[4, 9], 0] = np.nan
    with pytest.raises(ValueError, match=r"user_features: 2 rows hold NaN.*first is user 4: fill"):
        Demographics(holed).fit(log)
    holed[[4, 9]] = 0  # the cure
    assert (Demographics(holed).fit(log).recommend(range(N_USERS), k=3) >= 0).sum() > 80


def test_a_wrong_number_of_people_is_named(log):
    with pytest.raises(ValueError, match=r"user_features of shape \(3, 2\) for 30 users"):
        Demographics(np.ones((3, 2))).fit(log)
