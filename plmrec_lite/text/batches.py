"""Batches of texts: which texts go together, and how a batch becomes a table."""

from __future__ import annotations

import numpy as np
import torch
from torch.utils.data import Sampler

POOL = 50  # batches whose texts are sorted together


class SimilarLengths(Sampler):
    """An order in which the texts of a batch are about equally long, so that little is padding.

    Texts are shuffled, cut into pools of 50 batches, sorted by length in each pool, and the
    batches shuffled again, by seed and epoch alone.

    Parameters
    ----------
    lengths : int array (n,); tokens of each text
    batch_size, seed : int

    Source: Khomenko et al. 2016 (bucketing).
    """

    def __init__(self, lengths, batch_size, seed):
        self.lengths = np.asarray(lengths)
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def __len__(self):
        return len(self.lengths)

    def set_epoch(self, epoch):
        """Choose the epoch whose order comes next; the Trainer calls it.

        Parameters
        ----------
        epoch : int; from 0
        """
        self.epoch = epoch

    def __iter__(self):
        rng = np.random.default_rng((self.seed, self.epoch))
        rows = rng.permutation(len(self))
        size = self.batch_size * POOL
        pools = [rows[start : start + size] for start in range(0, len(rows), size)]
        rows = np.concatenate([p[np.argsort(self.lengths[p], kind="stable")] for p in pools])
        n_whole = len(rows) // self.batch_size
        whole = rows[: n_whole * self.batch_size].reshape(n_whole, self.batch_size)
        rest = rows[n_whole * self.batch_size :]
        return iter(np.concatenate([whole[rng.permutation(n_whole)].ravel(), rest]).tolist())


class TextBatches:
    """Labelled texts in batches of similar lengths, for ``train``; the last may be smaller.

    Parameters
    ----------
    examples : list of dict; see ``collate``
    tokenizer : transformers.PreTrainedTokenizerBase
    batch_size : int
    seed : int; of the order
    """

    def __init__(self, examples, tokenizer, batch_size, seed):
        self.examples, self.tokenizer = examples, tokenizer
        self.order = SimilarLengths([len(e["input_ids"]) for e in examples], batch_size, seed)

    def __len__(self):
        return -(-len(self.examples) // self.order.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict; from ``collate``, and ``num_items_in_batch``, the number of texts
        """
        self.order.set_epoch(number)
        rows, size = list(self.order), self.order.batch_size
        for start in range(0, len(rows), size):
            chosen = [self.examples[row] for row in rows[start : start + size]]
            yield {**collate(self.tokenizer, chosen), "num_items_in_batch": len(chosen)}


def collate(tokenizer, examples):
    """Make a batch of examples, padded to its longest text.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerBase
    examples : list of B dicts with ``input_ids``, ``attention_mask`` and ``labels``

    Returns
    -------
    dict of int tensor; ``input_ids`` and ``attention_mask`` (B, T), ``labels`` (B,)
    """
    labels = torch.tensor([example["labels"] for example in examples])
    texts = [{k: v for k, v in example.items() if k != "labels"} for example in examples]
    return {**tokenizer.pad(texts, return_tensors="pt"), "labels": labels}
