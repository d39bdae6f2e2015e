"""Masks: what is allowed becomes 0, what is forbidden -inf, and nonsense is refused."""

import pytest
import torch

from plmrec_lite.nn.masks import additive_mask, causal_mask
from plmrec_lite.runtime import device

DEVICES = sorted({"cpu", device().type})


@pytest.mark.parametrize("on", DEVICES)
@pytest.mark.parametrize("length", [1, 2, 5])
def test_causal_mask_allows_the_past_and_itself(on, length):
    mask = causal_mask(length, on)
    assert mask.device.type == on
    assert mask.tolist() == [[column <= row for column in range(length)] for row in range(length)]


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_true_becomes_zero_and_false_minus_infinity(dtype):
    bias = additive_mask(torch.tensor([[True, False]]), (3, 2), dtype)
    assert bias.dtype == dtype and bias.tolist() == [[0.0, -torch.inf]]


def test_a_float_mask_stays_what_it_is():
    given = torch.tensor([[0.5, -torch.inf]], dtype=torch.float64, requires_grad=True)
    bias = additive_mask(given, (3, 2), torch.float32)
    assert bias.dtype == torch.float32 and bias.tolist() == given.tolist()
    bias[0, 0].backward()
    assert given.grad.tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (torch.tensor([[1, 0]]), r"the mask is torch\.int64: use mask\.bool\(\)"),
        (
            torch.ones(4, 2, dtype=torch.bool),
            r"shape \(4, 2\) does not fit scores of shape \(3, 2\)",
        ),
        (torch.ones(1, 3, 2), r"shape \(1, 3, 2\) does not fit"),
    ],
)
def test_nonsense_is_refused(mask, message):
    with pytest.raises(ValueError, match=message):
        additive_mask(mask, (3, 2), torch.float32)
