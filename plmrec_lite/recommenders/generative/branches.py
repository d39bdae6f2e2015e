"""One history, many ways to go on: all of them read in one pass."""

from __future__ import annotations

import math

import torch


@torch.inference_mode()
def read_branches(network, history, branches):
    """Return the output of a causal sequence network at the end of each continuation.

    The history is read once. Each branch attends to the history and to itself, and stands at the
    places that follow the history, as if it alone followed.

    Parameters
    ----------
    network : SequenceNetwork; causal, in evaluation mode
    history : int tensor (T,); T is 1 or more
    branches : int tensor (N, L); with ``positions="learned"``, T + L is at most ``length``

    Returns
    -------
    float tensor (N, C); ``network(torch.cat([history, branch])[None])[0][0, -1]`` of each branch
    """
    T, (N, L), device = len(history), branches.shape, history.device
    ids = torch.cat([history, branches.flatten()])  # (S,), S = T + N L
    place = torch.cat([torch.arange(T), T + torch.arange(L).repeat(N)]).to(device)
    branch = torch.cat([torch.full((T,), -1), torch.arange(N).repeat_interleave(L)]).to(device)
    x = network.embedding()[ids]  # (S, C)
    if network.places is not None:
        x = x + network.places[place]
    x = (x * math.sqrt(x.size(-1)))[None]
    apart = (branch != branch[:, None]) & (branch >= 0)  # (S, S): the key is of another branch
    bias = torch.zeros(apart.shape, device=device).masked_fill(apart, -torch.inf)[None]
    if network.log_slopes is not None:
        distance = (place[:, None] - place).abs()
        bias = bias - network.log_slopes.exp()[:, None, None] * distance  # (n_heads, S, S)
    for block in network.blocks:
        x = block(x, bias[None])
    return network.norm(x)[0, T + L - 1 :: L]
