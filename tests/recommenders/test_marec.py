"""MARec against a solve of its own equations, and EASE where nothing is aligned."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, ItemRidge, MARec
from plmrec_lite.recommenders.marec import coldness, kind_weights, smoothed_cosines

RNG = np.random.default_rng(0)
N_USERS, N_ITEMS = 40, 30
MET = (RNG.random((N_USERS, N_ITEMS)) < 0.3) * (np.arange(N_ITEMS) < 24)  # six cold items
MET[5:, 3] = 0  # and one with few events
LOG = Interactions(*np.nonzero(MET), None, None, N_USERS, N_ITEMS)
VECTORS = RNG.random((N_ITEMS, 8)) * (RNG.random((N_ITEMS, 8)) < 0.5)
KINDS = [0, 0, 0, 1, 1, 1, 2, 2]


def by_the_book(alignment, regularization, smoothing, kinds):
    """Loops over what the paper's code writes as matrices."""
    X = MET.astype(float)
    said = []
    for kind in sorted(set(kinds)):
        F = VECTORS[:, np.array(kinds) == kind]
        G = np.zeros((N_ITEMS, N_ITEMS))
        for i in range(N_ITEMS):
            for j in range(N_ITEMS):
                if i != j:
                    below = np.linalg.norm(F[i]) * np.linalg.norm(F[j]) + smoothing
                    G[i, j] = F[i] @ F[j] / below
        said.append(X @ G)
    warm = X.sum(axis=0) > 0
    cells = np.stack([one[:, warm].ravel() for one in said], axis=1)
    target = X[:, warm].ravel()
    fit = LinearRegression().fit(cells, target, sample_weight=np.where(target == 1, 1, 0.2))
    tilde = sum(mu * one for mu, one in zip(fit.coef_, said, strict=True))
    enough = max(np.percentile(X.sum(axis=0), 10), 1)
    D = np.diag([alignment * max(0, enough - n) / enough for n in X.sum(axis=0)])
    gram = X.T @ X + X.T @ tilde @ D
    P = np.linalg.inv(gram + regularization * np.eye(N_ITEMS))
    B = P @ gram
    return fit.coef_, B - P @ np.diag(np.diag(B) / np.diag(P))


@pytest.mark.parametrize(
    ("alignment", "regularization", "smoothing", "kinds"),
    [(10.0, 5.0, 2.0, KINDS), (0.5, 50.0, 20.0, [0] * 8), (3.0, 1.0, 0.1, KINDS)],
)
def test_the_weights_are_those_of_the_closed_form(alignment, regularization, smoothing, kinds):
    model = MARec(alignment, regularization, smoothing, kinds).fit(LOG, VECTORS)
    mu, B = by_the_book(alignment, regularization, smoothing, kinds)
    np.testing.assert_allclose(model.kind_weights_, mu, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(model.B_, B, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(model.score(range(N_USERS)), MET @ B, rtol=1e-4, atol=1e-6)


def test_without_cold_items_or_alignment_it_is_ease():
    ease = EASE(5.0).fit(LOG)
    plain = MARec(0.0, 5.0).fit(LOG, VECTORS)
    np.testing.assert_allclose(plain.B_, ease.B_, atol=1e-12)
    aligned = MARec(10.0, 5.0).fit(LOG, VECTORS)
    warm = MET.sum(axis=0) > 0
    np.testing.assert_allclose(aligned.B_[:, warm], ease.B_[:, warm], atol=1e-12)
    assert (aligned.B_[warm][:, ~warm] != 0).any()


def test_a_cold_item_gets_a_ridge_regression_on_what_its_metadata_say():
    """So its score grows with the alignment, and the order of cold items does not change."""
    small, large = (MARec(beta, 5.0).fit(LOG, VECTORS).score(range(N_USERS)) for beta in (1, 7))
    cold = MET.sum(axis=0) == 0
    np.testing.assert_allclose(large[:, cold], 7 * small[:, cold], rtol=1e-4, atol=1e-6)
    assert np.ptp(small[:, cold]) > 0


@pytest.mark.parametrize("change", [{"alignment": 3.0}, {"smoothing": 1.0}, {"kinds": KINDS}])
def test_every_setting_of_the_alignment_matters(change):
    before = MARec(10.0, 5.0).fit(LOG, VECTORS).score(range(N_USERS))
    after = MARec(10.0, 5.0).set_params(**change).fit(LOG, VECTORS).score(range(N_USERS))
    assert (before != after).any()


def test_coldness_falls_from_one_to_zero():
    assert coldness(np.array([0, 1, 2, 9, 9])).tolist() == [1, 0, 0, 0, 0]
    counts = np.r_[0, 5, 10, np.full(8, 40)]
    assert np.percentile(counts, 10) == 5
    assert coldness(counts).tolist() == [1, 0, *[0] * 9]
    assert coldness(np.arange(4, 45)).max() == 0.5  # least 4, tenth percentile 8


def test_smoothed_cosines_are_zero_where_nothing_is_known():
    similar = smoothed_cosines(np.array([[3.0, 4.0], [3.0, 4.0], [0.0, 0.0]]), 0.0)
    assert similar.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert smoothed_cosines(np.array([[3.0, 4.0], [3.0, 4.0]]), 25.0)[0, 1] == 0.5
    assert kind_weights(np.zeros((2, 1)), [np.ones((2, 1))], np.array([False])).tolist() == [0]


@pytest.mark.parametrize("kinds", [[0, 1], [[0] * 8]])
def test_kinds_of_other_columns_are_refused(kinds):
    with pytest.raises(ValueError, match=r"kinds of shape .* with 8 columns"):
        MARec(kinds=kinds).fit(LOG, VECTORS)


@pytest.mark.parametrize(
    ("setting", "value"), [("alignment", -1), ("regularization", 0), ("smoothing", -0.1)]
)
def test_settings_out_of_range_are_named(setting, value):
    with pytest.raises(ValueError, match=f"{setting}={value}"):
        MARec(**{setting: value}).fit(LOG, VECTORS)


def test_a_catalogue_that_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("M", (), {"available": 1000}))
    with pytest.raises(MemoryError, match=r"MARec would take .* 30 x 30 weights.*ItemRidge"):
        MARec().fit(LOG, VECTORS)


def test_on_made_data_metadata_rank_cold_items_as_well_as_a_ridge():
    """Users like items near a direction of theirs, and the vectors tell it."""
    rng = np.random.default_rng(3)
    tastes, items = rng.normal(size=(80, 3)), rng.normal(size=(60, 3))
    likes = tastes @ items.T > 1.0
    cold = np.arange(60) >= 48
    log = Interactions(*np.nonzero(likes & ~cold), None, None, 80, 60)
    wins = []
    for model in (MARec(10.0, 10.0, 1.0), ItemRidge(1.0)):
        scores = model.fit(log, items).score(range(80))[:, cold]
        wanted = likes[:, cold]
        pairs = [
            (s[w][:, None] > s[~w]).mean()
            for s, w in zip(scores, wanted, strict=True)
            if 0 < w.sum() < w.size
        ]
        wins.append(np.mean(pairs))
    assert min(wins) > 0.8
