"""LightGCN: propagation against dense matrices, what is drawn, what is minimised, what is kept."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import LightGCN
from plmrec_lite.recommenders.graph.propagation import Propagation, normalized_adjacency
from plmrec_lite.recommenders.graph.training import EventBatches, GraphObjective, unmet_items
from plmrec_lite.training import Training

N_USERS, N_ITEMS = 12, 9
RNG = np.random.default_rng(0)
MET = RNG.random((N_USERS, N_ITEMS)) < 0.3
MET[4] = False  # somebody without events
MET[:, 5] = False  # an item without events
X = csr_array(MET.astype(np.float32))
LOG = Interactions(*MET.nonzero(), None, None, N_USERS, N_ITEMS)
QUICK = Training(n_steps=6, batch_size=10, learning_rate=0.01, warmup=0.0, weight_decay=0.0)


def dense_adjacency():
    A = np.block([[np.zeros((N_USERS, N_USERS)), MET], [MET.T, np.zeros((N_ITEMS, N_ITEMS))]])
    degree = A.sum(axis=1)
    scale = np.where(degree > 0, 1 / np.sqrt(np.maximum(degree, 1)), 0)
    return scale[:, None] * A * scale


def dense_propagation(vectors, n_layers):
    return sum(np.linalg.matrix_power(dense_adjacency(), n) @ vectors for n in range(n_layers + 1))


def objective(loss="bpr", n_layers=2, regularization=0.3):
    start = torch.from_numpy(RNG.normal(size=(N_USERS + N_ITEMS, 5)).astype(np.float32))
    propagation = Propagation(normalized_adjacency(X), n_layers)
    return GraphObjective(start, propagation, N_USERS, loss, regularization)


def test_the_adjacency_is_that_of_the_dense_computation():
    A = normalized_adjacency(X)
    np.testing.assert_allclose(A.toarray(), dense_adjacency(), rtol=1e-6)
    assert X.data.min() == 1  # what was given stays


@pytest.mark.parametrize("n_layers", [0, 1, 3])
def test_propagation_is_that_of_the_dense_computation(n_layers):
    vectors = RNG.normal(size=(N_USERS + N_ITEMS, 5)).astype(np.float32)
    found = Propagation(normalized_adjacency(X), n_layers)(torch.from_numpy(vectors))
    wanted = dense_propagation(vectors, n_layers) / (n_layers + 1)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_gradients_flow_through_all_layers():
    model = objective(n_layers=3)
    target = torch.from_numpy(RNG.normal(size=(N_USERS, 5)).astype(np.float32))
    (model.propagated()[0] * target).sum().backward()
    padded = np.vstack([target, np.zeros((N_ITEMS, 5))])
    wanted = dense_propagation(padded, 3) / 4  # the matrix is symmetric
    np.testing.assert_allclose(model.vectors.grad, wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", ["bpr", "softmax"])
def test_the_loss_by_hand(loss):
    model = objective(loss)
    users, items, others = np.array([0, 1, 0]), np.array([3, 2, 1]), np.array([8, 5, 4])
    batch = {"users": users, "items": items} | ({"others": others} if loss == "bpr" else {})
    batch = {key: torch.from_numpy(rows) for key, rows in batch.items()} | {"n_events": 6}
    start = model.vectors.detach().numpy()
    E = dense_propagation(start, 2) / 3
    scores = E[users] @ E[N_USERS:].T
    own = scores[range(3), items]
    lengths = (start[users] ** 2).sum() + (start[items + N_USERS] ** 2).sum()
    if loss == "bpr":
        ranking = np.log1p(np.exp(scores[range(3), others] - own)).sum() / 6
        lengths += (start[others + N_USERS] ** 2).sum()
    else:
        ranking = (np.log(np.exp(scores).sum(axis=1)) - own).sum() / 6
    found = model(batch)
    assert found["ranking"].item() == pytest.approx(ranking, rel=1e-4)
    assert found["loss"].item() == pytest.approx(ranking + 0.3 * lengths / 6, rel=1e-4)


def test_others_are_unmet_and_equally_likely():
    users = np.repeat([0, 4, 7], 6000)
    drawn = unmet_items(X.sorted_indices(), users, np.random.default_rng(1))
    for user in (0, 4, 7):
        unmet = np.flatnonzero(~MET[user])
        items, counts = np.unique(drawn[users == user], return_counts=True)
        assert items.tolist() == unmet.tolist()
        assert np.abs(counts / 6000 - 1 / len(unmet)).max() < 0.02


def test_an_epoch_holds_each_event_once_and_draws_anew():
    batches = EventBatches(X, batch_size=7, seed=1)
    assert len(batches) == -(-X.nnz // 7)
    first, second, again = (list(batches.epoch(n)) for n in (0, 1, 0))

    def joined(epoch, key):
        return torch.cat([batch[key] for batch in epoch]).tolist()

    pairs = sorted(zip(joined(first, "users"), joined(first, "items"), strict=True))
    assert pairs == list(zip(*(column.tolist() for column in MET.nonzero()), strict=True))
    assert all(len(batch["users"]) == batch["n_events"] for batch in first)
    for key in ("users", "others"):
        assert joined(first, key) == joined(again, key) != joined(second, key)
    other = EventBatches(X, batch_size=7, seed=2)
    assert joined(other.epoch(0), "users") != joined(first, "users")
    assert "others" not in next(EventBatches(X, 7, draw=False).epoch(0))


def test_who_met_every_item_has_no_other_one():
    full = csr_array(np.vstack([MET[0], np.ones(N_ITEMS)]).astype(np.float32))
    users = torch.cat([batch["users"] for batch in EventBatches(full, 4).epoch(0)])
    assert set(users.tolist()) == {0}
    plain = EventBatches(full, 4, draw=False)
    assert sum(batch["n_events"] for batch in plain.epoch(0)) == full.nnz
    only = Interactions([0, 0], [0, 1], None, None, 1, 2)
    model = LightGCN(2, training=QUICK).fit(only)
    assert len(model.history_) == 0
    assert model.recommend([0], 1).tolist() == [[-1]]


def test_the_score_is_the_product_of_propagated_vectors():
    model = LightGCN(3, n_layers=2, training=replace(QUICK, n_steps=0)).fit(LOG)
    start = torch.randn(N_USERS + N_ITEMS, 3, generator=torch.Generator().manual_seed(0)) * 0.1
    E = dense_propagation(start.numpy(), 2) / 3
    np.testing.assert_allclose(model.user_vectors_, E[:N_USERS], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.item_vectors_, E[N_USERS:], rtol=1e-4, atol=1e-6)
    met = np.flatnonzero(MET.any(axis=1))
    wanted = E[met] @ E[N_USERS:].T
    np.testing.assert_allclose(model.score(met), wanted, rtol=1e-3, atol=1e-6)


def test_the_first_vectors_are_drawn_with_the_training_s_seed():
    one, other = (
        LightGCN(3, training=replace(QUICK, n_steps=0, seed=seed)).fit(LOG) for seed in (0, 1)
    )
    assert (one.item_vectors_ != other.item_vectors_).any(axis=1).all()


def test_the_softmax_learns_from_who_met_every_item():
    full = np.vstack([MET[0], np.ones(N_ITEMS, dtype=bool)])
    log = Interactions(*full.nonzero(), None, None, *full.shape)
    training = replace(QUICK, n_steps=None, n_epochs=1, batch_size=1)
    for loss, rows in (("softmax", full), ("bpr", MET[:1])):
        model = LightGCN(2, loss=loss, training=training).fit(log)
        assert len(model.history_) == rows.sum()


def two_camps():
    """People of two camps who met half of their own camp's items, and the other half."""
    own = np.kron(np.eye(2), np.ones((20, 15))) > 0
    seen = own & (np.random.default_rng(3).random(own.shape) < 0.4)
    return Interactions(*seen.nonzero(), None, None, *seen.shape), own & ~seen, ~own


@pytest.mark.parametrize("loss", ["bpr", "softmax"])
def test_it_finds_the_camps(loss):
    log, wanted, wrong = two_camps()
    training = Training(n_epochs=20, batch_size=64, learning_rate=0.03, weight_decay=0.0)
    model = LightGCN(8, 2, loss, training=training).fit(log)
    scores = model.score(np.arange(40))
    wins = [
        (scores[u][wanted[u]][:, None] > scores[u][wrong[u]]).mean()
        for u in range(40)
        if wanted[u].any()
    ]
    assert np.mean(wins) > 0.99
    assert model.history_.ranking.iloc[-1] < 0.9 * model.history_.ranking.iloc[0]


def test_watch_sees_the_vectors_of_the_step():
    seen = {}
    per_epoch = -(-X.nnz // 10)
    LightGCN(
        3,
        training=replace(QUICK, n_steps=2 * per_epoch),
        watch=lambda step, model: seen.update({step: model.item_vectors_}),
    ).fit(LOG)
    assert list(seen) == [0, per_epoch, 2 * per_epoch]
    assert (seen[0] != seen[per_epoch]).any()


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("n_factors", 0, "n_factors=0"),
        ("n_layers", -1, "n_layers=-1"),
        ("n_layers", 1.5, "n_layers=1.5"),
        ("loss", "hinge", "loss='hinge': use one of 'bpr', 'softmax'"),
        ("regularization", -0.1, "regularization=-0.1"),
        ("training", 3, r"give Training\(...\)"),
    ],
)
def test_settings_out_of_range_are_named(setting, value, words):
    with pytest.raises(ValueError, match=words):
        LightGCN(training=QUICK).set_params(**{setting: value}).fit(LOG)


def test_a_checkpoint_is_kept_where_it_is_told(tmp_path):
    LightGCN(3, training=QUICK, folder=tmp_path / "mine").fit(LOG)
    assert any((tmp_path / "mine").iterdir())
    again = LightGCN(3, training=QUICK, folder=tmp_path / "mine", resume=True).fit(LOG)
    assert (again.item_vectors_ == LightGCN(3, training=QUICK).fit(LOG).item_vectors_).all()
