"""DP-SGD: a training in which the gradient of each person is clipped, and their sum gets noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, grad_and_value, vmap

from plmrec_lite.applications.privacy.budget import PrivacyBudget
from plmrec_lite.training import train


class PoissonBatches:
    """Batches in which each row is with the same probability, whatever the others do.

    Parameters
    ----------
    columns : dict of str to array (n, ...)
    rate : float; the probability
    seed : int; the batches, and the noise of each step, depend on it and the epoch's number alone

    Raises
    ------
    ValueError: no rows, or unequal lengths
    """

    def __init__(self, columns, rate, seed=0):
        sizes = {len(column) for column in columns.values()}
        if len(sizes) != 1 or not min(sizes):
            raise ValueError(
                f"{', '.join(columns)}: columns of lengths {sorted(sizes)}: give one row each, at "
                "least one"
            )
        self.columns = {
            name: torch.from_numpy(np.ascontiguousarray(column)) for name, column in columns.items()
        }
        (self.n,) = sizes
        self.rate, self.seed = rate, seed

    def __len__(self):
        return max(1, round(1 / self.rate))

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict of str to tensor (B, ...), and ``noise_seed``, an int; B may be 0
        """
        rng = np.random.default_rng([self.seed, number])
        for _ in range(len(self)):
            rows = torch.from_numpy(np.flatnonzero(rng.random(self.n) < self.rate))
            batch = {name: column[rows] for name, column in self.columns.items()}
            yield batch | {"noise_seed": int(rng.integers(2**62))}


class PrivateObjective(nn.Module):
    """A model whose loss has the noisy gradient of DP-SGD: a module for ``train``.

    Opacus clips each row's gradient, sums them and adds the noise; the loss that ``train`` sends
    back is linear in the weights and has this gradient. What follows, Adam and weight decay, sees
    nothing else of the data.

    Parameters
    ----------
    model : torch.nn.Module
    row_loss : callable; ``row_loss(model, row)`` of one row, a dict of tensors without the batch
        dimension, returns a float tensor (); it must call the model as ``model(...)``
    budget : PrivacyBudget

    Source: Abadi et al. 2016, algorithm 1.
    """

    whole = True  # one noise for a whole batch

    def __init__(self, model, row_loss, budget):
        super().__init__()
        self.model, self.row_loss, self.budget = model, row_loss, budget

    def forward(self, batch):
        """Return the loss of a batch.

        Parameters
        ----------
        batch : dict; of ``PoissonBatches``

        Returns
        -------
        dict; ``"loss"``: its value is the mean over the rows, 0 without any. It is computed on
            people's data and not protected: do not publish it.
        """
        weights = {k: p for k, p in self.model.named_parameters() if p.requires_grad}
        rows = {name: value for name, value in batch.items() if name != "noise_seed"}
        gradients, losses = self._each(weights, rows)
        private = self._private(weights, gradients, batch["noise_seed"])
        linear = sum((weights[name] * private[name]).sum() for name in weights)
        mean = losses.mean() if len(losses) else losses.sum()
        return {"loss": linear + (mean - linear).detach()}

    def _each(self, weights, rows):
        """Gradients, by name (B, ...), and losses (B,) of each row."""
        fixed = {name: weight.detach() for name, weight in weights.items()}
        if not len(next(iter(rows.values()))):
            where = next(iter(fixed.values())).device
            none = {name: weight.new_zeros(0, *weight.shape) for name, weight in fixed.items()}
            return none, torch.zeros(0, device=where)

        def loss(given, row):
            def model(*values):
                return functional_call(self.model, given, values)

            return self.row_loss(model, row)

        return vmap(grad_and_value(loss), in_dims=(None, 0), randomness="different")(fixed, rows)

    def _private(self, weights, gradients, noise_seed):
        """The mean gradient of a batch of the expected size, clipped and with noise."""
        from opacus.optimizers import DPOptimizer

        budget = self.budget
        optimizer = DPOptimizer(
            torch.optim.SGD(weights.values(), lr=0.0),
            noise_multiplier=budget.noise,
            max_grad_norm=budget.clip,
            expected_batch_size=budget.rate * budget.n,
            generator=torch.Generator(next(iter(weights.values())).device).manual_seed(noise_seed),
        )
        for name, weight in weights.items():
            weight.grad_sample = gradients[name].to(weight.dtype)
        optimizer.clip_and_accumulate()
        optimizer.add_noise()
        optimizer.scale_grad()
        private = {name: weight.grad.detach().clone() for name, weight in weights.items()}
        for weight in weights.values():
            weight.grad = weight.grad_sample = weight.summed_grad = None
        return private


def train_privately(model, row_loss, columns, budget, settings, **options):
    """Train a model by DP-SGD, on ``plmrec_lite.training.train``.

    The noise comes from a seed, so that a run can be repeated. Whoever knows the seed can take it
    off again: in a service draw it from the operating system, and forget it.

    Parameters
    ----------
    model : torch.nn.Module; trained in place
    row_loss : as in ``PrivateObjective``
    columns : dict of str to array (n, ...); one row a unit of the budget
    budget : PrivacyBudget; of n units and as many steps as are taken
    settings : Training; its number of steps and its clipping are those of the budget
    **options : of ``train``; what ``watch`` sees of the training data is not protected

    Returns
    -------
    pandas.DataFrame; of ``train``; its losses are not protected

    Raises
    ------
    TypeError: ``budget`` is a number or something else
    ValueError: another number of rows or of steps than the budget's, or another precision than
        float32; and see ``train``
    """
    if not isinstance(budget, PrivacyBudget):
        raise TypeError(f"budget={budget!r}: give PrivacyBudget(epsilon=..., delta=..., ...)")
    if settings.precision != "float32":
        raise ValueError(
            f"precision={settings.precision!r}: gradients are clipped and get their noise in "
            "float32; train with precision='float32'"
        )
    batches = PoissonBatches(columns, budget.rate, settings.seed)
    if batches.n != budget.n:
        raise ValueError(f"{batches.n} rows and a budget for n={budget.n}: give one row a unit")
    n_steps = settings.n_steps
    if n_steps is None:
        n_steps = int(np.ceil(settings.n_epochs * len(batches)))
    if n_steps > budget.n_steps:
        raise ValueError(
            f"{n_steps} steps and a budget for n_steps={budget.n_steps}: each step more costs more "
            "epsilon; give a budget for all of them"
        )
    objective = PrivateObjective(model, row_loss, budget)
    settings = replace(settings, clip=float("inf"))  # the sum needs no second clipping
    return train(objective, batches, settings, **{"title": "private training"} | options)
