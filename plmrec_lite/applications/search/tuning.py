"""A bi-encoder tuned to a shop: a review shall find the other reviews of its item."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.checks import check_number
from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.text.upper_layers import LowerStates, joined_vectors, lower_states
from plmrec_lite.training import train, whole_batches

CHUNK = 1024  # texts whose states are made at a time


class HalfStates(LowerStates):
    """Lower states kept as float16 on the CPU, half the bytes, and given out as float32.

    Parameters
    ----------
    states : list of n float16 tensors (T_i, d)
    device : torch.device or None; where batches are given out; None is the CPU
    """

    def __init__(self, states, device=None):
        super().__init__(states)
        self.device = torch.device(device or "cpu")

    def batch(self, rows):
        """Pad some texts to their longest.

        Parameters
        ----------
        rows : sequence of int (B,); at least one

        Returns
        -------
        states : float32 tensor (B, T, d); zeros where a text has ended
        mask : int64 tensor (B, T); 1 where there is a token
        """
        states, mask = super().batch(rows)
        return states.to(self.device).float(), mask.to(self.device)

    def of(self, rows):
        """Return the states of some texts, not copied.

        Parameters
        ----------
        rows : sequence of int (m,)

        Returns
        -------
        HalfStates; of m texts
        """
        return HalfStates([self.states[row] for row in rows], self.device)


def half_states(encoder, texts, n_layers, max_length=96):
    """Run the lower layers once, and keep what they give.

    Parameters
    ----------
    encoder : TextEncoder
    texts : sequence of n str; none empty
    n_layers : int; layers at the top that are left out
    max_length : int; tokens to which a longer text is cut

    Returns
    -------
    HalfStates; on the CPU, 20,000 reviews take 1.3 GB; its batches on the encoder's device
    """
    states = []
    for start in range(0, len(texts), CHUNK):
        part = lower_states(encoder, texts[start : start + CHUNK], n_layers, max_length)
        states += [state.half().cpu() for state in part.states]
    return HalfStates(states, encoder.device)


class PairBatches:
    """Batches of reviews, each with other reviews of its item as its key, and with wrong items.

    An epoch asks once for each review whose item has another one, in random order: with the
    review, or with another text made of it.

    Parameters
    ----------
    lower : LowerStates; of n texts: reviews, and what was made of them, such as titles
    items : int array (n,); the item of each text
    batch_size : int; queries a step
    n_keys : int; at most so many reviews stand for an item, by their mean; drawn anew each time,
        the query never among them
    hard : int array (n, n_hard) or None; wrong items of each text: one is drawn for each query,
        a key for the whole batch
    source : int array (n,) or None; which text each was made of: itself for a review, which
        alone can be a key; None for reviews only
    seed : int; the batches depend on it and the epoch's number alone

    Raises
    ------
    ValueError: unequal lengths, no item with two reviews, a source that is no review of the same
        item, or a text's own item among its hard negatives
    """

    def __init__(self, lower, items, batch_size=64, n_keys=2, hard=None, source=None, seed=0):
        self.lower, self.items, self.hard = lower, np.asarray(items), hard
        check_number("n_keys", n_keys, least=1, whole=True)
        self.batch_size, self.n_keys, self.seed = batch_size, n_keys, seed
        n = len(lower)
        self.source = np.arange(n) if source is None else np.asarray(source)
        sizes = {len(x) for x in (self.items, self.source, lower if hard is None else hard)}
        if sizes != {n}:
            raise ValueError(f"{n} texts, but rows {sorted(sizes)}: give one item a text")
        own = np.zeros(n) if hard is None else (hard == self.items[:, None]).any(axis=1)
        if own.any():
            raise ValueError(f"text {own.argmax()} has its own item among its hard negatives")
        is_review = self.source == np.arange(n)
        lost = ~is_review[self.source] | (self.items[self.source] != self.items)
        if lost.any():
            raise ValueError(f"text {lost.argmax()}: its source is no review of its item")
        last = max(self.items.max(initial=0), 0 if hard is None else np.max(hard))
        self.members = [np.flatnonzero(is_review & (self.items == i)) for i in range(last + 1)]
        self.made = {}  # the texts made of each review that may ask, itself among them
        for row, review in enumerate(self.source):
            if len(self.members[self.items[row]]) > 1:
                self.made.setdefault(int(review), []).append(row)
        if not self.made:
            raise ValueError("no item has two texts: there is no pair to learn from")

    def __len__(self):
        return max(1, len(self.made) // self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch; what does not fill one is left for another epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict; ``"texts"``, padded states by number, and ``"order"``, which puts their rows into
            order: the B queries first; ``"keys"``, float tensor (K, T), whose rows say of which
            texts a key is the mean, key b being that of query b; ``"items"`` (B,) and
            ``"key_items"`` (K,)
        """
        rng = np.random.default_rng([self.seed, number])
        order = np.array([rng.choice(made) for made in self.made.values()])
        order = rng.permutation(order)
        for queries in whole_batches(order, self.batch_size):
            keys = [self._draw(self.items[row], rng, but=self.source[row]) for row in queries]
            key_items = self.items[queries]
            if self.hard is not None:
                drawn = rng.integers(self.hard.shape[1], size=len(queries))
                wrong = np.unique(self.hard[queries, drawn])
                wrong = wrong[[len(self.members[item]) > 0 for item in wrong]]
                keys += [self._draw(item, rng) for item in wrong]
                key_items = np.concatenate([key_items, wrong])
            yield self._batch(queries, keys) | {
                "items": torch.from_numpy(self.items[queries]),
                "key_items": torch.from_numpy(key_items),
            }

    def _draw(self, item, rng, but=None):
        """Draw some reviews of an item."""
        rows = self.members[item]
        rows = rows if but is None else rows[rows != but]
        return rng.choice(rows, size=min(self.n_keys, len(rows)), replace=False)

    def _batch(self, queries, keys):
        """Padded states of all texts, and which make a key."""
        texts = np.concatenate([queries, *keys])
        sizes = [len(rows) for rows in keys]
        shares = torch.zeros(len(keys), len(texts))
        of = torch.repeat_interleave(torch.arange(len(keys)), torch.tensor(sizes))
        shares[of, torch.arange(len(queries), len(texts))] = 1 / torch.tensor(sizes)[of]
        return self.lower.apart(texts) | {"keys": shares}


class PairObjective(nn.Module):
    """Upper layers, and the contrastive loss: each query finds its key among all of the batch.

    Parameters
    ----------
    upper : UpperLayers; what is trained
    temperature : float; cosines are divided by it
    """

    whole = True  # the rows of a batch are compared with each other

    def __init__(self, upper, temperature=0.05):
        super().__init__()
        check_number("temperature", temperature, above=0)
        self.upper, self.temperature = upper, temperature

    def forward(self, batch):
        """Return the loss of a batch.

        Parameters
        ----------
        batch : dict; of ``PairBatches``

        Returns
        -------
        dict; ``"loss"``, and ``"found"``: the share of queries whose key is the most similar
        """
        vectors = nn.functional.normalize(joined_vectors(self.upper, batch), dim=-1)  # (T, d)
        queries = vectors[: len(batch["items"])]  # (B, d)
        keys = nn.functional.normalize(batch["keys"] @ vectors, dim=-1)  # (K, d)
        return pair_loss(queries, keys, batch["items"], batch["key_items"], self.temperature)


def pair_loss(queries, keys, items, key_items, temperature=0.05):
    """Cross-entropy of each query's own key among all keys but others of its item.

    Parameters
    ----------
    queries : float tensor (B, d); of length 1
    keys : float tensor (K, d); of length 1; key b is that of query b
    items, key_items : int tensor (B,) and (K,)
    temperature : float

    Returns
    -------
    dict; ``"loss"`` and ``"found"``, float tensors ()

    Source: van den Oord et al. 2018; Henderson et al. 2017 (in-batch negatives).
    """
    cosine = queries @ keys.T  # (B, K)
    own = torch.arange(len(queries), device=queries.device)
    same = items[:, None] == key_items  # (B, K)
    same[own, own] = False
    cosine = cosine.masked_fill(same, -torch.inf)  # right as well, so no negatives
    loss = cross_entropy(cosine / temperature, own)
    return {"loss": loss, "found": (cosine.argmax(1) == own).float().mean()}


def tune_upper(
    upper,
    lower,
    items,
    training,
    *,
    n_keys=2,
    hard=None,
    source=None,
    temperature=0.05,
    **options,
):
    """Tune upper layers, in place, so that reviews find the other reviews of their item.

    Parameters
    ----------
    upper : UpperLayers; it ends in evaluation mode, on the device of the batches
    lower, items : as in ``PairBatches``
    training : Training; its seed is that of the batches too
    n_keys, hard, source, temperature : as in ``PairBatches`` and ``PairObjective``
    **options : of ``train``: watch, choose, folder, resume, device, ...

    Returns
    -------
    pandas.DataFrame; the history of ``train``

    Raises
    ------
    ValueError: as ``PairBatches``, ``PairObjective`` and ``train``
    """
    batches = PairBatches(lower, items, training.batch_size, n_keys, hard, source, training.seed)
    objective = PairObjective(upper, temperature)
    history = train(objective, batches, training, title="tuning the search", **options)
    upper.to(lower.batch([0])[0].device)
    return history
