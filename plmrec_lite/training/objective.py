"""A model and what it is to minimise, in one module."""

from __future__ import annotations

from torch import nn


class Objective(nn.Module):
    """A model with the function that says what it is to minimise: a module for ``train``.

    Parameters
    ----------
    model : torch.nn.Module; what is trained
    losses : callable; ``losses(model, batch)`` returns the dict that ``train`` asks of a module
    """

    def __init__(self, model, losses):
        super().__init__()
        self.model = model
        self.losses = losses

    def forward(self, batch):
        """Return the losses of a batch.

        Parameters
        ----------
        batch : dict; see ``train``

        Returns
        -------
        dict of float tensor ()
        """
        return self.losses(self.model, batch)
