"""How likely texts are after a prompt, which is read once for all of them.

A layer of a decoder looks back at the keys and values of all tokens before. Those of the prompt do
not depend on what follows it, so they are computed once and kept: the key-value cache.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch

from plmrec_lite.checks import check_number

MOST_TOKENS = 1024  # of a batch: their logits take 200 MB with a vocabulary of 49,152


@dataclass(frozen=True, eq=False)
class Prefix:
    """A prompt that was read.

    Parameters
    ----------
    n_tokens : int
    cache : transformers.DynamicCache; keys and values of each layer, (1, n_heads, n_tokens, d)
    log_probs : float tensor (vocab_size,); of each token as the next one
    """

    n_tokens: int
    cache: object
    log_probs: torch.Tensor

    def repeated(self, n):
        """Return a copy of the cache for n texts that follow.

        Parameters
        ----------
        n : int

        Returns
        -------
        transformers.DynamicCache; (n, n_heads, n_tokens, d) in each layer
        """
        cache = copy.deepcopy(self.cache)
        cache.batch_repeat_interleave(n)
        return cache


def check_length(gpt, n_tokens):
    """Refuse a prompt and a text that are together longer than the model reads.

    Parameters
    ----------
    gpt : GPT
    n_tokens : int; of both

    Raises
    ------
    ValueError: they are too many (the message names both numbers)
    """
    if n_tokens > gpt.max_length:
        raise ValueError(
            f"prompt and text have {n_tokens} tokens, and the model reads {gpt.max_length}: name "
            "fewer films, or shorten the texts"
        )


@torch.inference_mode()
def read_prompt(gpt, prompt):
    """Read a prompt once, and keep what the tokens after it need.

    Parameters
    ----------
    gpt : GPT
    prompt : str

    Returns
    -------
    Prefix

    Raises
    ------
    ValueError: it has no token, or more than the model reads
    """
    ids = gpt.ids(prompt)
    if not ids:
        raise ValueError(f"prompt={prompt!r} has no token: give a text")
    check_length(gpt, len(ids))
    read = gpt.model(torch.tensor([ids], device=gpt.device), use_cache=True, logits_to_keep=1)
    return Prefix(len(ids), read.past_key_values, read.logits[0, -1].log_softmax(-1))


def log_probabilities(gpt, prompt, texts, batch_size=32):
    """Return the log-probability of each token of many texts after one prompt.

    Parameters
    ----------
    gpt : GPT
    prompt : str
    texts : sequence of n str; each as it follows the prompt, with its space
    batch_size : int; texts read at once; memory grows with it and with the prompt

    Returns
    -------
    list of n float64 arrays (number of tokens,); in nats; within 0.001 of ``plain_pass``

    Raises
    ------
    TypeError, ValueError: as ``GPT.continuations``; or prompt and text are longer than the model
        reads

    Examples
    --------
    >>> from plmrec_lite.text.gpt.model import load_gpt
    >>> prompt = "A viewer liked these films: Alien, Blade Runner, The Terminator. Next they liked:"
    >>> texts = [" Predator", " Emma"]
    >>> predator, emma = log_probabilities(load_gpt(device="cpu"), prompt, texts)
    >>> bool(predator.sum() > emma.sum())
    True
    """
    rows = gpt.continuations(prompt, texts)
    if not rows:
        return []
    prefix = read_prompt(gpt, prompt)
    found = [None] * len(rows)
    for numbers, logits in _read_after(gpt, prefix, rows, batch_size):
        for number, after in zip(numbers, logits, strict=True):  # after: (T, vocab_size)
            ids = torch.tensor(rows[number], device=gpt.device)
            said = after[: len(ids) - 1].log_softmax(-1)
            said = torch.cat([prefix.log_probs[None], said])  # (number of tokens, vocab_size)
            found[number] = said.gather(1, ids[:, None])[:, 0].double().cpu().numpy()
    return found


def answer_probabilities(gpt, prompt, texts, answers, batch_size=32):
    """Return the log-probability of answers of one token after a prompt and each of many texts.

    Parameters
    ----------
    gpt : GPT
    prompt : str
    texts : sequence of n str; each as it follows the prompt, with its space
    answers : sequence of str; such as ``(" yes", " no")``
    batch_size : int

    Returns
    -------
    float64 array (n, n_answers); in nats

    Raises
    ------
    TypeError, ValueError: as ``log_probabilities``; or an answer is more than one token
    """
    rows, tokens = gpt.continuations(prompt, texts), []
    for answer, ids in zip(answers, map(gpt.ids, answers), strict=True):
        if len(ids) != 1:
            raise ValueError(f"the answer {answer!r} is {len(ids)} tokens: give answers of one")
        tokens += ids
    found = np.empty((len(rows), len(tokens)))
    if rows:
        prefix, asked = read_prompt(gpt, prompt), torch.tensor(tokens, device=gpt.device)
        for numbers, logits in _read_after(gpt, prefix, rows, batch_size):
            for number, after in zip(numbers, logits, strict=True):
                said = after[len(rows[number]) - 1].log_softmax(-1)  # (vocab_size,)
                found[number] = said[asked].double().cpu().numpy()
    return found


@torch.inference_mode()
def plain_pass(gpt, prompt, text):
    """Return the log-probability of each token of one text, with nothing kept or shared.

    Parameters
    ----------
    gpt : GPT
    prompt, text : str

    Returns
    -------
    float64 array (number of tokens,); in nats
    """
    (ids,) = gpt.continuations(prompt, [text])
    both = torch.tensor([gpt.ids(prompt) + ids], device=gpt.device)
    logits = gpt.model(both, use_cache=False).logits[0]  # (P + T, vocab_size)
    said = logits[-len(ids) - 1 : -1].log_softmax(-1)  # (T, vocab_size)
    return said.gather(1, both[0, -len(ids) :, None])[:, 0].double().cpu().numpy()


@torch.inference_mode()
def _read_after(gpt, prefix, rows, batch_size):
    """Yield the numbers of rows of similar length, and their logits (B, T, vocab_size)."""
    check_number("batch_size", batch_size, least=1, whole=True)
    longest = prefix.n_tokens + max(map(len, rows))
    check_length(gpt, longest)
    for numbers in _batches([len(row) for row in rows], batch_size):
        batch = [rows[number] for number in numbers]
        T = len(batch[-1])  # the longest
        ids = [row + [0] * (T - len(row)) for row in batch]
        mask = [[1] * (prefix.n_tokens + len(row)) + [0] * (T - len(row)) for row in batch]
        places = torch.arange(prefix.n_tokens, prefix.n_tokens + T)  # (T,)
        logits = gpt.model(
            torch.tensor(ids, device=gpt.device),  # (B, T)
            attention_mask=torch.tensor(mask, device=gpt.device),  # (B, P + T)
            position_ids=places.expand(len(batch), T).to(gpt.device),
            past_key_values=prefix.repeated(len(batch)),
        ).logits
        yield numbers, logits


def _batches(lengths, batch_size):
    """Cut the order of lengths into batches of a size, and of MOST_TOKENS with their padding."""
    batch = []
    for number in np.argsort(lengths, kind="stable").tolist():
        if len(batch) == batch_size or (len(batch) + 1) * lengths[number] > MOST_TOKENS:
            if batch:
                yield batch
            batch = []
        batch.append(number)
    yield batch
