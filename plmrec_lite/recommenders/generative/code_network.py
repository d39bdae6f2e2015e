"""What a network knows of an item by its code, and how it predicts the next code digit by digit."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from plmrec_lite.recommenders.sequential.items import START
from plmrec_lite.recommenders.sequential.windows import PADDING


class CodeEmbedding(nn.Module):
    """A vector for each item: the sum of the vectors of its digits, made when it is asked for.

    Parameters
    ----------
    tokens : int array (n_items, n_levels); a digit of each level is a token of its own
    d_model : int; numbers an item, C
    """

    def __init__(self, tokens, d_model):
        super().__init__()
        tokens = torch.as_tensor(tokens)
        self.register_buffer("tokens", tokens, persistent=False)
        self.digits = nn.Parameter(START * torch.randn(int(tokens.max()) + 1, d_model))

    def forward(self):
        """Return what a network looks items up in.

        Returns
        -------
        CodeEmbedding; itself, indexed by items as a table of all vectors (n_items, C) is
        """
        return self

    def __getitem__(self, items):
        """Return the vectors of items.

        Parameters
        ----------
        items : int tensor (...)

        Returns
        -------
        float tensor (..., C)
        """
        return self.digits[self.tokens[items]].sum(-2)


class DigitWriter(nn.Module):
    r"""Predict the next digit of a code from a history and the digits before it.

    With :math:`h` for the output of a sequence network and :math:`e_{1}, ..., e_{l-1}` for the
    vectors of the digits so far, :math:`x = h + \sqrt{C} (p_l + \sum_j e_j)` enters a feed-forward
    layer, as in a transformer's block; the logits are the products with the vectors of the digits
    of level l.

    Parameters
    ----------
    n_levels, d_model : int
    dropout : float; of the layer's output

    Source: after Lee et al. 2022, whose transformer over the levels is one layer here.
    """

    def __init__(self, n_levels, d_model, dropout):
        super().__init__()
        self.levels = nn.Parameter(START * torch.randn(n_levels, d_model))
        self.norm = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, 4 * d_model),
            nn.GELU(),
            nn.Linear(4 * d_model, d_model),
            nn.Dropout(dropout),
        )

    def forward(self, hidden, said, level):
        """Return what the vectors of the next digits are multiplied with.

        Parameters
        ----------
        hidden : float tensor (..., C); the network's output at the end of a history
        said : float tensor (..., C); the sum of the vectors of the digits so far
        level : int; of the next digit, from 0

        Returns
        -------
        float tensor (..., C)
        """
        x = hidden + math.sqrt(hidden.size(-1)) * (said + self.levels[level])
        return x + self.feed_forward(self.norm(x))


class CodeObjective(nn.Module):
    """A network that reads items and a writer of their codes, with the loss of both.

    Parameters
    ----------
    network : SequenceNetwork; causal, over a `CodeEmbedding`
    writer : DigitWriter
    offsets : int array (n_levels + 1,); the first token of each level, and the number of all
    """

    def __init__(self, network, writer, offsets):
        super().__init__()
        self.network, self.writer, self.offsets = network, writer, [int(one) for one in offsets]

    def forward(self, batch):
        """Return the loss of a batch, or a part's share of it.

        Parameters
        ----------
        batch : dict; of `WindowBatches`

        Returns
        -------
        dict; ``"loss"``, a float tensor (): the negative log-likelihood of the next items' codes,
            in nats a code; the mean over the targets of the whole batch
        """
        hidden, _ = self.network(batch["inputs"])  # (B, T, C)
        there = batch["targets"] != PADDING
        hidden, embedding = hidden[there], self.network.embedding  # (P, C)
        tokens = embedding.tokens[batch["targets"][there]]  # (P, n_levels)
        said, loss = torch.zeros_like(hidden), 0.0
        for level, token in enumerate(tokens.T):
            low, high = self.offsets[level : level + 2]
            logits = self.writer(hidden, said, level) @ embedding.digits[low:high].T
            loss = loss + cross_entropy(logits, token - low, reduction="sum")
            said = said + embedding.digits[token]
        return {"loss": loss / batch["n_targets"]}
