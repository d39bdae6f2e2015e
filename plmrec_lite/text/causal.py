"""A small decoder: it predicts each token from those before it, and so it can write."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from plmrec_lite.nn.attention import TransformerBlock
from plmrec_lite.runtime import check_seed, own_seed


class Decoder(nn.Module):
    """Token vectors, causal blocks, and a score for every token that could come next.

    The table of token vectors is also the last layer. The order of the tokens comes from slopes:
    head h subtracts 2^(1 - 2h) from a score for each step back, so that the first head attends to
    the last tokens and the last head to almost all of them.

    Parameters
    ----------
    vocab_size, d_model, n_layers, n_heads : int
    dropout : float
    seed : int; of the first weights

    Raises
    ------
    ValueError: n_heads does not divide d_model

    Source: Radford et al. 2018; Press et al. 2022 (slopes, there less steep).
    """

    def __init__(self, vocab_size, d_model=128, n_layers=2, n_heads=4, dropout=0.0, seed=0):
        super().__init__()
        check_seed(seed)
        with own_seed(seed):
            self.tokens = nn.Embedding(vocab_size, d_model)
            self.blocks = nn.ModuleList(
                TransformerBlock(
                    d_model, n_heads, dropout=dropout, pre_norm=True, causal=True, eps=1e-5
                )
                for _ in range(n_layers)
            )
            self.norm = nn.LayerNorm(d_model)
            for module in self.modules():
                if isinstance(module, nn.Embedding | nn.Linear):
                    nn.init.normal_(module.weight, std=d_model**-0.5)
                if isinstance(module, nn.Linear):
                    nn.init.zeros_(module.bias)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.register_buffer("slopes", 2.0 ** (1 - 2 * torch.arange(n_heads)))

    def forward(self, ids):
        """Score every token of the vocabulary as the next one, after each token.

        Parameters
        ----------
        ids : int tensor (B, T)

        Returns
        -------
        float tensor (B, T, vocab_size); logits
        """
        place = torch.arange(ids.shape[1], device=ids.device)
        steps_back = (place[:, None] - place).clamp(min=0)  # (T, T)
        slopes = -self.slopes[:, None, None] * steps_back  # (n_heads, T, T)
        x = self.tokens(ids)  # (B, T, C)
        for block in self.blocks:
            x = block(x, slopes)
        return self.norm(x) @ self.tokens.weight.T + self.bias


def next_token_losses(model, batch):
    """Return the loss of a decoder in one batch: for ``plmrec_lite.training.Objective``.

    Parameters
    ----------
    model : Decoder
    batch : dict; from ``Windows``

    Returns
    -------
    dict of float tensor (); ``"loss"``, the mean negative log-likelihood of the next token
    """
    ids = batch["ids"]  # (B, T + 1)
    logits = model(ids[:, :-1])  # (B, T, vocab_size)
    total = cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="sum")
    return {"loss": total / batch["n_asked"]}


class Windows:
    """Batches of windows of running tokens, for ``plmrec_lite.training.train``.

    Each epoch cuts the tokens at other places and shuffles the windows, by seed and number alone.

    Parameters
    ----------
    ids : int tensor (n,); one long text
    length : int; T; a window has one token more, since each but the first is predicted
    batch_size, seed : int

    Raises
    ------
    ValueError: the text is too short for one batch
    """

    def __init__(self, ids, length, batch_size, seed=0):
        self.ids, self.length, self.batch_size, self.seed = ids, length, batch_size, seed
        if not len(self):
            raise ValueError(
                f"{len(ids)} tokens make no batch of {batch_size} windows of {length} tokens: "
                "give more text, or smaller batches"
            )

    def __len__(self):
        return (len(self.ids) - self.length) // (self.length * self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict; ``ids``, int tensor (batch_size, length + 1), and ``n_asked``, the number of tokens
        that are predicted
        """
        rng = np.random.default_rng((self.seed, number))
        first = int(rng.integers(self.length))
        starts = np.arange(first, len(self.ids) - self.length, self.length)
        rows = torch.from_numpy(rng.permutation(starts))[:, None] + torch.arange(self.length + 1)
        n_asked = self.batch_size * self.length
        for batch in rows.split(self.batch_size)[: len(self)]:
            yield {"ids": self.ids[batch], "n_asked": n_asked}


@torch.inference_mode()
def token_losses(model, ids, length):
    """Return the negative log-likelihood of each token of a text after the first.

    The text is read in windows that overlap by half, so that each token but the first ones has at
    least ``length / 2`` tokens before it.

    Parameters
    ----------
    model : Decoder; in evaluation mode
    ids : int tensor (n,)
    length : int, even; tokens that the model reads at once

    Returns
    -------
    float tensor (n - 1,); in nats
    """
    step = length // 2
    found = []
    for start in range(0, len(ids) - 1, step):
        window = ids[max(0, start + step - length) : start + step + 1]
        n_new = min(step, len(ids) - 1 - start)
        logits = model(window[None, :-1])[0, -n_new:]  # (n_new, vocab_size)
        found.append(cross_entropy(logits, window[-n_new:], reduction="none"))
    return torch.cat(found)


@torch.inference_mode()
def generate(model, ids, n_tokens, length, temperature=1.0, stop=None, seed=0):
    """Write: draw the next token from the model's softmax, append it, and repeat.

    Parameters
    ----------
    model : Decoder; in evaluation mode
    ids : list of int; the beginning, at least one token
    n_tokens : int; the most tokens to write
    length : int; the last tokens that the model reads
    temperature : float; the logits are divided by it; 0 takes the likeliest token each time
    stop : int or None; the token that ends a text; it is not returned
    seed : int; of the draws

    Returns
    -------
    list of int; the beginning, and what was written

    Raises
    ------
    ValueError: no beginning, or a temperature below 0
    """
    check_seed(seed)
    if not ids or temperature < 0:
        raise ValueError(
            f"{len(ids)} tokens to begin with, temperature={temperature}: "
            "give at least one token, and a temperature of 0 or more"
        )
    generator = torch.Generator().manual_seed(seed)
    ids = list(ids)
    for _ in range(n_tokens):
        logits = model(torch.tensor([ids[-length:]]))[0, -1]  # (vocab_size,)
        if temperature == 0:
            token = int(logits.argmax())
        else:
            weights = torch.softmax(logits / temperature, dim=-1)
            token = int(torch.multinomial(weights, 1, generator=generator))
        if token == stop:
            break
        ids.append(token)
    return ids
