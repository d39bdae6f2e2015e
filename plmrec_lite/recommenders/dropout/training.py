"""What DropoutNet is trained on: batches of items, some of which lose their vector."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn


class ItemBatches:
    """Batches of items, a share of which is to lose its vector.

    Parameters
    ----------
    items : int array (n,); those with events
    dropout : float; the share, rounded down
    batch_size : int
    seed : int; the batches depend on it and the epoch's number alone
    """

    def __init__(self, items, dropout, batch_size, seed=0):
        self.items, self.dropout, self.batch_size, self.seed = items, dropout, batch_size, seed

    def __len__(self):
        return -(-len(self.items) // self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch, each item once.

        Parameters
        ----------
        number : int; which epoch, from 0

        Yields
        ------
        dict: ``"items"``, int64 tensor (B,); ``"dropped"``, bool tensor (B,); ``"n_items"``, B
        """
        rng = np.random.default_rng([self.seed, number])
        for rows in np.array_split(rng.permutation(self.items), len(self)):
            dropped = rng.permutation(len(rows)) < int(self.dropout * len(rows))
            yield {
                "items": torch.from_numpy(rows),
                "dropped": torch.from_numpy(dropped),
                "n_items": len(rows),
            }


class DropoutObjective(nn.Module):
    """The two networks, what they read, and the scores that they are to rebuild.

    Parameters
    ----------
    network : torch.nn.ModuleDict; ``"user"`` and ``"item"``
    users : float array (n_active, f); the factorisation's vectors of users with events
    items : float array (n_items, f); those of the items, zeros for an item without events
    content : float array (n_items, d)
    warm : bool array (n_items,); which items have events
    """

    def __init__(self, network, users, items, content, warm):
        super().__init__()
        self.network = network
        everybody = np.ones(len(users), dtype=bool)
        for name, table in (
            ("users", _standardized(users, everybody)),
            ("items", _standardized(items, warm)),
            ("content", content),
            ("targets", items @ users.T),  # (n_items, n_active)
        ):
            self.register_buffer(name, torch.from_numpy(table).float())

    def user_outputs(self):
        """Return the users' vectors.

        Returns
        -------
        float tensor (n_active, d_model)
        """
        return self.network["user"](self.users)

    def item_outputs(self, items=slice(None), dropped=None):
        """Return the vectors of some items.

        Parameters
        ----------
        items : int64 tensor (B,) or slice
        dropped : bool tensor (B,) or None; of which the factorisation's vector is not read

        Returns
        -------
        float tensor (B, d_model)
        """
        known = self.items[items]  # (B, f)
        if dropped is not None:
            known = known.masked_fill(dropped[:, None], 0.0)
        return self.network["item"](torch.cat([known, self.content[items]], dim=1))

    def forward(self, batch):
        """Return a part's share of the mean squared error of the batch.

        Parameters
        ----------
        batch : dict; of `ItemBatches`

        Returns
        -------
        dict: ``"loss"``, a float tensor ()
        """
        items = batch["items"]
        found = self.item_outputs(items, batch["dropped"]) @ self.user_outputs().T
        error = (found - self.targets[items]) ** 2  # (B, n_active)
        return {"loss": error.mean(dim=1).sum() / batch["n_items"]}


def _standardized(table, rows):
    """Columns of mean 0 and deviation 1 over some rows; zeros in all other rows."""
    known = table[rows] if rows.any() else np.zeros((1, table.shape[1]))
    spread = known.std(axis=0)
    return np.where(rows[:, None], (table - known.mean(axis=0)) / (spread + (spread == 0)), 0.0)


def alike(content, warm, size):
    """Centre content over the known items, and give it the mean squared length of their vectors.

    Parameters
    ----------
    content : float array (n_items, d)
    warm : bool array (n_items,); the known items
    size : int; columns of deviation 1 that a known item's vector has

    Returns
    -------
    float array (n_items, d): zeros if all known rows are equal
    """
    known = content[warm] if warm.any() else content
    centred = content - known.mean(axis=0)
    length = np.sqrt(((known - known.mean(axis=0)) ** 2).sum(axis=1).mean())
    return centred * size**0.5 / (length + (length == 0))
