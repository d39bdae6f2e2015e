"""The loop beneath every Trainer, written out once."""

from __future__ import annotations

import torch


def take_steps(model, batches, learning_rates, weight_decay=0.01, clip=1.0):
    """Train a model for a few steps: forward, loss, backward, clip, step.

    It takes the steps that transformers' Trainer takes; for anything longer use that one.

    Parameters
    ----------
    model : TextClassifier
        Changed in place.
    batches : iterable of dict of tensor
        What ``model`` takes, with ``labels``; one a step.
    learning_rates : iterable of float
        One a step.
    weight_decay : float, default 0.01
        The pull of the weights to 0; biases and layer norms are left alone.
    clip : float, default 1.0
        A gradient longer than this is shortened to it.

    Returns
    -------
    list of float
        The loss of each step, before it was taken.

    Source: Loshchilov and Hutter 2019 (AdamW); Pascanu et al. 2013 (clipping).
    """
    moving = {key: weight for key, weight in model.named_parameters() if weight.requires_grad}
    plain = [w for key, w in moving.items() if "bias" in key or "LayerNorm" in key]
    decayed = [w for key, w in moving.items() if "bias" not in key and "LayerNorm" not in key]
    groups = [{"params": plain, "weight_decay": 0.0}, {"params": decayed}]
    optimizer = torch.optim.AdamW(groups, weight_decay=weight_decay)
    losses = []
    model.train()
    for batch, learning_rate in zip(batches, learning_rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate
        loss = model(**batch)["loss"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(moving.values(), clip)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses
