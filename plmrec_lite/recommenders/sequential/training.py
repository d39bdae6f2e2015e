"""What a sequence network is trained on: windows of histories, and the items hidden in them."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from torch import nn

from plmrec_lite.recommenders.sequential.losses import gbce_loss, sampled_softmax_loss, softmax_loss
from plmrec_lite.recommenders.sequential.windows import (
    PADDING,
    masked,
    padded,
    random_windows,
    shifted,
)

OBJECTIVES = ("next", "masked")
MASK_SHARE = 0.3  # of the events of a window


class WindowBatches:
    """Batches of windows: an epoch cuts one at a random place out of every history.

    Parameters
    ----------
    histories : list of int arrays; item ids, the oldest first; those of a single event are left out
    n_items : int; from how many items negatives are drawn
    objective : {"next", "masked"}; what is predicted: at each event the next one, or the events
        that are masked
    length : int; the most events that the network reads at once
    batch_size : int; windows a step, at most
    n_negatives : int; items drawn a batch, uniformly and with replacement
    seed : int; Windows, batches, masks and negatives depend on it and the epoch's number alone

    Source: Kang & McAuley 2018; Sun et al. 2019.
    """

    def __init__(
        self, histories, n_items, objective="next", length=50, batch_size=32, n_negatives=0, seed=0
    ):
        self.histories = [history for history in histories if len(history) > 1]
        self.n_items, self.objective, self.length = n_items, objective, length
        self.batch_size, self.n_negatives, self.seed = batch_size, n_negatives, seed

    def __len__(self):
        return -(-len(self.histories) // self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; which epoch, from 0

        Yields
        ------
        dict; ``"inputs"`` and ``"targets"``, int64 tensors (B, T), ``PADDING`` in ``"targets"``
            where nothing is predicted; ``"n_targets"``, an int; and ``"shared"`` with
            ``"negatives"``, an int64 tensor (n_negatives,)
        """
        rng = np.random.default_rng([self.seed, number])
        n_events = self.length + (self.objective == "next")  # the last target is not read
        windows = random_windows(self.histories, n_events, rng)
        for rows in np.array_split(rng.permutation(len(windows)), len(self)):
            batch = padded([windows[row] for row in rows])
            if self.objective == "next":
                inputs, targets = shifted(batch)
            else:
                inputs, targets = masked(batch, MASK_SHARE, rng)
            negatives = torch.from_numpy(rng.integers(self.n_items, size=self.n_negatives))
            yield {
                "inputs": inputs,
                "targets": targets,
                "n_targets": int((targets != PADDING).sum()),
                "shared": {"negatives": negatives},
            }


class SequenceObjective(nn.Module):
    """A network and the loss it is trained with.

    Parameters
    ----------
    network : SequenceNetwork; what is trained; causal for the objective "next", not causal for
        "masked"
    loss : {"softmax", "sampled", "bce", "gbce"}; See ``sequential.losses``
    """

    def __init__(self, network, loss="softmax"):
        super().__init__()
        self.network, self.loss = network, loss

    def forward(self, batch):
        """Return the loss of a batch, or a part's share of it.

        Parameters
        ----------
        batch : dict; of `WindowBatches`

        Returns
        -------
        dict; ``"loss"``, a float tensor (): the mean over the targets of the whole batch, in nats
        """
        hidden, items = self.network(batch["inputs"])  # (B, T, C), (n_items, C)
        there = batch["targets"] != PADDING
        hidden, targets = hidden[there], batch["targets"][there]  # (P, C), (P,)
        share = len(targets) / batch["n_targets"]
        if self.loss == "softmax":
            return {"loss": softmax_loss(hidden, items, targets) * share}
        sampling_loss = {
            "sampled": sampled_softmax_loss,
            "bce": partial(gbce_loss, calibration=0.0),
            "gbce": gbce_loss,
        }[self.loss]
        negatives = batch["shared"]["negatives"]
        return {"loss": sampling_loss(hidden, items, targets, negatives) * share}
