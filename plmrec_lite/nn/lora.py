"""LoRA: a layer is left as it is, and a product of two thin matrices is learned beside it."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from plmrec_lite.runtime import own_seed


class LoRALinear(nn.Module):
    """A frozen linear layer with a correction of low rank: y = W x + b + (alpha / r) B A x.

    B begins at zero, so that nothing changes until it is trained.

    Parameters
    ----------
    linear : torch.nn.Linear
        The layer (d_in → d_out); it is kept, and frozen.
    rank : int
        The rank r: r (d_in + d_out) new numbers instead of d_in d_out.
    alpha : float
        The strength of the correction, divided by r.

    Attributes
    ----------
    lora_A : float tensor (r, d_in)
        Random at first.
    lora_B : float tensor (d_out, r)
        Zero at first.

    Raises
    ------
    ValueError
        If ``rank`` is below 1.

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
        """Return the layer's output and the correction.

        Parameters
        ----------
        x : float tensor (..., d_in)
            What enters the layer.

        Returns
        -------
        float tensor (..., d_out)
        """
        low = functional.linear(x, self.lora_A)  # (..., r)
        return self.linear(x) + self.scale * functional.linear(low, self.lora_B)

    @torch.no_grad()
    def merged(self):
        """Return a plain layer that computes the same.

        Returns
        -------
        torch.nn.Linear
            The layer given, its weights changed to W + (alpha / r) B A.
        """
        self.linear.weight += self.scale * self.lora_B @ self.lora_A  # (d_out, d_in)
        return self.linear


def add_lora(module, rank, alpha, targets=None, exclude=(), seed=0):
    """Freeze a module, and give its linear layers a trainable correction.

    Parameters
    ----------
    module : torch.nn.Module
        Changed in place.
    rank : int
        As in ``LoRALinear``.
    alpha : float
        As in ``LoRALinear``.
    targets : sequence of str or None
        The last part of the names of the layers, such as ``"query"``; None takes every one.
    exclude : sequence of str
        Parts of names of layers to leave out.
    seed : int
        Of the corrections' first values.

    Raises
    ------
    ValueError
        If no layer has such a name, or ``rank`` is below 1.

    Source: Hu et al. 2022.
    """
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
    """Add the corrections into the weights, so that the module is a plain one again.

    Parameters
    ----------
    module : torch.nn.Module
        Changed in place; without corrections it stays as it is.

    Source: Hu et al. 2022, section 4.1.
    """
    for name, layer in list(module.named_modules()):
        if isinstance(layer, LoRALinear):
            module.set_submodule(name, layer.merged())
