"""The network under the sequential recommender: a small language model whose words are items."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.nn.attention import TransformerBlock
from plmrec_lite.recommenders.sequential.items import START
from plmrec_lite.recommenders.sequential.windows import MASK, PADDING

POSITIONS = ("recency", "learned")


@dataclass(frozen=True)
class NetworkSettings:
    """The size of a sequence network.

    Parameters
    ----------
    d_model, n_heads, n_blocks : int; numbers an item (C), attention heads, transformer blocks
    length : int; the most events that are read, 2 or more
    dropout : float; the share of numbers that is dropped in training, below 1
    positions : {"recency", "learned"}; how the network knows the order, see `SequenceNetwork`

    Raises
    ------
    ValueError: a setting is out of range (the message names it and its value)
    """

    d_model: int = 64
    n_heads: int = 2
    n_blocks: int = 1
    length: int = 50
    dropout: float = 0.3
    positions: str = "recency"

    def __post_init__(self):
        for name, least in (("d_model", 1), ("n_heads", 1), ("n_blocks", 1), ("length", 2)):
            check_number(name, getattr(self, name), least=least, whole=True)
        if self.d_model % self.n_heads:
            raise ValueError(
                f"d_model={self.d_model} does not divide into n_heads={self.n_heads} heads"
            )
        check_number("dropout", self.dropout, least=0, below=1)
        check_choice("positions", self.positions, POSITIONS)


class SequenceNetwork(nn.Module):
    r"""Read a sequence of items with the transformer blocks of ``plmrec_lite.nn``.

    Order enters in one of two ways. ``"learned"`` adds a free vector for each place, as BERT,
    GPT and SASRec do. ``"recency"`` takes :math:`m_h |s - t|` off the attention score between
    the places s and t, so that before anything is learned head h sees an event fade by
    :math:`e^{-m_h}` with each step. The slopes :math:`m_h` are learned; two heads start at 1/4
    and 1/8.

    Parameters
    ----------
    embedding : ItemEmbedding; the items' vectors, for what comes in and what goes out
    settings : NetworkSettings; the size; ``length`` limits learned positions only
    causal : bool; whether a place sees only what came before it

    Source: Kang & McAuley 2018 (causal), Sun et al. 2019 (not causal), Press et al. 2022
    (recency, with fixed slopes).
    """

    def __init__(self, embedding, settings, causal=True):
        super().__init__()
        d_model, n_heads = settings.d_model, settings.n_heads
        self.embedding = embedding
        self.mask = None if causal else nn.Parameter(START * torch.randn(d_model))
        self.places = self.log_slopes = None
        if settings.positions == "learned":
            self.places = nn.Parameter(START * torch.randn(settings.length, d_model))
        else:
            self.log_slopes = nn.Parameter(-math.log(2) * torch.arange(2.0, n_heads + 2))
        self.blocks = nn.ModuleList(
            TransformerBlock(
                d_model, n_heads, dropout=settings.dropout, pre_norm=True, causal=causal, eps=1e-8
            )
            for _ in range(settings.n_blocks)
        )
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, ids):
        """Return the network's output at each place.

        Parameters
        ----------
        ids : int tensor (B, T); item ids, -2 for a masked event, -1 for padding, which stands on
            the right

        Returns
        -------
        hidden : float tensor (B, T, C); one vector a place; ``hidden @ items.T`` are the logits of
            all items there
        items : float tensor (n_items, C); the items' vectors, as the embedding gives them
        """
        items = self.embedding()
        x = items[ids.clamp(min=0)]  # (B, T, C)
        if self.mask is not None:
            x = torch.where((ids == MASK).unsqueeze(-1), self.mask, x)
        if self.places is not None:
            x = x + self.places[: ids.size(1)]
        x = self.dropout(x * math.sqrt(x.size(-1)))
        bias = self.attention_bias(ids)
        for block in self.blocks:
            x = block(x, bias)
        return self.norm(x), items

    def attention_bias(self, ids):
        """Return what is added to the attention scores before the softmax.

        Parameters
        ----------
        ids : int tensor (B, T); as in ``forward``

        Returns
        -------
        float tensor (1 or B, 1 or n_heads, 1 or T, T); the loss by distance, and minus infinity at
            padding. A causal network needs no padding mask: padding lies in the future of every
            real event.
        """
        T = ids.size(1)
        bias = torch.zeros(1, 1, 1, T, device=ids.device)
        if self.mask is not None:
            bias = bias.masked_fill((ids == PADDING)[:, None, None, :], -torch.inf)
        if self.log_slopes is not None:
            place = torch.arange(T, device=ids.device)
            distance = (place[:, None] - place).abs()  # (T, T)
            bias = bias - self.log_slopes.exp()[:, None, None] * distance  # (., n_heads, T, T)
        return bias
