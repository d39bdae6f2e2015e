import pytest
import torch
from captum.attr import IntegratedGradients

from plmrec_lite.applications.explain.gradients import integrated_gradients
from plmrec_lite.applications.explain.rollout import rollout


@pytest.fixture
def score():
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(12, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)
    )
    return lambda inputs: net(inputs)[:, 0]


@pytest.mark.parametrize("n_steps", [2, 7, 20])
def test_equal_to_captum(score, n_steps):
    x, baseline = torch.randn(3, 4), torch.randn(3, 4)
    wanted = IntegratedGradients(score).attribute(
        x[None], baseline[None], n_steps=n_steps, method="riemann_middle"
    )
    torch.testing.assert_close(
        integrated_gradients(score, x, baseline, n_steps), wanted[0], atol=1e-6, rtol=1e-5
    )


def test_the_parts_add_up_to_the_difference(score):
    x, baseline = torch.randn(3, 4), torch.zeros(3, 4)
    parts = integrated_gradients(score, x, baseline, 100)
    torch.testing.assert_close(
        parts.sum(), (score(x[None]) - score(baseline[None]))[0], atol=1e-4, rtol=0
    )


def test_bad_inputs_are_refused(score):
    with pytest.raises(ValueError, match="n_steps=0"):
        integrated_gradients(score, torch.ones(2), torch.ones(2), 0)
    with pytest.raises(ValueError, match=r"\(2,\) and a baseline of \(3,\)"):
        integrated_gradients(score, torch.ones(2), torch.ones(3))


def test_rollout_multiplies_the_upper_layer_from_the_left():
    lower, upper = torch.rand(2, 4, 4).softmax(-1)
    eye = torch.eye(4)
    wanted = (upper + eye) / 2 @ ((lower + eye) / 2)
    torch.testing.assert_close(rollout([lower, upper]), wanted)
    torch.testing.assert_close(rollout([lower, upper]).sum(1), torch.ones(4))


@pytest.mark.parametrize("layers", [[], [torch.ones(2, 3)]])
def test_what_is_no_attention_is_refused(layers):
    with pytest.raises(ValueError, match="one table"):
        rollout(layers)
