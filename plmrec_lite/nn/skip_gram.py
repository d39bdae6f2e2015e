"""Skip-gram: vectors of words or items, learned from the neighbours that each has."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.nn.embeddings import lookup
from plmrec_lite.nn.softmax import log_sigmoid
from plmrec_lite.nn.windows import context_pairs, number_tokens
from plmrec_lite.runtime import check_seed
from plmrec_lite.training import Training, train

SKIP_GRAM = Training(n_epochs=5, batch_size=4096, learning_rate=0.01, warmup=0.0, weight_decay=0.0)


class SkipGram(nn.Module):
    """Vectors of tokens, learned by separating a token's true neighbours from random tokens.

    A token is a word of a text, or an item of a user's history (item2vec).

    Parameters
    ----------
    tokens : sequence of hashables; token i gets row i
    d_model : int
    seed : int; of the first vectors

    Attributes
    ----------
    vectors : float tensor (n, d_model); of the tokens as centres: the result
    contexts : float tensor (n, d_model); of the tokens as neighbours, for training only
    tokens : list
    ids : dict; the row of each token
    history : pandas.DataFrame or None; of ``fit``, see ``train``; ``loss`` in nats a pair

    Source: Mikolov, Sutskever et al. 2013, section 2; Barkan and Koenigstein 2016.
    """

    def __init__(self, tokens, d_model=100, seed=0):
        super().__init__()
        check_seed(seed)
        self.tokens = list(tokens)
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        start = torch.rand(len(self.tokens), d_model, generator=torch.Generator().manual_seed(seed))
        self.vectors = nn.Parameter((start - 0.5) / d_model)
        self.contexts = nn.Parameter(torch.zeros(len(self.tokens), d_model))
        self.history = None

    def vector(self, token):
        """Return the vector of a token, without gradient.

        Parameters
        ----------
        token : hashable

        Returns
        -------
        float tensor (d_model,)

        Raises
        ------
        KeyError: a token that the model does not know
        """
        if token not in self.ids:
            raise KeyError(f"{token!r} is not among the {len(self.tokens)} tokens of the model")
        return self.vectors[self.ids[token]].detach()

    def loss(self, center, context, negatives):
        """Return how badly true neighbours are told from random tokens, in nats a pair.

        Parameters
        ----------
        center : int tensor (B,)
            Ids of the tokens in the middle.
        context : int tensor (B,)
            Ids of a true neighbour of each.
        negatives : int tensor (B, n)
            Ids of n random tokens for each.

        Returns
        -------
        float tensor ()
            Mean of -log s(c·v) - sum over the negatives of log s(-c'·v), s the sigmoid.

        Source: Mikolov, Sutskever et al. 2013, eq. 4.
        """
        center = lookup(self.vectors, center)  # (B, d_model)
        context = lookup(self.contexts, context)  # (B, d_model)
        negatives = lookup(self.contexts, negatives)  # (B, n, d_model)
        true = (center * context).sum(-1)  # (B,)
        false = (center.unsqueeze(1) * negatives).sum(-1)  # (B, n)
        return -(log_sigmoid(true) + log_sigmoid(-false).sum(-1)).mean()

    def forward(self, batch):
        """Return the share of the loss of a batch that a part of it has.

        Parameters
        ----------
        batch : dict; ``center``, ``context`` (B,), ``negatives`` (B, n), and ``n_pairs``, how many
            the whole batch has

        Returns
        -------
        dict of float tensor (); ``loss``
        """
        loss = self.loss(batch["center"], batch["context"], batch["negatives"])
        return {"loss": loss * (len(batch["center"]) / batch["n_pairs"])}

    @classmethod
    def fit(
        cls,
        sequences,
        settings=SKIP_GRAM,
        *,
        d_model=100,
        window=5,
        n_negatives=5,
        min_count=5,
        subsample=1e-3,
        device=None,
        folder=None,
        resume=False,
    ):
        """Learn vectors from sequences of tokens.

        Parameters
        ----------
        sequences : iterable of sequences of hashables; texts as words, or histories as items
        settings : Training; an example is a pair of neighbours
        d_model : int
        window : int; the farthest neighbour; each centre draws its own reach from 1 to this
        n_negatives : int; random tokens a pair, drawn in proportion to count^0.75
        min_count : int; tokens seen less often are left out
        subsample : float; a token with a share f of the text stays with probability
            √(subsample / f); 1 keeps all
        device, folder, resume : see ``train``

        Returns
        -------
        SkipGram; on the CPU

        Raises
        ------
        ValueError: no two frequent tokens are neighbours, before or after subsampling

        Source: Mikolov, Sutskever et al. 2013, sections 2.2 and 2.3.
        """
        tokens, text, sequence = number_tokens(sequences, min_count)
        if not len(context_pairs(text, sequence, 1)):
            raise ValueError(
                f"no two neighbours are seen min_count={min_count} times each: "
                "give more text, or lower min_count"
            )
        pairs = _Pairs(text, sequence, window, n_negatives, subsample, settings)
        model = cls(tokens, d_model, settings.seed)
        model.history = train(
            model, pairs, settings, device=device, folder=folder, resume=resume, title="skip-gram"
        )
        return model.cpu()


class _Pairs:
    """Batches of pairs, drawn and shuffled anew in each epoch, with their negatives.

    How many pairs there are is drawn too: each epoch cuts its own into equally many batches.
    """

    def __init__(self, text, sequence, window, n_negatives, subsample, settings):
        self.text, self.sequence, self.window = text, sequence, window
        self.n_negatives, self.subsample, self.seed = n_negatives, subsample, settings.seed
        counts = np.bincount(text)
        self.stays = np.sqrt(subsample * len(text) / counts)  # above 1 for rare tokens
        noise = np.cumsum(counts**0.75)  # (n,)
        self.noise = noise / noise[-1]  # rises to 1: a uniform number falls on a token
        n_pairs = len(self._pairs(np.random.default_rng((self.seed, 0))))
        self.n_batches = -(-n_pairs // settings.batch_size)

    def __len__(self):
        return self.n_batches

    def _pairs(self, rng):
        kept = rng.random(len(self.text)) < self.stays[self.text]
        pairs = context_pairs(self.text[kept], self.sequence[kept], self.window, rng)
        if not len(pairs):
            raise ValueError(
                f"subsample={self.subsample} left no neighbours: raise it (1 keeps all)"
            )
        return rng.permutation(pairs)

    def epoch(self, number):
        rng = np.random.default_rng((self.seed, number))
        pairs = self._pairs(rng)
        if len(pairs) < self.n_batches:
            pairs = np.resize(pairs, (self.n_batches, 2))  # none of the batches is empty
        for batch in np.array_split(pairs, self.n_batches):
            drawn = self.noise.searchsorted(rng.random((len(batch), self.n_negatives)))  # (B, n)
            center, context = torch.from_numpy(batch).T
            negatives = torch.from_numpy(drawn)
            yield {
                "center": center,
                "context": context,
                "negatives": negatives,
                "n_pairs": len(batch),
            }
