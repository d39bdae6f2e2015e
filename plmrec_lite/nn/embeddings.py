"""Embeddings: a row of numbers for each word or item, and how skip-gram learns them."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.nn.softmax import log_sigmoid
from plmrec_lite.nn.windows import context_pairs, number_tokens
from plmrec_lite.runtime import progress


def one_hot(ids, n):
    """Write each id as a row of zeros with a single one.

    Parameters
    ----------
    ids : int tensor (...)
        Ids from 0 to n - 1.
    n : int
        How many ids there are.

    Returns
    -------
    float tensor (..., n)
        ``one_hot(ids, n) @ W`` picks rows of W, which is all that an embedding does.

    Raises
    ------
    ValueError
        If an id is outside 0..n-1 or no integer.

    Examples
    --------
    >>> one_hot(torch.tensor([2, 0]), 3)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])

    Source: Bengio et al. 2003.
    """
    _check_ids(ids, n)
    return (ids.unsqueeze(-1) == torch.arange(n, device=ids.device)).to(torch.get_default_dtype())


def lookup(W, ids):
    """Take the rows of an embedding matrix: what ``one_hot(ids, n) @ W`` gives, without the zeros.

    Parameters
    ----------
    W : float tensor (n, d)
        One row of d numbers for each id.
    ids : int tensor (...)
        Ids from 0 to n - 1.

    Returns
    -------
    float tensor (..., d)
        The rows.

    Raises
    ------
    ValueError
        If an id is outside 0..n-1 or no integer.

    Source: Bengio et al. 2003.
    """
    _check_ids(ids, len(W))
    rows = W.index_select(0, ids.flatten())  # W[ids], with a gradient that costs half as much
    return rows.view(*ids.shape, W.shape[1])


@torch.no_grad()
def nearest(vectors, query, k=10, exclude=()):
    """Find the rows that point most nearly the same way as a query.

    Parameters
    ----------
    vectors : float tensor or array (n, d)
        The rows to search.
    query : float tensor or array (d,)
        A row of the matrix, or a sum such as king - man + woman.
    k : int, default 10
        How many to return.
    exclude : iterable of int
        Rows to leave out, such as those that the query is made of.

    Returns
    -------
    ids : int tensor (k,)
        The nearest rows, nearest first; of equal ones the smaller id first.
    cosines : float tensor (k,)
        Their cosine similarity to the query, in [-1, 1]; 0 for a row of zeros.

    Raises
    ------
    ValueError
        If shapes disagree, an excluded id is no row, or fewer than k rows are left.

    Examples
    --------
    >>> nearest(torch.eye(3), torch.tensor([1.0, 0.5, 0.0]), k=1, exclude=[0])[0]
    tensor([1])

    Source: Mikolov, Yih and Zweig 2013.
    """
    vectors = torch.as_tensor(vectors)
    query = torch.as_tensor(query).to(vectors)  # same dtype and device
    if vectors.ndim != 2 or query.shape != vectors.shape[1:]:
        raise ValueError(
            f"vectors {tuple(vectors.shape)} and query {tuple(query.shape)}: use (n, d) and (d,)"
        )
    exclude = torch.as_tensor(sorted(set(exclude)), dtype=torch.long, device=vectors.device)
    _check_ids(exclude, len(vectors))
    left = len(vectors) - len(exclude)
    if not 1 <= k <= left:
        raise ValueError(f"k={k}: {left} rows are left to choose from, so use 1..{left}")
    cosines = nn.functional.normalize(vectors, dim=-1) @ nn.functional.normalize(query, dim=-1)
    ranking = cosines.index_fill(0, exclude, -torch.inf).sort(descending=True, stable=True)
    return ranking.indices[:k], cosines[ranking.indices[:k]]


class SkipGram(nn.Module):
    """Vectors learned by telling a token's true neighbours from random tokens.

    Tokens that appear in the same company get similar vectors. A token is a word of a text, or
    an item of a user's history (then the method is known as item2vec).

    Parameters
    ----------
    tokens : sequence of hashables
        The vocabulary; token i gets row i.
    d : int, default 100
        Numbers a vector.
    seed : int, default 0
        Where the random vectors start from.

    Attributes
    ----------
    vectors : float tensor (n, d)
        The vectors that describe the tokens as centres: the result.
    contexts : float tensor (n, d)
        The vectors that describe them as neighbours, needed for training only.
    tokens : list
        The vocabulary.
    ids : dict
        The row of each token.
    losses : list of float
        The mean loss of each epoch of ``fit``, in nats a pair.

    Examples
    --------
    >>> texts = [["star", "wars"], ["star", "trek"]]
    >>> model = SkipGram.fit(texts, d=8, min_count=1, subsample=1)
    >>> ids, cosines = nearest(model.vectors, model.vector("wars"), k=2)
    >>> model.tokens[ids[0]]
    'wars'

    Source: Mikolov, Sutskever et al. 2013, section 2; Barkan and Koenigstein 2016.
    """

    def __init__(self, tokens, d=100, seed=0):
        super().__init__()
        self.tokens = list(tokens)
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        start = torch.rand(len(self.tokens), d, generator=torch.Generator().manual_seed(seed))
        self.vectors = nn.Parameter((start - 0.5) / d)
        self.contexts = nn.Parameter(torch.zeros(len(self.tokens), d))
        self.losses = []

    def vector(self, token):
        """Return the vector of a token.

        Parameters
        ----------
        token : hashable
            A word or item that was frequent enough in training.

        Returns
        -------
        float tensor (d,)
            Its row of ``vectors``, without gradient.

        Raises
        ------
        KeyError
            If the model does not know the token.

        Source: Bengio et al. 2003.
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
        center = lookup(self.vectors, center)  # (B, d)
        context = lookup(self.contexts, context)  # (B, d)
        negatives = lookup(self.contexts, negatives)  # (B, n, d)
        true = (center * context).sum(-1)  # (B,)
        false = (center.unsqueeze(1) * negatives).sum(-1)  # (B, n)
        return -(log_sigmoid(true) + log_sigmoid(-false).sum(-1)).mean()

    @classmethod
    def fit(
        cls,
        sequences,
        d=100,
        window=5,
        n_negatives=5,
        min_count=5,
        subsample=1e-3,
        epochs=5,
        batch_size=4096,
        lr=0.01,
        seed=0,
    ):
        """Learn vectors from sequences of tokens.

        Parameters
        ----------
        sequences : iterable of sequences of hashables
            Texts as lists of words, or users' histories as lists of items.
        d : int
            Numbers a vector.
        window : int
            The farthest neighbour; each centre draws its own reach from 1 to this.
        n_negatives : int
            Random tokens a pair, drawn in proportion to count^0.75.
        min_count : int
            Tokens seen less often are left out.
        subsample : float
            A token with a share f of the text stays with probability √(subsample / f), so that
            "the" does not drown the rest; 1 keeps all.
        epochs : int
            Walks through the text.
        batch_size : int
            Pairs a step.
        lr : float
            The first step size of Adam; it falls with each epoch, towards zero.
        seed : int
            Same seed and machine, same vectors.

        Returns
        -------
        SkipGram
            The trained model; ``model.vectors`` are the embeddings.

        Raises
        ------
        ValueError
            If no two frequent tokens are neighbours, before or after thinning out.

        Source: Mikolov, Sutskever et al. 2013, sections 2.2 and 2.3.
        """
        tokens, text, sequence = number_tokens(sequences, min_count)
        if not len(context_pairs(text, sequence, 1)):
            raise ValueError(
                f"no two neighbours are seen min_count={min_count} times each: "
                "give more text, or lower min_count"
            )
        rng = np.random.default_rng(seed)
        counts = np.bincount(text)
        stays = np.sqrt(subsample * len(text) / counts)  # probability; above 1 for rare tokens
        noise = np.cumsum(counts**0.75)  # (n,)
        noise = noise / noise[-1]  # rises to 1: a uniform number falls on a token

        model = cls(tokens, d, seed)
        optimizer = torch.optim.Adam(model.parameters(), lr)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=epochs)
        for _ in progress(range(epochs), "skip-gram"):
            kept = rng.random(len(text)) < stays[text]
            pairs = rng.permutation(context_pairs(text[kept], sequence[kept], window, rng))
            if not len(pairs):
                raise ValueError(
                    f"subsample={subsample} left no neighbours: raise it (1 keeps all)"
                )
            total = 0.0
            for start in range(0, len(pairs), batch_size):
                batch = pairs[start : start + batch_size]  # (B, 2)
                drawn = noise.searchsorted(rng.random((len(batch), n_negatives)))  # (B, n)
                loss = model.loss(*torch.from_numpy(batch).T, torch.from_numpy(drawn))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            schedule.step()
            model.losses.append(total / len(pairs))
        return model


def _check_ids(ids, n):
    """Refuse ids that are no rows of a table of n rows."""
    if ids.is_floating_point() or ids.dtype == torch.bool:
        raise ValueError(f"ids are {ids.dtype}: use integers")
    outside = (ids < 0) | (ids >= n)
    if outside.any():
        raise ValueError(
            f"id {ids[outside][0].item()} is outside 0..{n - 1}, the {n} rows there are"
        )
