"""From-scratch attention and `TransformerBlock` against torch: unfused, and its fused kernel."""

import itertools
import math
from functools import partial

import torch
from torch.nn import functional

from benchmarks.paired import paired
from plmrec_lite.nn.attention import TransformerBlock, scaled_dot_product_attention
from plmrec_lite.runtime import seed_everything

B, N_HEADS, T, C = 16, 12, 128, 384


def unfused(query, key, value, mask=None):
    """Attention as a composition of torch operations."""
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.matmul(torch.softmax(scores, dim=-1), value)


def fused(query, key, value, mask=None):
    """Attention as torch's one kernel, which returns no weights."""
    return functional.scaled_dot_product_attention(query, key, value, mask)


def torch_block(block, attention):
    """The same block with the same weights, from torch's functions and an attention."""
    heads, expand, contract = block.attention, block.expand, block.contract

    def project(x, layer):
        x = functional.linear(x, layer.weight, layer.bias)
        return x.unflatten(-1, (N_HEADS, -1)).transpose(1, 2)  # (B, n_heads, T, d_head)

    def norm(x, layer):
        return functional.layer_norm(x, (C,), layer.weight, layer.bias, layer.eps)

    def run(x, mask=None):
        q, k, v = (project(x, layer) for layer in (heads.query, heads.key, heads.value))
        mixed = attention(q, k, v, mask).transpose(1, 2).flatten(2)  # (B, T, C)
        mixed = functional.linear(mixed, heads.output.weight, heads.output.bias)
        x = norm(x + mixed, block.attention_norm)
        hidden = functional.gelu(functional.linear(x, expand.weight, expand.bias))
        return norm(
            x + functional.linear(hidden, contract.weight, contract.bias), block.network_norm
        )

    return run


def forward(function, inputs, mask):
    """One forward pass, as in evaluation."""
    with torch.no_grad():
        function(*inputs, mask)


def forward_and_backward(function, inputs, mask):
    """One forward and one backward pass, as in training."""
    function(*inputs, mask).sum().backward()


def rows():
    """Attention and block, with and without a padding mask; the two must agree before timing."""
    seed_everything(0)
    vectors = [torch.randn(B, N_HEADS, T, C // N_HEADS, requires_grad=True) for _ in range(3)]
    tokens = [torch.randn(B, T, C, requires_grad=True)]
    block = TransformerBlock(C, N_HEADS, dropout=0.0)
    lengths = torch.linspace(T // 4, T, B)
    padding = (torch.arange(T) < lengths[:, None])[:, None, None, :]  # (B, 1, 1, T)

    def attention(query, key, value, mask):
        return scaled_dot_product_attention(query, key, value, mask)[0]

    for name, ours, inputs, peers in (
        ("attention", attention, vectors, {"unfused": unfused, "fused": fused}),
        (
            "TransformerBlock",
            block,
            tokens,
            {"unfused": torch_block(block, unfused), "fused": torch_block(block, fused)},
        ),
    ):
        for kind, peer in peers.items():
            for passes, mask in itertools.product((forward, forward_and_backward), (None, padding)):
                torch.testing.assert_close(ours(*inputs, mask), peer(*inputs, mask))
                what = passes.__name__.replace("_and_", " + ")
                yield paired(
                    f"{name}, {what}{'' if mask is None else ', padding mask'}",
                    partial(passes, ours, inputs, mask),
                    f"torch, {kind}",
                    partial(passes, peer, inputs, mask),
                    repeats=15,
                )
