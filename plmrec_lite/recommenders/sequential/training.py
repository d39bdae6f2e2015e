"""Train a sequence network to guess what comes next, or what is hidden."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
from transformers import get_linear_schedule_with_warmup

from plmrec_lite.recommenders.sequential.losses import gbce_loss, sampled_softmax_loss, softmax_loss
from plmrec_lite.recommenders.sequential.windows import (
    PADDING,
    masked,
    padded,
    random_windows,
    shifted,
)
from plmrec_lite.runtime import progress

OBJECTIVES = ("next", "masked")
MASK_SHARE = 0.3  # of the events of a window


def train_network(
    network,
    histories,
    rng,
    objective="next",
    loss="softmax",
    length=50,
    n_epochs=24,
    batch_size=32,
    learning_rate=3e-3,
    n_negatives=256,
    watch=None,
):
    """Train in place, each epoch on one random window of every history.

    Parameters
    ----------
    network : SequenceNetwork
        What is trained; causal for "next", not causal for "masked".
    histories : list of int arrays
        Item ids, the oldest first; two events or more each.
    rng : numpy.random.Generator
        Draws windows, batches, masks and negatives. Dropout follows torch's own seed.
    objective : {"next", "masked"}
        What is guessed.
    loss : {"softmax", "sampled", "bce", "gbce"}
        How a guess is judged, see ``sequence_losses``.
    length : int
        The most events that are read at once.
    n_epochs, batch_size : int
        Epochs; windows a step.
    learning_rate : float
        The highest of Adam: reached after a tenth of the steps, 0 at the end.
    n_negatives : int
        Items drawn a batch, for the losses that sample.
    watch : callable or None
        Called as ``watch(epoch)`` after each epoch.

    Returns
    -------
    float array (n_epochs,)
        The mean loss of each epoch, in nats; empty if there are no histories.

    Source: Kang & McAuley 2018; Sun et al. 2019.
    """
    if not histories:
        return np.zeros(0)
    optimizer = torch.optim.Adam(network.parameters(), learning_rate, betas=(0.9, 0.98))
    n_batches = -(-len(histories) // batch_size)
    n_steps = n_epochs * n_batches
    schedule = get_linear_schedule_with_warmup(optimizer, n_steps // 10, n_steps)
    n_events = length + (objective == "next")  # what is guessed last need not be read
    losses = np.zeros((n_epochs, n_batches))
    for epoch in progress(range(n_epochs), "training on sequences"):
        network.train()
        windows = random_windows(histories, n_events, rng)
        batches = np.array_split(rng.permutation(len(windows)), n_batches)
        for step, rows in enumerate(batches):
            batch = padded([windows[row] for row in rows])
            value = batch_loss(network, batch, rng, objective, loss, n_negatives)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses[epoch, step] = value.item()
        if watch is not None:
            watch(epoch + 1)
    return losses.mean(1)


def batch_loss(network, windows, rng, objective, loss, n_negatives):
    """Return the loss of one batch.

    Parameters
    ----------
    network : SequenceNetwork
        What is trained.
    windows : int tensor (B, T)
        Item ids, padded.
    rng : numpy.random.Generator
        Draws masks and negatives.
    objective, loss, n_negatives
        As in `train_network`.

    Returns
    -------
    float tensor ()
        The mean over all events that are guessed.

    Source: Kang & McAuley 2018; Sun et al. 2019.
    """
    if objective == "next":
        inputs, targets = shifted(windows)
    else:
        inputs, targets = masked(windows, MASK_SHARE, rng)
    where = next(network.parameters()).device
    hidden, items = network(inputs.to(where))  # (B, T, C), (n_items, C)
    guessed = targets != PADDING
    hidden, targets = hidden[guessed.to(where)], targets[guessed].to(where)  # (P, C), (P,)
    if loss == "softmax":
        return softmax_loss(hidden, items, targets)
    negatives = torch.from_numpy(rng.integers(len(items), size=n_negatives)).to(where)
    judge = {
        "sampled": sampled_softmax_loss,
        "bce": partial(gbce_loss, calibration=0.0),
        "gbce": gbce_loss,
    }[loss]
    return judge(hidden, items, targets, negatives)
