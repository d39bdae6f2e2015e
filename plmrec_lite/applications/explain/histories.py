"""A history whose score for one item is explained event by event, by four methods."""

from __future__ import annotations

import math

import numpy as np
import torch

from plmrec_lite.applications.explain.gradients import integrated_gradients
from plmrec_lite.applications.explain.rollout import rollout
from plmrec_lite.checks import check_ids


class ExplainedHistory:
    """One history, and the score that a sequence model gives one item after it.

    The score is in standard deviations of the scores of all items after the whole history. An
    event that says nothing is the mean of all items' vectors.

    Parameters
    ----------
    model : SequentialTransformer; fitted, with ``objective="next"``
    history : int array; item ids, the oldest first; the last ``network.length`` are read
    item : int; what is scored

    Attributes
    ----------
    events : int array (n,); what is read

    Raises
    ------
    ValueError: another objective, an empty history or an unknown item
    """

    def __init__(self, model, history, item):
        if model.objective != "next":
            raise ValueError(f"objective={model.objective!r}: only 'next' is explained here")
        n_items = len(model.item_vectors_)
        history = check_ids(history, n_items, "history")
        if not len(history):
            raise ValueError("an empty history: give at least one event")
        (self.item,) = check_ids([item], n_items, "item").tolist()
        self.network = model.network_.eval()
        self.events = history[-model.network.length :]
        scores = model.score_histories([self.events])[0] - model.bonus_
        self.centre, self.spread = float(scores.mean()), float(scores.std())
        with torch.no_grad():
            self.items = self.network.embedding()  # (n_items, C)

    def __len__(self):
        return len(self.events)

    def score(self, kept):
        """Score the item after some of the events only; after none, after one that says nothing.

        Parameters
        ----------
        kept : bool array (n_sets, n)

        Returns
        -------
        float64 array (n_sets,)
        """
        vectors = self.items[torch.from_numpy(self.events)]  # (n, C)
        nothing = self.items.mean(0, keepdim=True)
        with torch.inference_mode():
            scores = [
                self.from_vectors((vectors[torch.from_numpy(row)] if row.any() else nothing)[None])
                for row in np.asarray(kept, dtype=bool)
            ]
        return torch.cat(scores).double().numpy()

    def attention(self):
        """Return each event's share of the last block's attention at the end of the history.

        Returns
        -------
        float array (n,); the mean of the heads
        """
        return self._attention()[-1][-1].double().numpy()

    def rollout(self):
        """Return each event's share of the output by attention rollout.

        Returns
        -------
        float array (n,)

        Source: Abnar & Zuidema 2020.
        """
        return rollout(self._attention())[-1].double().numpy()

    def integrated_gradients(self, n_steps=20):
        """Return what each event adds to the score, from mean vectors to the events' own.

        Parameters
        ----------
        n_steps : int

        Returns
        -------
        float array (n,); signed

        Source: Sundararajan et al. 2017.
        """
        x = self.items[torch.from_numpy(self.events)].clone()
        nothing = self.items.mean(0).expand_as(x).clone()
        parts = integrated_gradients(self.from_vectors, x, nothing, n_steps)  # (n, C)
        return parts.sum(1).double().numpy()

    def occlusion(self):
        """Return by how much the score falls when an event says nothing.

        Returns
        -------
        float array (n,); signed
        """
        x = self.items[torch.from_numpy(self.events)]  # (n, C)
        hidden = x.repeat(len(x) + 1, 1, 1)  # (n + 1, n, C)
        hidden[range(1, len(x) + 1), range(len(x))] = self.items.mean(0)
        with torch.inference_mode():
            scores = self.from_vectors(hidden).double().numpy()
        return scores[0] - scores[1:]

    def from_vectors(self, inputs):
        """Score the item after events that are given as vectors.

        Parameters
        ----------
        inputs : float tensor (B, T, C)

        Returns
        -------
        float tensor (B,)
        """
        hidden = self._blocks(inputs)[0][:, -1]  # (B, C)
        return (hidden @ self.items[self.item] - self.centre) / self.spread

    def _blocks(self, inputs):
        """The network behind its embedding: its output (B, T, C), and each block's attention."""
        network, weights = self.network, []
        x = inputs * math.sqrt(inputs.size(-1))
        places = torch.zeros(inputs.shape[:2], dtype=torch.long)
        if network.places is not None:
            x = (inputs + network.places[: inputs.size(1)]) * math.sqrt(inputs.size(-1))
        bias = network.attention_bias(places)
        for block in network.blocks:
            keep = block.attention.register_forward_hook(
                lambda module, given, found: weights.append(found[1])
            )
            try:
                x = block(x, bias)
            finally:
                keep.remove()
        return network.norm(x), weights

    def _attention(self):
        """Each block's attention, the mean of its heads: tensors (n, n)."""
        with torch.inference_mode():
            _, weights = self._blocks(self.items[torch.from_numpy(self.events)][None])
        return [one[0].mean(0) for one in weights]
