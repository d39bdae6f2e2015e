"""Attention and the transformer block, written the long way so that every step can be seen.

Shapes: B sequences, T tokens, C = d_model numbers a token, n_heads heads of d_head = C / n_heads.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn.functional import gelu

from plmrec_lite.nn.masks import additive_mask, causal_mask


def scaled_dot_product_attention(query, key, value, mask=None, dropout=0.0):
    """Give each query a mean of the values, weighted by its likeness to the keys.

    softmax(Q Kᵀ / √d_k) V. Without √d_k the scores grow with the width of the vectors, the
    softmax saturates, and its gradient vanishes.

    Parameters
    ----------
    query : float tensor (..., T_q, d_k)
    key : float tensor (..., T_k, d_k)
    value : float tensor (..., T_k, d_v)
    mask : bool tensor (True = may attend), float tensor (added to the scores: 0 allows, -inf
        forbids), or None; broadcast to (..., T_q, T_k)
    dropout : float; the share of weights that is dropped; the weights returned are whole

    Returns
    -------
    output : float tensor (..., T_q, d_v); zeros for a query that may attend to nothing
    weights : float tensor (..., T_q, T_k); rows sum to 1, or to 0 with nothing to attend to

    Raises
    ------
    ValueError: a mask of integers, or of a shape that does not fit

    Source: Vaswani et al. 2017, eq. 1.
    """
    d_k = query.size(-1)
    scores = query @ key.transpose(-2, -1) / math.sqrt(d_k)  # (..., T_q, T_k)
    if mask is None:
        weights = torch.softmax(scores, dim=-1)  # as nn.softmax, in one pass over memory
    else:
        bias = additive_mask(mask, scores.shape, scores.dtype)
        empty = (bias == -torch.inf).all(-1, keepdim=True)  # rows with nothing to attend to
        weights = torch.softmax(scores + bias.masked_fill(empty, 0.0), dim=-1)
        weights = weights.masked_fill(empty, 0.0)
    output = nn.functional.dropout(weights, dropout) @ value  # (..., T_q, d_v)
    return output, weights


class MultiHeadAttention(nn.Module):
    """Several attentions of d_model / n_heads numbers side by side, each with its own projections.

    Parameters
    ----------
    d_model, n_heads : int
    dropout : float; the share of attention weights that is dropped in training

    Raises
    ------
    ValueError: n_heads does not divide d_model

    Source: Vaswani et al. 2017, section 3.2.2.
    """

    def __init__(self, d_model, n_heads, dropout=0.0):
        super().__init__()
        if n_heads < 1 or d_model % n_heads:
            raise ValueError(
                f"d_model={d_model} does not divide into n_heads={n_heads} equal heads"
            )
        self.n_heads = n_heads
        self.dropout = dropout
        self.query = nn.Linear(d_model, d_model)
        self.key = nn.Linear(d_model, d_model)
        self.value = nn.Linear(d_model, d_model)
        self.output = nn.Linear(d_model, d_model)

    def _split(self, x):
        """Cut the last axis into heads: (B, T, C) -> (B, n_heads, T, d_head)."""
        B, T, C = x.shape
        x = x.view(B, T, self.n_heads, C // self.n_heads)  # (B, T, n_heads, d_head)
        return x.transpose(1, 2)  # (B, n_heads, T, d_head)

    def forward(self, query, key, value, mask=None):
        """Attend from ``query`` to ``key``; self-attention takes the same tensor three times.

        Parameters
        ----------
        query : float tensor (B, T_q, C)
        key, value : float tensor (B, T_k, C)
        mask : bool or float tensor, broadcast to (B, n_heads, T_q, T_k), or None; a padding mask
            (B, T) goes in as ``mask[:, None, None, :]``

        Returns
        -------
        output : float tensor (B, T_q, C)
        weights : float tensor (B, n_heads, T_q, T_k)
        """
        B, T, C = query.shape
        mixed, weights = scaled_dot_product_attention(
            self._split(self.query(query)),
            self._split(self.key(key)),
            self._split(self.value(value)),
            mask,
            dropout=self.dropout if self.training else 0.0,
        )
        mixed = mixed.transpose(1, 2).reshape(B, T, C)  # the heads side by side again
        return self.output(mixed), weights


class TransformerBlock(nn.Module):
    """Attention between tokens, then a small network on each token, each added to its input.

    The attention weights of a post-norm block on x are ``block.attention(x, x, x, mask)[1]``.

    Parameters
    ----------
    d_model, n_heads : int
    d_hidden : int or None; the width of the small network, None: 4 * d_model
    dropout : float; the share of numbers that is dropped in training
    pre_norm : bool; False normalises after each sum (BERT), True before each part (GPT-2)
    causal : bool; whether the future is hidden from each position
    eps : float; what layer normalisation adds to the variance

    Source: Vaswani et al. 2017, section 3.1; Devlin et al. 2019.
    """

    def __init__(
        self, d_model, n_heads, d_hidden=None, dropout=0.1, pre_norm=False, causal=False, eps=1e-12
    ):
        super().__init__()
        d_hidden = d_hidden or 4 * d_model
        self.pre_norm = pre_norm
        self.causal = causal
        self.attention = MultiHeadAttention(d_model, n_heads, dropout)
        self.attention_norm = nn.LayerNorm(d_model, eps)
        self.expand = nn.Linear(d_model, d_hidden)
        self.contract = nn.Linear(d_hidden, d_model)
        self.network_norm = nn.LayerNorm(d_model, eps)
        self.dropout = nn.Dropout(dropout)

    def _attend(self, x, mask):
        """Mix the tokens: (B, T, C) -> (B, T, C)."""
        return self.dropout(self.attention(x, x, x, mask)[0])

    def _network(self, x):
        """Work on each token by itself: (B, T, C) -> (B, T, d_hidden) -> (B, T, C)."""
        return self.dropout(self.contract(gelu(self.expand(x))))

    def _without_future(self, x, mask):
        """Forbid what the mask forbids and every later token: (B or 1, n_heads or 1, T, T)."""
        B, T, _ = x.shape
        causal = causal_mask(T, x.device)  # (T, T)
        if mask is None:
            return causal
        bias = additive_mask(mask, (B, self.attention.n_heads, T, T), x.dtype)
        return bias + additive_mask(causal, (T, T), x.dtype)

    def forward(self, x, mask=None):
        """Return the tokens' new vectors.

        Parameters
        ----------
        x : float tensor (B, T, C)
        mask : bool or float tensor, broadcast to (B, n_heads, T, T), or None; a padding mask (B, T)
            goes in as ``mask[:, None, None, :]``

        Returns
        -------
        float tensor (B, T, C)
        """
        if self.causal:
            mask = self._without_future(x, mask)
        if self.pre_norm:
            x = x + self._attend(self.attention_norm(x), mask)
            return x + self._network(self.network_norm(x))
        x = self.attention_norm(x + self._attend(x, mask))
        return self.network_norm(x + self._network(x))

    @classmethod
    def from_bert_layer(cls, layer):
        """Copy a BERT layer of transformers, such as ``model.encoder.layer[0]``.

        Parameters
        ----------
        layer : transformers.BertLayer; with the exact GELU

        Returns
        -------
        TransformerBlock; on the layer's device, in its dtype and its mode

        Raises
        ------
        ValueError: not an encoder layer of BERT's form
        """
        try:
            attention, joined = layer.attention.self, layer.attention.output
            expand, contract = layer.intermediate.dense, layer.output.dense
            activation, is_decoder = layer.intermediate.intermediate_act_fn, layer.is_decoder
        except AttributeError as error:
            raise ValueError(
                f"{type(layer).__name__} is no BERT layer: give one such as model.encoder.layer[0]"
            ) from error
        probe = torch.linspace(-3, 3, 13)
        if is_decoder or not torch.allclose(activation(probe), gelu(probe), atol=1e-6):
            raise ValueError(
                "the layer must be of an encoder with the exact GELU, hidden_act='gelu'"
            )

        block = cls(
            d_model=expand.in_features,
            n_heads=attention.num_attention_heads,
            d_hidden=expand.out_features,
            dropout=layer.output.dropout.p,
            eps=layer.output.LayerNorm.eps,
        ).to(expand.weight)
        block.attention.dropout = attention.dropout.p
        for ours, theirs in (
            (block.attention.query, attention.query),
            (block.attention.key, attention.key),
            (block.attention.value, attention.value),
            (block.attention.output, joined.dense),
            (block.attention_norm, joined.LayerNorm),
            (block.expand, expand),
            (block.contract, contract),
            (block.network_norm, layer.output.LayerNorm),
        ):
            ours.load_state_dict(theirs.state_dict())
        return block.train(layer.training)
