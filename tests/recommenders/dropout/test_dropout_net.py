"""DropoutNet: what is dropped, when, and what it is good for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import DropoutNet, MatrixFactorization
from plmrec_lite.recommenders.dropout.training import DropoutObjective, ItemBatches, alike
from plmrec_lite.training import Training

RNG = np.random.default_rng(0)
N_USERS, N_ITEMS = 50, 40
COLD = np.arange(N_ITEMS) >= 32
TASTES, CONTENT = RNG.normal(size=(N_USERS, 3)), RNG.normal(size=(N_ITEMS, 3))
LIKES = TASTES @ CONTENT.T > 1.0
LIKES[7] = False  # somebody without events
LOG = Interactions(*np.nonzero(LIKES & ~COLD), None, None, N_USERS, N_ITEMS)
QUICK = Training(n_epochs=60, batch_size=8, learning_rate=3e-3)


def model(n_steps=3, **settings):
    training = replace(QUICK, n_epochs=None, n_steps=n_steps)
    return DropoutNet(**{"n_factors": 4, "d_hidden": 6, "training": training} | settings)


@pytest.fixture
def seen(monkeypatch):
    """What the items' network reads, whether gradients are on, and the batch."""
    calls, outputs = [], DropoutObjective.item_outputs

    def spy(self, items=slice(None), dropped=None):
        read = []
        hook = self.network["item"].register_forward_pre_hook(lambda _, x: read.append(x[0]))
        out = outputs(self, items, dropped)
        hook.remove()
        calls.append((torch.is_grad_enabled(), items, dropped, read[0].detach().clone()))
        return out

    monkeypatch.setattr(DropoutObjective, "item_outputs", spy)
    return calls


def test_dropped_vectors_are_zero_in_training_and_none_is_dropped_in_service(seen):
    model(dropout=0.5).fit(LOG, CONTENT)
    *training, (grad, items, dropped, read) = seen
    assert len(training) == 3
    for on, _, lost, rows in training:
        assert on
        assert lost.sum() == len(lost) // 2
        assert (rows[lost, :4] == 0).all()
        assert (rows[~lost, :4] != 0).all()
        assert (rows[:, 4:] != 0).all()  # content stays
    assert (grad, items, dropped) == (False, slice(None), None)
    assert (read[COLD, :4] == 0).all()  # an item without events has no vector
    assert (read[~COLD, :4] != 0).all()
    assert (read[:, 4:] != 0).all()


def test_without_dropout_nothing_is_dropped(seen):
    model(dropout=0.0).fit(LOG, CONTENT)
    assert not any(dropped.any() for _, _, dropped, _ in seen[:-1])


def test_inputs_are_standardised_over_known_items_and_targets_are_the_factorisation(seen):
    net = model(dropout=0.0).fit(LOG, CONTENT)
    read = seen[-1][3].numpy()
    np.testing.assert_allclose(read[~COLD, :4].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(read[~COLD, :4].std(axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose((read[~COLD, 4:] ** 2).sum(axis=1).mean(), 4, rtol=1e-5)
    np.testing.assert_allclose(read[~COLD, 4:].mean(axis=0), 0, atol=1e-6)
    latent = MatrixFactorization(4).fit(LOG)
    active = LIKES[:, ~COLD].any(axis=1)
    objective = DropoutObjective(
        net.network_, latent.P_[active], latent.Q_, CONTENT * 1.0, np.ones(N_ITEMS, bool)
    )
    np.testing.assert_allclose(objective.targets, latent.Q_ @ latent.P_[active].T, rtol=1e-5)
    batch = {"items": torch.tensor([3, 1]), "dropped": torch.tensor([True, False]), "n_items": 5}
    out = objective.item_outputs(batch["items"], batch["dropped"]) @ objective.user_outputs().T
    wanted = ((out - objective.targets[[3, 1]]) ** 2).mean(dim=1).sum() / 5
    torch.testing.assert_close(objective(batch)["loss"], wanted)


def test_the_factorisation_is_drawn_with_the_training_s_seed(seen):
    model(dropout=0.0, training=replace(QUICK, n_epochs=1, seed=1)).fit(LOG, CONTENT)
    latent = MatrixFactorization(4, seed=1).fit(LOG).Q_[~COLD]
    standard = (latent - latent.mean(axis=0)) / latent.std(axis=0)
    np.testing.assert_allclose(seen[-1][3][~COLD, :4], standard, rtol=1e-4, atol=1e-5)


def test_content_is_as_long_as_the_vectors():
    rows = alike(CONTENT * 100 + 7, ~COLD, 4)
    np.testing.assert_allclose(rows[~COLD].mean(axis=0), 0, atol=1e-12)
    assert (rows[~COLD] ** 2).sum(axis=1).mean() == pytest.approx(4)
    np.testing.assert_allclose(rows[COLD], alike(CONTENT, ~COLD, 4)[COLD])
    assert (alike(np.ones((3, 2)), np.array([True, True, False]), 4) == 0).all()


def test_an_epoch_holds_each_item_once_and_drops_other_ones_each_time():
    batches = ItemBatches(np.arange(3, 14), 0.4, batch_size=4, seed=1)
    assert len(batches) == 3
    first, second, again = (list(batches.epoch(n)) for n in (0, 1, 0))
    assert sorted(torch.cat([b["items"] for b in first]).tolist()) == list(range(3, 14))
    assert [b["n_items"] for b in first] == [4, 4, 3]
    assert [int(b["dropped"].sum()) for b in first] == [1, 1, 1]

    def lost(epoch):
        return [b["items"][b["dropped"]].tolist() for b in epoch]

    assert lost(first) == lost(again) != lost(second)
    together = [[set(b["items"].tolist()) for b in epoch] for epoch in (first, second, again)]
    assert together[0] == together[2] != together[1]
    assert together[0] != [{3, 4, 5, 6}, {7, 8, 9, 10}, {11, 12, 13}]
    other = ItemBatches(np.arange(3, 14), 0.4, batch_size=4, seed=2)
    assert lost(other.epoch(0)) != lost(first)


def wins(net):
    """How often a liked cold item stands above one that is not liked."""
    scores = net.score(range(N_USERS))[:, COLD]
    return np.mean(
        [
            (s[w][:, None] > s[~w]).mean()
            for s, w in zip(scores, LIKES[:, COLD], strict=True)
            if 0 < w.sum() < w.size
        ]
    )


def test_it_ranks_cold_items_by_content_and_better_with_dropout():
    without, with_it = (
        DropoutNet(dropout, n_factors=8, training=QUICK).fit(LOG, CONTENT) for dropout in (0, 0.5)
    )
    assert wins(with_it) > 0.75
    assert wins(with_it) > wins(without)
    assert with_it.history_.loss.iloc[-1] < 0.5 * with_it.history_.loss.iloc[0]


def test_watch_sees_the_vectors_of_the_step():
    seen = {}
    net = model(n_steps=8, watch=lambda step, m: seen.update({step: m.item_vectors_}))
    net.fit(LOG, CONTENT)
    assert list(seen) == [0, 4, 8]  # an epoch of 32 items is four steps
    assert (seen[8] == net.item_vectors_).all()
    assert (seen[0] != seen[4]).any()


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("dropout", 1.0, "below 1"),
        ("dropout", -0.1, "dropout=-0.1"),
        ("n_factors", 0, "n_factors=0"),
        ("d_hidden", 0, "d_hidden=0"),
        ("d_model", 1.5, "d_model=1.5"),
        ("training", 3, r"give Training\(...\)"),
    ],
)
def test_settings_out_of_range_are_named(setting, value, words):
    with pytest.raises(ValueError, match=words):
        model().set_params(**{setting: value}).fit(LOG, CONTENT)


def test_a_checkpoint_is_kept_where_it_is_told(tmp_path):
    model(folder=tmp_path / "mine").fit(LOG, CONTENT)
    assert any((tmp_path / "mine").iterdir())
    again = model(folder=tmp_path / "mine", resume=True).fit(LOG, CONTENT)
    assert (again.item_vectors_ == model().fit(LOG, CONTENT).item_vectors_).all()
