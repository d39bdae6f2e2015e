"""What LightGCN is trained on: batches of events, each with an item that its user has not met."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.nn.losses import bpr, log_softmax

LOSSES = ("bpr", "softmax")


class EventBatches:
    """Batches of events, in an order and with other items drawn anew in each epoch.

    Parameters
    ----------
    X : scipy.sparse.csr_array (n_users, n_items); the events; a user who met every item is left
        out where others are drawn
    batch_size : int
    seed : int; the batches depend on it and the epoch's number alone
    draw : bool; whether another item is drawn for each event
    """

    def __init__(self, X, batch_size, seed=0, draw=True):
        self.X = X.sorted_indices()
        self.batch_size, self.seed, self.draw = batch_size, seed, draw
        self.users, self.items = self.X.nonzero()
        if draw:
            some_left = (np.diff(self.X.indptr) < X.shape[1])[self.users]
            self.users, self.items = self.users[some_left], self.items[some_left]

    def __len__(self):
        return -(-len(self.users) // self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch, each event once.

        Parameters
        ----------
        number : int; which epoch, from 0

        Yields
        ------
        dict: ``"users"``, ``"items"`` and, where they are drawn, ``"others"``, int64 tensors (B,);
        ``"n_events"``, B
        """
        rng = np.random.default_rng([self.seed, number])
        for rows in np.array_split(rng.permutation(len(self.users)), len(self)):
            columns = {"users": self.users[rows], "items": self.items[rows]}
            if self.draw:
                columns["others"] = unmet_items(self.X, columns["users"], rng)
            batch = {key: torch.from_numpy(v.astype(np.int64)) for key, v in columns.items()}
            yield batch | {"n_events": len(rows)}


def unmet_items(X, users, rng):
    """Draw an item that each user has not met, all of these equally likely.

    Parameters
    ----------
    X : scipy.sparse.csr_array (n_users, n_items); what they met, with sorted indices
    users : int array (n,); who has not met every item
    rng : numpy.random.Generator

    Returns
    -------
    int array (n,)
    """
    n_met, n_items = np.diff(X.indptr), X.shape[1]
    place = rng.integers(n_items - n_met[users])  # the how-manieth of the unmet items
    # Below the j-th met item of a user there are indices - j unmet ones: those met items that
    # have no more than ``place`` unmet ones below them come before the item that is meant.
    row = np.repeat(np.arange(len(n_met)), n_met)
    below = X.indices - (np.arange(X.nnz) - X.indptr[row])
    keys = row * (n_items + 1) + below  # sorted, by user and then by ``below``
    before = keys.searchsorted(users * (n_items + 1) + place, side="right") - X.indptr[users]
    return place + before


class GraphObjective(nn.Module):
    """The vectors before propagation, and how badly the propagated ones rank.

    Parameters
    ----------
    start : float tensor (n_nodes, d); first values of the vectors; users first
    propagation : Propagation
    n_users : int
    loss : str; one of LOSSES
    regularization : float; weight of the squared lengths of an event's vectors
    """

    def __init__(self, start, propagation, n_users, loss, regularization):
        super().__init__()
        self.vectors = nn.Parameter(start)
        self.propagation = propagation
        self.n_users, self.loss, self.regularization = n_users, loss, regularization

    def propagated(self):
        """Return the vectors of users and items after propagation.

        Returns
        -------
        tuple of float tensors (n_users, d) and (n_items, d)
        """
        vectors = self.propagation(self.vectors)
        return vectors[: self.n_users], vectors[self.n_users :]

    def forward(self, batch):
        """Return a part's share of the mean loss of the batch.

        Parameters
        ----------
        batch : dict; of `EventBatches`

        Returns
        -------
        dict: ``"loss"``, a float tensor (); ``"ranking"``, the loss without the squared lengths
        """
        P, Q = self.propagated()
        ends = [batch["users"], batch["items"] + self.n_users]
        if self.loss == "bpr":
            user, item, other = P[batch["users"]], Q[batch["items"]], Q[batch["others"]]  # (B, d)
            ranking = bpr((user * item).sum(-1), (user * other).sum(-1), reduction="sum")
            ends.append(batch["others"] + self.n_users)
        else:  # the chances of all items once a user, not once an event
            users, row = torch.unique(batch["users"], return_inverse=True)
            log_p = log_softmax(P[users] @ Q.T)  # (n_different, n_items)
            ranking = -log_p[row, batch["items"]].sum()
        lengths = sum((self.vectors[rows] ** 2).sum() for rows in ends)
        ranking = ranking / batch["n_events"]
        loss = ranking + self.regularization * lengths / batch["n_events"]
        return {"loss": loss, "ranking": ranking}
