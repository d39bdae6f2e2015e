"""The loop written out: by hand on one weight. That it equals the Trainer, test_training shows."""

import pytest
import torch
from torch import nn

from plmrec_lite.text.loop import take_steps


class Line(nn.Module):
    """loss = mean of (weight · x + bias), whose gradient is the mean of x, and 1."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([2.0]))
        self.bias = nn.Parameter(torch.tensor([3.0]))

    def forward(self, x):
        return {"loss": (self.weight * x + self.bias).mean()}


BATCH = {"x": torch.tensor([1.0, 3.0])}


def test_losses_are_those_before_each_step():
    model = Line()
    losses = take_steps(model, [BATCH, BATCH], [0.1, 0.1], weight_decay=0.0)
    assert losses[0] == 7
    # Adam's first step has the length of the learning rate, whatever the gradient's.
    assert losses[1] == pytest.approx((2 - 0.1) * 2 + (3 - 0.1), abs=1e-5)
    assert model.training


def test_weights_decay_and_biases_do_not():
    model = Line()
    take_steps(model, [BATCH], [0.1], weight_decay=0.5)
    assert model.weight.item() == pytest.approx(2 * (1 - 0.1 * 0.5) - 0.1, abs=1e-5)
    assert model.bias.item() == pytest.approx(3 - 0.1, abs=1e-5)


def test_a_frozen_weight_stays():
    model = Line()
    model.weight.requires_grad = False
    take_steps(model, [BATCH], [0.1])
    assert model.weight.item() == 2
    assert model.bias.item() < 3


def test_the_gradient_is_clipped(monkeypatch):
    seen = []
    step = torch.optim.AdamW.step

    def spy(self, *arguments):
        weights = [w for group in self.param_groups for w in group["params"]]
        seen.append(torch.stack([w.grad.norm() for w in weights]).norm().item())
        return step(self, *arguments)

    monkeypatch.setattr(torch.optim.AdamW, "step", spy)
    take_steps(Line(), [BATCH], [0.1], clip=0.25)
    take_steps(Line(), [BATCH], [0.1], clip=9.0)
    assert seen == pytest.approx([0.25, 5**0.5], rel=1e-4)


def test_one_learning_rate_for_each_step():
    with pytest.raises(ValueError, match="zip"):
        take_steps(Line(), [BATCH, BATCH], [0.1])
