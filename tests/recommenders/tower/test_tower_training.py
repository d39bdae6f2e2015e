from itertools import chain

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from tiny_tower import tiny_bert, tiny_tower

from plmrec_lite.recommenders.tower.losses import LOSSES, cold_start_loss, match_loss, who_loss
from plmrec_lite.recommenders.tower.training import (
    TowerBatches,
    TowerObjective,
    centre_and_scale,
)
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import UpperLayers, lower_states
from plmrec_lite.training import Training, train

N_USERS, N_ITEMS = 9, 26
MET = np.random.default_rng(0).random((N_USERS, N_ITEMS)) < np.linspace(0.1, 0.7, N_ITEMS)
MET[:, [3, 11]] = False  # cold items
MET[0, [0, 1]] = True
WARM = np.flatnonzero(MET.any(0))
MATRIX = csr_array(MET.astype(np.float32))


@pytest.fixture(scope="module")
def encoder():
    return TextEncoder(tiny_bert(dropout=0.0), device="cpu")


@pytest.fixture(scope="module")
def lower(encoder):
    return lower_states(encoder, tiny_tower().texts, 1)


def batches(lower, loss="cold start", **settings):
    return TowerBatches(lower, MATRIX, loss, **{"batch_size": 7} | settings)


def objective(encoder, lower, loss, **settings):
    upper = UpperLayers(encoder.model, 1)
    frozen = upper.all_vectors(lower)[WARM]
    activity = MET[:, WARM].mean(1)
    settings = {"regularization": 2.0, "activity": activity} | settings
    return TowerObjective(upper, frozen, loss, **settings)


def items_of(batch):
    """The items of a batch, told from the states of their texts."""
    rows = [row for texts in batch["texts"].values() for row in texts["states"]]
    return [rows[i] for i in batch["order"].tolist()]


def number_of(lower, row):
    same = [
        i
        for i, states in enumerate(lower.states)
        if states.equal(row[: len(states)]) and not row[len(states) :].any()
    ]
    assert len(same) == 1
    return same[0]


@pytest.mark.parametrize("loss", ["cold start", "who"])
def test_an_epoch_draws_each_item_with_events_at_most_once(lower, loss):
    drawn = batches(lower, loss)
    epoch = list(drawn.epoch(0))
    assert len(drawn) == len(epoch) == len(WARM) // 7 == 3
    items = [number_of(lower, row) for batch in epoch for row in items_of(batch)]
    assert len(items) == len(set(items)) == 21
    assert set(items) < set(WARM)
    met = torch.cat([batch["met"] for batch in epoch]).numpy()
    np.testing.assert_array_equal(met, MET[:, items].T)
    others = [number_of(lower, row) for batch in drawn.epoch(1) for row in items_of(batch)]
    assert set(others) != set(items)  # what was left out has its turn


def test_an_epoch_of_match_draws_events(lower):
    drawn = batches(lower, "match")
    epoch = list(drawn.epoch(0))
    assert len(drawn) == len(epoch) == MET.sum() // 7
    events = []
    for batch in epoch:
        items = [number_of(lower, row) for row in items_of(batch)]
        users = batch["users"].numpy()
        events += zip(users.tolist(), items, strict=True)
        np.testing.assert_array_equal(batch["met"].numpy(), MET[users][:, items])
        assert batch["met"].dtype == torch.bool
        share = MET[:, items].sum(0) / MET.sum()
        np.testing.assert_allclose(batch["log_q"].numpy(), np.log(share), rtol=1e-5)
    assert len(events) == len(set(events))
    assert all(MET[user, item] for user, item in events)
    plain = next(batches(lower, "match", log_q=False).epoch(0))
    assert (plain["log_q"] == 0).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_batches_are_drawn_anew_each_epoch_and_by_the_seed(lower, loss):
    def drawn(number, **settings):
        epoch = batches(lower, loss, **settings).epoch(number)
        return [[number_of(lower, row) for row in items_of(batch)] for batch in epoch]

    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(1)
    assert drawn(0) != drawn(0, seed=1)
    assert drawn(0)[0] != sorted(drawn(0)[0])


def test_few_items_make_one_batch(lower):
    drawn = batches(lower, batch_size=100)
    (batch,) = drawn.epoch(0)
    assert len(drawn) == 1
    assert len(batch["order"]) == len(WARM)


def test_texts_of_one_length_stand_together(lower, monkeypatch):
    monkeypatch.setattr("plmrec_lite.text.upper_layers.TEXTS_AT_ONCE", 3)
    batch = next(batches(lower).epoch(0))
    widths = [texts["mask"].size(1) for texts in batch["texts"].values()]
    assert len(widths) == 3
    assert widths == sorted(widths)
    assert all((t["mask"].sum(1) > 0).all() for t in batch["texts"].values())
    monkeypatch.undo()
    whole = next(batches(lower).epoch(0))
    rows = [[number_of(lower, row) for row in items_of(b)] for b in (batch, whole)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_is_of_scaled_vectors_in_the_batchs_order(encoder, lower, loss):
    module = objective(encoder, lower, loss, seed=4).eval()
    batch = next(batches(lower, loss).epoch(2))
    items = [number_of(lower, row) for row in items_of(batch)]
    vectors = torch.from_numpy(module.upper.all_vectors(lower))
    warm = vectors[WARM]
    scale = (warm - warm.mean(0)).square().sum(1).mean().sqrt()
    scaled = ((vectors - warm.mean(0)) / scale)[items]
    if loss == "cold start":
        expected = cold_start_loss(scaled, batch["met"], 1, 2.0)  # a quarter of 7
    elif loss == "who":
        bias = torch.log(torch.from_numpy(MET[:, WARM].mean(1)) + 1 / len(WARM)).float()
        expected = who_loss(scaled, torch.zeros(N_USERS, 8), bias, batch["met"])
    else:
        users = torch.zeros(N_USERS, 8)
        users.normal_(std=0.1, generator=torch.Generator().manual_seed(4))
        expected = match_loss(scaled, users[batch["users"]], batch["met"], batch["log_q"])
    torch.testing.assert_close(module(batch)["loss"], expected, atol=1e-5, rtol=1e-5)


def test_a_quarter_of_the_items_is_hidden(encoder, lower):
    module = objective(encoder, lower, "cold start").eval()
    (batch,) = batches(lower, batch_size=20).epoch(0)
    items = [number_of(lower, row) for row in items_of(batch)]
    vectors = module.upper.all_vectors(lower)
    centre, scale = centre_and_scale(vectors[WARM])
    scaled = torch.from_numpy((vectors[items] - centre) / scale)
    expected = cold_start_loss(scaled, batch["met"], 5, 2.0)
    torch.testing.assert_close(module(batch)["loss"], expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_first_steps_are_those_written_out(encoder, lower, loss):
    """AdamW with warm-up, clipping and decay of matrices; user vectors twenty times as fast."""
    settings = Training(
        n_steps=5, learning_rate=1e-3, warmup=0.3, weight_decay=0.1, clip=0.5, seed=2
    )
    drawn = batches(lower, loss, seed=2)
    trained = objective(encoder, lower, loss)
    history = train(trained, drawn, settings)

    module = objective(encoder, lower, loss)
    optimizer = torch.optim.AdamW(
        {"params": [weight], "weight_decay": 0.1 * (weight.ndim > 1)}
        for weight in module.parameters()
    )
    factors = [20 if name in ("users", "bias") else 1 for name, _ in module.named_parameters()]
    assert sum(factors) == len(factors) + {"cold start": 0, "who": 38, "match": 19}[loss]
    rates = [0.0, 5e-4, 1e-3, 2e-3 / 3, 1e-3 / 3]
    for batch, rate in zip(chain(drawn.epoch(0), drawn.epoch(1)), rates, strict=False):
        for group, factor in zip(optimizer.param_groups, factors, strict=True):
            group["lr"] = rate * factor
        optimizer.zero_grad()
        module(batch)["loss"].backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 0.5)
        optimizer.step()
    np.testing.assert_allclose(history.learning_rate, rates)
    assert history.step.tolist() == [1, 2, 3, 4, 5]
    for (name, one), other in zip(trained.named_parameters(), module.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=2e-5, rtol=1e-3, msg=name)


def test_a_batch_is_never_cut(encoder, lower):
    histories = []
    for accumulation in (1, 3):
        settings = Training(n_steps=3, accumulation=accumulation)
        module = objective(encoder, lower, "match")
        histories.append(train(module, batches(lower, "match"), settings).loss)
    np.testing.assert_array_equal(*histories)


def test_equal_vectors_have_a_scale_too():
    centre, scale = centre_and_scale(np.full((3, 2), 5, dtype=np.float32))
    assert centre.tolist() == [5, 5]
    assert scale == 1
    assert scale.dtype == np.float32
