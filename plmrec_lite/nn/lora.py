"""LoRA: a frozen layer, and the product of two thin matrices learned beside it."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from plmrec_lite.runtime import check_seed, own_seed


class LoRALinear(nn.Module):
    """A frozen linear layer with a correction of low rank: y = W x + b + (alpha / r) B A x.

    Parameters
    ----------
    linear : torch.nn.Linear (d_in → d_out); it is kept, and frozen
    rank : int; r (d_in + d_out) new numbers instead of d_in d_out
    alpha : float

    Attributes
    ----------
    lora_A : float tensor (r, d_in); random at first
    lora_B : float tensor (d_out, r); zero at first, so that nothing changes until it is trained

    Raises
    ------
    ValueError: rank < 1

    Source: Hu et al. 2022, section 4.1.
    """

    def __init__(self, linear, rank, alpha):
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank={rank}: give 1 or more")
        self.linear = linear.requires_grad_(False)
        self.scale = alpha / rank
        self.lora_A = nn.Parameter(linear.weight.new_empty(rank, linear.in_features))
        self.lora_B = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))  # as torch begins a linear layer

    def forward(self, x):
        """Return the layer's output plus the correction.

        Parameters
        ----------
        x : float tensor (..., d_in)

        Returns
        -------
        float tensor (..., d_out)
        """
        low = functional.linear(x, self.lora_A)  # (..., r)
        return self.linear(x) + self.scale * functional.linear(low, self.lora_B)

    @torch.no_grad()
    def merged(self):
        """Return the layer given, its weights changed to W + (alpha / r) B A.

        Returns
        -------
        torch.nn.Linear
        """
        self.linear.weight += self.scale * self.lora_B @ self.lora_A  # (d_out, d_in)
        return self.linear


def add_lora(module, rank, alpha, targets=None, exclude=(), seed=0):
    """Freeze a module, and give its linear layers a trainable correction, in place.

    Parameters
    ----------
    module : torch.nn.Module
    rank : int
    alpha : float
    targets : sequence of str or None; the last part of the layers' names, such as ``"query"``;
        None: every linear layer
    exclude : sequence of str; parts of names of layers to leave out
    seed : int; of the corrections' first values

    Raises
    ------
    ValueError: no layer has such a name, or rank < 1
    """
    check_seed(seed)
    chosen = [
        name
        for name, layer in module.named_modules()
        if isinstance(layer, nn.Linear)
        and (targets is None or name.rpartition(".")[2] in targets)
        and not set(name.split(".")) & set(exclude)
    ]
    if not chosen:
        raise ValueError(f"targets={targets!r}: no linear layer has such a name")
    module.requires_grad_(False)
    with own_seed(seed):
        for name in chosen:
            module.set_submodule(name, LoRALinear(module.get_submodule(name), rank, alpha))


def merge_lora(module):
    """Add the corrections into the weights of a module, in place; it is a plain one again.

    Parameters
    ----------
    module : torch.nn.Module
    """
    for name, layer in list(module.named_modules()):
        if isinstance(layer, LoRALinear):
            module.set_submodule(name, layer.merged())
