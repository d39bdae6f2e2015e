"""The settings of a training, and the learning rate of each step."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from plmrec_lite.checks import check_choice, check_number
from plmrec_lite.runtime import check_seed

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True)
class Training:
    """The settings of a training; each means the same wherever the book trains.

    Parameters
    ----------
    n_epochs : float or None; passes over the data; give this or ``n_steps``
    n_steps : int or None; steps of the optimiser; 0 trains nothing
    batch_size : int; examples a step, of all processes and parts together
    learning_rate : float; the highest of AdamW: reached when warm-up ends, 0 after the last step
    warmup : float; the share of the steps, rounded up, in which the learning rate rises linearly
        from 0; from there it falls linearly
    weight_decay : float; of AdamW, on matrices only: not on biases, norms and other vectors
    clip : float; a gradient whose norm over all trained parameters is larger is scaled to it;
        ``math.inf`` scales none
    accumulation : int; parts into which a process cuts its share of a batch, to save memory
    precision : {"float32", "bfloat16"}; of the forward pass; weights and optimiser stay float32
    seed : int; of batches, masks, negatives and dropout

    Raises
    ------
    ValueError: a setting out of range
    """

    n_epochs: float | None = None
    n_steps: int | None = None
    batch_size: int = 32
    learning_rate: float = 1e-3
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    accumulation: int = 1
    precision: str = "float32"
    seed: int = 0

    def __post_init__(self):
        if (self.n_epochs is None) == (self.n_steps is None):
            raise ValueError(
                f"n_epochs={self.n_epochs}, n_steps={self.n_steps}: give one of the two"
            )
        if self.n_epochs is not None:
            check_number("n_epochs", self.n_epochs, least=0)
        else:
            check_number("n_steps", self.n_steps, least=0, whole=True)
        check_number("batch_size", self.batch_size, least=1, whole=True)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("warmup", self.warmup, least=0, below=1)
        check_number("weight_decay", self.weight_decay, least=0)
        if self.clip != math.inf:
            check_number("clip", self.clip, above=0)
        check_number("accumulation", self.accumulation, least=1, whole=True)
        check_choice("precision", self.precision, tuple(PRECISIONS))
        check_seed(self.seed)


def rate_factor(step, n_steps, warmup):
    """Return the share of the highest learning rate at a step: transformers' linear schedule.

    Parameters
    ----------
    step : int; from 0
    n_steps : int; of the whole training
    warmup : float; the share of them, rounded up, in which the rate rises

    Returns
    -------
    float

    Examples
    --------
    >>> [round(rate_factor(step, 5, 0.4), 2) for step in range(5)]
    [0.0, 0.5, 1.0, 0.67, 0.33]
    """
    rising = math.ceil(warmup * n_steps)
    return step / rising if step < rising else (n_steps - step) / max(1, n_steps - rising)
