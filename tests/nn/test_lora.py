"""LoRA: equal to peft, weight by weight."""

import warnings

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch import nn

from plmrec_lite.nn.lora import LoRALinear, add_lora, merge_lora


class Block(nn.Module):
    """Two layers of unequal sides, one with a bias and one without, and one that is left out."""

    def __init__(self):
        super().__init__()
        self.query, self.value = nn.Linear(5, 7), nn.Linear(7, 4, bias=False)
        self.pooler = nn.ModuleDict({"dense": nn.Linear(4, 4)})

    def forward(self, x):
        return self.pooler["dense"](self.value(torch.tanh(self.query(x))))


def pair(rank=3, alpha=12.0):
    """Ours and peft's around the same weights, the corrections the same and not zero."""
    torch.manual_seed(0)
    ours, theirs = Block(), Block()
    theirs.load_state_dict(ours.state_dict())
    add_lora(ours, rank, alpha, ["query", "value"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=["query", "value"])
        theirs = get_peft_model(theirs, config)
    peft = theirs.base_model.model
    with torch.no_grad():
        for name in ("query", "value"):
            mine, other = getattr(ours, name), getattr(peft, name)
            for one, two in (
                (mine.lora_A, other.lora_A["default"].weight),
                (mine.lora_B, other.lora_B["default"].weight),
            ):
                assert one.shape == two.shape
                one.normal_()
                two.copy_(one)
    return ours, theirs


def test_outputs_gradients_and_merged_weights_are_those_of_peft():
    ours, theirs = pair()
    x = torch.randn(6, 2, 5)
    torch.testing.assert_close(ours(x), theirs(x), atol=1e-6, rtol=1e-6)
    for model in (ours, theirs):
        (model(x) ** 2).sum().backward()

    def gradients(model):
        return {
            name.removeprefix("base_model.model.").replace(".default.weight", ""): w.grad
            for name, w in model.named_parameters()
            if w.requires_grad
        }

    mine, others = gradients(ours), gradients(theirs)
    assert set(mine) == {f"{a}.lora_{b}" for a in ("query", "value") for b in "AB"}
    torch.testing.assert_close(mine, others, atol=1e-6, rtol=1e-5)

    plain, before = theirs.merge_and_unload(), ours(x)
    merge_lora(ours)
    torch.testing.assert_close(ours.state_dict(), plain.state_dict(), atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(ours(x), before, atol=1e-5, rtol=1e-5)
    assert type(ours.query) is type(ours.value) is nn.Linear


def test_it_begins_as_the_module_was_with_values_like_pefts():
    torch.manual_seed(0)
    module, x = Block(), torch.randn(3, 5)
    before = module(x)
    add_lora(module, 2, 4.0, ["query"])
    assert torch.equal(module(x), before)
    wide = LoRALinear(nn.Linear(300, 4), 200, 1.0).lora_A.detach()
    peft = (
        get_peft_model(
            nn.ModuleDict({"a": nn.Linear(300, 4)}), LoraConfig(r=200, target_modules=["a"])
        )
        .base_model.model["a"]
        .lora_A["default"]
        .weight
    )
    assert wide.std() == pytest.approx(peft.std().item(), rel=0.02)
    assert wide.abs().max() == pytest.approx(peft.abs().max().item(), rel=0.02)


def test_all_linear_layers_but_the_excluded():
    module = Block()
    add_lora(module, 2, 4.0, exclude=["pooler"])
    kinds = {name: type(layer).__name__ for name, layer in module.named_modules()}
    assert kinds["query"] == kinds["value"] == "LoRALinear"
    assert kinds["pooler.dense"] == "Linear"
    moving = {name for name, weight in module.named_parameters() if weight.requires_grad}
    assert moving == {f"{a}.lora_{b}" for a in ("query", "value") for b in "AB"}


def test_rank_and_strength_count():
    torch.manual_seed(0)
    layer, x = nn.Linear(4, 3), torch.randn(2, 4)

    def correction(rank, alpha):
        torch.manual_seed(1)
        lora = LoRALinear(layer, rank, alpha)
        nn.init.ones_(lora.lora_B)
        assert lora.lora_A.shape == (rank, 4) and lora.lora_B.shape == (3, rank)
        return lora(x) - layer(x)

    torch.testing.assert_close(correction(2, 8.0), 4 * correction(2, 2.0))
    torch.testing.assert_close(correction(2, 2.0) / correction(2, 4.0), torch.full((2, 3), 0.5))


def test_the_seed_decides_and_no_global_state_is_touched():
    def first(seed):
        module = Block()
        add_lora(module, 2, 4.0, seed=seed)
        return module.query.lora_A.detach()

    assert torch.equal(first(0), first(0))
    assert not torch.equal(first(0), first(1))
    module, before = Block(), torch.get_rng_state()
    add_lora(module, 2, 4.0)
    assert torch.equal(torch.get_rng_state(), before)


def test_bad_input():
    with pytest.raises(ValueError, match=r"targets=\['key'\]: no linear layer"):
        add_lora(Block(), 2, 4.0, ["key"])
    add_lora(Block(), 1, 4.0)
    with pytest.raises(ValueError, match="rank=0"):
        add_lora(Block(), 0, 4.0)
