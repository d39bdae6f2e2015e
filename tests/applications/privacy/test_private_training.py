"""DP-SGD: each row counts for at most the clip, the noise is as large as stated, and no more."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from plmrec_lite.applications.privacy.budget import PrivacyBudget
from plmrec_lite.applications.privacy.heads import (
    TasteHead,
    class_loss,
    confidence,
    taste_loss,
)
from plmrec_lite.applications.privacy.private_training import (
    PoissonBatches,
    PrivateObjective,
    train_privately,
)
from plmrec_lite.training import Training

N, D, N_CLASSES = 40, 6, 3
STATED = {"delta": 1e-3, "unit": "sentence", "n": N, "clip": 0.5, "rate": 0.25, "n_steps": 8}


def budget(epsilon=math.inf, **changes):
    return PrivacyBudget(epsilon, **STATED | {"sampling": "poisson"} | changes)


def rows(seed=0):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(N, D)).astype(np.float32)
    labels = (vectors[:, 0] > 0).astype(int) + (vectors[:, 1] > 1)
    return {"vector": vectors, "one_hot": np.eye(N_CLASSES, dtype=np.float32)[labels]}


def head(seed=0):
    torch.manual_seed(seed)
    return nn.Linear(D, N_CLASSES)


def gradient(model, batch, budget):
    objective = PrivateObjective(model, class_loss, budget)
    model.zero_grad()
    found = objective(batch)["loss"]
    found.backward()
    weights = [weight.grad.flatten() for weight in model.parameters()]
    return torch.cat(weights), float(found.detach())


def batch_of(columns, seed=0):
    return {k: torch.from_numpy(v) for k, v in columns.items()} | {"noise_seed": seed}


def test_without_noise_it_is_the_sum_of_clipped_gradients():
    model, columns = head(), rows()
    found, loss = gradient(model, batch_of(columns), budget())
    total, losses = torch.zeros_like(found), []
    for row in range(N):
        model.zero_grad()
        one = class_loss(model, {k: torch.from_numpy(v[row]) for k, v in columns.items()})
        one.backward()
        mine = torch.cat([weight.grad.flatten() for weight in model.parameters()])
        assert mine.norm() > 0.5 or row > 0  # the clip is felt
        total += mine * min(1.0, 0.5 / (float(mine.norm()) + 1e-6))
        losses.append(float(one.detach()))
    torch.testing.assert_close(found, total / (0.25 * N))
    assert loss == pytest.approx(np.mean(losses), rel=1e-5)


def test_one_more_row_moves_the_sum_by_no_more_than_the_clip():
    model, columns = head(), rows()
    columns["vector"][0] *= 1000
    columns["one_hot"][0] = np.roll(columns["one_hot"][0], 1)  # and a wrong class
    less = {name: value[1:] for name, value in columns.items()}
    with_it, _ = gradient(model, batch_of(columns), budget())
    without, _ = gradient(model, batch_of(less), budget())
    moved = (with_it - without).norm() * 0.25 * N
    assert 0.45 < moved <= 0.5 + 1e-5


def test_the_noise_is_as_large_as_the_budget_says_also_for_an_empty_batch():
    model, stated = head(), budget(2.0)
    nobody = {name: value[:0] for name, value in rows().items()}
    found = [gradient(model, batch_of(nobody, seed), stated)[0] for seed in range(200)]
    spread = float(torch.stack(found).std()) * 0.25 * N
    assert spread == pytest.approx(stated.noise * 0.5, rel=0.05)
    again, _ = gradient(model, batch_of(nobody, 3), stated)
    assert torch.equal(again, found[3])
    assert not torch.equal(found[3], found[4])


def test_less_epsilon_takes_more_noise_and_the_accountant_agrees():
    from opacus.accountants import RDPAccountant

    noises = [budget(epsilon).noise for epsilon in (1, 4, 16, math.inf)]
    assert noises == sorted(noises, reverse=True) and noises[-1] == 0
    accountant = RDPAccountant()
    accountant.history = [(noises[1], 0.25, 8)]
    assert accountant.get_epsilon(delta=1e-3) == pytest.approx(4, rel=0.02)
    assert accountant.get_epsilon(delta=1e-3) <= 4


def test_an_epsilon_alone_is_refused():
    with pytest.raises(ValueError, match=r"epsilon=2 without delta, unit, n, clip, rate"):
        PrivacyBudget(2)
    for name in (*STATED, "sampling"):
        with pytest.raises(ValueError, match=f"without {name}:"):
            budget(2, **{name: None})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epsilon": 0}, "epsilon=0"),
        ({"delta": 0.03}, r"delta=0.03 with n=40.*0.025"),
        ({"delta": 0}, "delta=0"),
        ({"clip": 0}, "clip=0"),
        ({"rate": 1.5}, "rate=1.5"),
        ({"n_steps": 0}, "n_steps=0"),
        ({"n": 1}, "n=1"),
        ({"sampling": "shuffled"}, "sampling='shuffled'"),
    ],
)
def test_a_budget_out_of_range_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        budget(**changes)


def test_no_attack_can_find_more_than_the_budget_allows():
    assert budget().most_found() == 1.0
    one = budget(1.0)
    assert one.most_found(0.01) == pytest.approx(math.e * 0.01 + 1e-3)
    assert one.most_found(0.9) == pytest.approx(1 - math.exp(-1) * (1 - 1e-3 - 0.9))
    assert budget(16.0).most_found(0.5) <= 1


def test_batches_are_drawn_row_by_row():
    batches = PoissonBatches({"x": np.arange(1000)}, 0.1, seed=0)
    assert len(batches) == 10
    drawn = list(batches.epoch(0))
    sizes = [len(batch["x"]) for batch in drawn]
    assert len(set(sizes)) > 5
    assert np.mean(sizes) == pytest.approx(100, abs=10)
    assert all((batch["x"].diff() > 0).all() for batch in drawn)  # nobody twice in a batch
    counts = np.bincount(np.concatenate([batch["x"] for batch in drawn]), minlength=1000)
    assert counts.max() > 1 and (counts == 0).any()  # but not once an epoch either
    seeds = [batch["noise_seed"] for number in (0, 1) for batch in batches.epoch(number)]
    assert len(set(seeds)) == 20
    with pytest.raises(ValueError, match="lengths"):
        PoissonBatches({"x": np.arange(3), "y": np.arange(2)}, 0.1)


def test_it_learns_and_the_budget_has_to_fit():
    columns, settings = rows(), Training(n_steps=8, learning_rate=0.1, weight_decay=0.0)
    model = head()
    history = train_privately(model, class_loss, columns, budget(), settings)
    assert len(history) == 8
    model = head()
    history = train_privately(
        model, class_loss, columns, budget(n_steps=80), Training(n_epochs=20, learning_rate=0.1)
    )
    assert len(history) == 80
    right = model(torch.from_numpy(columns["vector"])).argmax(1).numpy()
    assert (right == columns["one_hot"].argmax(1)).mean() > 0.8
    with pytest.raises(ValueError, match=r"9 steps and a budget for n_steps=8"):
        train_privately(head(), class_loss, columns, budget(), Training(n_steps=9))
    with pytest.raises(ValueError, match=r"40 rows and a budget for n=50"):
        train_privately(head(), class_loss, columns, budget(n=50), settings)
    with pytest.raises(TypeError, match=r"budget=8: give PrivacyBudget"):
        train_privately(head(), class_loss, columns, 8, settings)


def test_a_head_scores_films_by_the_mean_of_those_watched():
    vectors = np.array([[1.0, 0], [0, 2], [3, 3]])
    model = TasteHead(vectors, scale=2.0)
    watched = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]], dtype=np.float32)
    np.testing.assert_allclose(model.tastes(watched)[1], [2**-0.5, 2**-0.5], rtol=1e-6)
    assert model.tastes(watched)[2].tolist() == [0, 0]
    np.testing.assert_allclose(model.scores(watched)[0], [2, 0, 2**0.5], atol=1e-6)
    row = {"taste": torch.tensor([1.0, 0]), "watched": torch.tensor([1.0, 1, 0])}
    log_p = model(row["taste"]).log_softmax(-1)
    assert float(taste_loss(model, row)) == pytest.approx(-float(log_p[:2].mean()))
    assert {name for name, _ in model.named_parameters()} == {"map.weight", "bias"}


def test_confidence_is_the_logit_and_stays_finite():
    p = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(confidence(np.log(p)), np.log(p / (1 - p)))
    assert np.isfinite(confidence(np.array([0.0, -100.0]))).all()
