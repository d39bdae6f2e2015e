"""Softmax and its logarithms: equal to torch's, also where the naive formula overflows."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from plmrec_lite.nn import losses
from plmrec_lite.nn.softmax import log_sigmoid, log_softmax, softmax
from plmrec_lite.runtime import device

DEVICES = sorted({"cpu", device().type})
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-5, torch.bfloat16: 2e-2}
PAIRS = {softmax: torch.softmax, log_softmax: torch.log_softmax}
thorough = settings(derandomize=True, deadline=None, max_examples=60)


def dtypes(on):
    return [t for t in TOLERANCE if not (on == "mps" and t == torch.float64)]


@pytest.mark.parametrize("on", DEVICES)
@pytest.mark.parametrize("ours", PAIRS, ids=lambda f: f.__name__)
@thorough
@given(
    data=st.data(),
    shape=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    scale=st.sampled_from([1.0, 30.0, 1e4]),
    impossible=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_equals_torch_with_its_gradient(on, ours, data, shape, scale, impossible, seed):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    torch.manual_seed(seed)
    logits = torch.randn(shape, dtype=torch.float32).clamp(-2, 2).to(on, dtype) * scale
    if impossible and shape[dim] > 1:
        logits.index_fill_(dim, torch.tensor([0], device=on), -torch.inf)
    weight = torch.rand(shape).to(on, dtype)
    results = []
    for function in (ours, PAIRS[ours]):
        z = logits.clone().requires_grad_()
        out = function(z, dim=dim)
        out.masked_fill(logits == -torch.inf, 0).mul(weight).sum().backward()
        results.append((out.detach(), z.grad))
    (out, grad), (wanted, wanted_grad) = results
    tolerance = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    torch.testing.assert_close(out, wanted, **tolerance)
    torch.testing.assert_close(grad, wanted_grad, **tolerance)


@pytest.mark.parametrize("on", DEVICES)
def test_extreme_logits(on):
    logits = torch.tensor([1e4, -1e4, -torch.inf], device=on)
    assert softmax(logits).tolist() == [1, 0, 0]
    assert log_softmax(logits).tolist() == [0, -2e4, -torch.inf]
    assert softmax(torch.full((3,), -torch.inf, device=on)).isnan().all()
    assert log_sigmoid(logits).tolist() == [0, -1e4, -torch.inf]


def test_softmax_of_the_printed_vector():
    out = softmax(torch.tensor([0.02, 0.04, 0.06, 0.08]))
    torch.testing.assert_close(
        out, torch.tensor([0.2426, 0.2475, 0.2524, 0.2575]), atol=5e-5, rtol=0
    )


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([0.0, 1.0, 50.0, 1e4]))
def test_log_sigmoid_equals_torch_with_its_gradient(on, seed, scale):
    torch.manual_seed(seed)
    ours = (torch.randn(7, device=on) * scale).requires_grad_()
    theirs = ours.detach().clone().requires_grad_()
    out, wanted = log_sigmoid(ours), torch.nn.functional.logsigmoid(theirs)
    out.sum().backward()
    wanted.sum().backward()
    torch.testing.assert_close(out, wanted)
    torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("function", [softmax, log_softmax, log_sigmoid], ids=lambda f: f.__name__)
def test_gradients_equal_finite_differences(function):
    torch.manual_seed(0)
    z = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    assert gradcheck(function, (z,))
    assert gradgradcheck(function, (z,))


def test_losses_offers_the_softmax():
    assert losses.softmax is softmax
    assert set(losses.__all__) <= set(dir(losses))
