"""Rows in random order, cut into batches: what ``train`` walks through."""

from __future__ import annotations

import numpy as np
import torch


def whole_batches(order, batch_size):
    """Cut rows into batches of one size; what does not fill one is left for another epoch.

    Parameters
    ----------
    order : array (n,); rows
    batch_size : int; where there are fewer rows, they are the one batch

    Returns
    -------
    list of array

    Examples
    --------
    >>> [rows.tolist() for rows in whole_batches(np.array([3, 0, 2, 1, 4]), 2)]
    [[3, 0], [2, 1]]
    """
    n_batches = max(1, len(order) // batch_size)
    return [order[n * batch_size : (n + 1) * batch_size] for n in range(n_batches)]


class RowBatches:
    """Rows of several tables in random order, in whole batches.

    Parameters
    ----------
    columns : dict of str to array (n, ...)
    batch_size : int
    seed : int; the batches depend on it and the epoch's number alone
    shared : dict of tensor, or None; what each batch gets whole, see ``train``

    Raises
    ------
    ValueError: no rows, or unequal lengths
    """

    def __init__(self, columns, batch_size, seed=0, shared=None):
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
        self.batch_size, self.seed = min(batch_size, self.n), seed
        self.shared = {} if shared is None else {"shared": shared}

    def __len__(self):
        return self.n // self.batch_size

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; from 0

        Yields
        ------
        dict of str to tensor (B, ...)
        """
        order = torch.from_numpy(np.random.default_rng([self.seed, number]).permutation(self.n))
        for rows in whole_batches(order, self.batch_size):
            yield {name: column[rows] for name, column in self.columns.items()} | self.shared
