"""Attention heads: how much each one matters to the vectors, and encoders without some of them."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from plmrec_lite.applications.compress.networks import layers_of, with_network
from plmrec_lite.checks import check_number


def head_importance(encoder, texts):
    """Measure each head by what its absence does: the vectors with it and without it.

    Parameters
    ----------
    encoder : TextEncoder; a model of BERT's kind; not changed
    texts : sequence of str; each is read once a head

    Returns
    -------
    float array (n_layers, n_heads); 1 - cosine of the two vectors, the mean over the texts

    Source: Michel, Levy and Neubig 2019, section 3.1 (one head removed at a time).
    """
    probe = with_network(encoder, copy.deepcopy(encoder.model))
    whole, found = probe.encode(texts), []
    for layer in layers_of(probe.model):
        attention, size = layer.attention, layer.attention.self.attention_head_size
        written = attention.output.dense.weight.data  # (d, n_heads * size)
        for head in range(attention.self.num_attention_heads):
            columns = written[:, head * size : (head + 1) * size]
            kept = columns.clone()
            columns.zero_()
            found.append(1 - float((probe.encode(texts) * whole).sum(1).mean()))
            columns.copy_(kept)
    return np.reshape(found, (len(layers_of(probe.model)), -1))


def strongest_heads(importance, share):
    """Choose the heads that stay: the most important ones, and at least one in each layer.

    Parameters
    ----------
    importance : float array (n_layers, n_heads); random numbers choose at random
    share : float; of all heads, rounded; above 0, at most 1

    Returns
    -------
    bool array (n_layers, n_heads)

    Examples
    --------
    >>> strongest_heads(np.array([[3.0, 4.0], [1.0, 2.0]]), 0.75).tolist()
    [[True, True], [False, True]]
    """
    check_number("share", share, above=0, most=1)
    importance = np.array(importance, dtype=np.float64)
    rows = np.arange(len(importance))
    first = importance.copy()
    first[rows, importance.argmax(axis=1)] = np.inf
    n = max(len(rows), round(share * importance.size))
    kept = np.zeros(importance.size, dtype=bool)
    kept[np.argsort(-first, axis=None, kind="stable")[:n]] = True
    return kept.reshape(importance.shape)


def keep_heads(encoder, kept):
    """Return an encoder with some of the heads; the rows and columns of the others are cut out.

    Parameters
    ----------
    encoder : TextEncoder; a model of BERT's kind; not changed
    kept : bool array (n_layers, n_heads); at least one in each layer

    Returns
    -------
    TextEncoder

    Raises
    ------
    ValueError: another shape, or a layer without a head

    Source: Michel, Levy and Neubig 2019.
    """
    network = copy.deepcopy(encoder.model)
    layers, kept = layers_of(network), np.asarray(kept)
    shape = (len(layers), layers[0].attention.self.num_attention_heads)
    if kept.shape != shape or kept.dtype != bool:
        raise ValueError(f"kept is {kept.dtype} of shape {kept.shape}: give booleans {shape}")
    if (none := np.flatnonzero(~kept.any(axis=1))).size:
        raise ValueError(f"layer {none[0]} would keep no head: leave at least one in each layer")
    for layer, heads in zip(layers, kept, strict=True):
        attention, size = layer.attention.self, layer.attention.self.attention_head_size
        rows = torch.from_numpy(np.flatnonzero(np.repeat(heads, size))).to(network.device)
        for name in ("query", "key", "value"):
            setattr(attention, name, _cut(getattr(attention, name), rows=rows))
        layer.attention.output.dense = _cut(layer.attention.output.dense, columns=rows)
        attention.num_attention_heads = int(heads.sum())
        attention.all_head_size = len(rows)
    return with_network(encoder, network)


def _cut(linear, rows=None, columns=None):
    """A linear layer with some of its outputs, or some of its inputs."""
    weight, bias = linear.weight.data, linear.bias.data
    weight = weight[rows] if columns is None else weight[:, columns]
    bias = bias if rows is None else bias[rows]
    new = nn.Linear(weight.shape[1], weight.shape[0], device=weight.device, dtype=weight.dtype)
    new.weight.data, new.bias.data = weight.contiguous(), bias.clone()
    return new
