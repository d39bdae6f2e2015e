"""A small CLIP: two heads that bring vectors of two encoders into one space."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from plmrec_lite.applications.search.relevance import known_item_ranks
from plmrec_lite.checks import check_number
from plmrec_lite.nn.losses import info_nce
from plmrec_lite.runtime import evaluation_mode, own_seed
from plmrec_lite.training import RowBatches, train

KINDS = ("words", "pictures")
LEAST_TEMPERATURE = 0.01  # as of CLIP: below it the training gets unstable


def contrastive_loss(words, pictures, temperature):
    """Each text must find its picture in the batch, and each picture its text.

    Parameters
    ----------
    words, pictures : float tensors (B, d); row i of both belongs to one thing
    temperature : float or float tensor (); what cosines are divided by

    Returns
    -------
    float tensor (); the mean of both cross-entropies, in nats; log B where all are equally alike

    Source: Radford et al. 2021, figure 3.
    """
    found = info_nce(words, pictures, temperature) + info_nce(pictures, words, temperature)
    return found / 2


class TwinHeads(nn.Module):
    """A linear head for each kind; what both give has length 1 and can be compared.

    Parameters
    ----------
    n_words, n_pictures : int; lengths of the encoders' vectors
    dimension : int; d of the common space
    dropout : float; the share of an encoder's numbers that a training step leaves out
    temperature : float; at first; it is learned
    """

    whole = True  # the rows of a batch are compared with each other

    def __init__(self, n_words, n_pictures, dimension=256, dropout=0.5, temperature=0.07):
        super().__init__()
        check_number("dimension", dimension, least=1, whole=True)
        check_number("temperature", temperature, above=LEAST_TEMPERATURE)
        sizes = {"words": n_words, "pictures": n_pictures}
        self.heads = nn.ModuleDict({kind: nn.Linear(sizes[kind], dimension) for kind in KINDS})
        self.dropout = nn.Dropout(dropout)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(temperature)))

    @property
    def temperature(self):
        """What cosines are divided by, float tensor ()."""
        return (-self.log_scale).exp().clamp_min(LEAST_TEMPERATURE)

    def project(self, vectors, kind):
        """Bring an encoder's vectors into the common space.

        Parameters
        ----------
        vectors : float tensor (B, n_words) or (B, n_pictures)
        kind : {"words", "pictures"}

        Returns
        -------
        float tensor (B, d); of length 1
        """
        return nn.functional.normalize(self.heads[kind](self.dropout(vectors)), dim=-1)

    def forward(self, batch):
        """Return the loss of a batch.

        Parameters
        ----------
        batch : dict; ``"words"`` (B, n_words) and ``"pictures"`` (B, n_pictures)

        Returns
        -------
        dict; ``"loss"``
        """
        words, pictures = (self.project(batch[kind], kind) for kind in KINDS)
        return {"loss": contrastive_loss(words, pictures, self.temperature)}

    def vectors(self, vectors, kind):
        """Bring vectors of NumPy into the common space, without dropout.

        Parameters
        ----------
        vectors : float32 array (n, n_words) or (n, n_pictures)
        kind : {"words", "pictures"}

        Returns
        -------
        float32 array (n, d); of length 1
        """
        with evaluation_mode(self), torch.inference_mode():
            given = torch.from_numpy(vectors).to(self.log_scale.device)
            return self.project(given, kind).cpu().numpy()


def found_at(queries, keys):
    """Return at which place each query finds the key of its own row.

    Parameters
    ----------
    queries, keys : float arrays (n, d)

    Returns
    -------
    int array (n,); from 1
    """
    return known_item_ranks(queries @ keys.T, np.arange(len(queries)))


def tune_heads(words, pictures, held_out, training, *, dimension=256, dropout=0.5, **options):
    """Learn two heads by which words find their pictures, and pictures their words.

    Parameters
    ----------
    words, pictures : float32 arrays (n, n_words) and (n, n_pictures); of ``scaled_by``
    held_out : pair of float32 arrays (m, n_words) and (m, n_pictures); the weights with the
        highest mean reciprocal rank there, both ways, stay
    training : Training; its seed is that of the first weights too
    dimension, dropout : as of ``TwinHeads``
    **options : of ``train``: folder, resume, device, ...

    Returns
    -------
    heads : TwinHeads; in evaluation mode
    history : pandas.DataFrame; of ``train``, with ``mrr`` on what is held out

    Raises
    ------
    ValueError: as ``RowBatches`` and ``train``
    """
    columns = {"words": words, "pictures": pictures}
    batches = RowBatches(columns, training.batch_size, training.seed)
    with own_seed(training.seed):
        heads = TwinHeads(words.shape[1], pictures.shape[1], dimension, dropout)

    def watch(step, heads):
        both = [heads.vectors(some, kind) for some, kind in zip(held_out, KINDS, strict=True)]
        places = [found_at(*both), found_at(*both[::-1])]
        return {"mrr": float(np.mean([(1 / some).mean() for some in places]))}

    options = {"watch": watch, "choose": "mrr", "title": "tuning two heads"} | options
    return heads, train(heads, batches, training, **options)
