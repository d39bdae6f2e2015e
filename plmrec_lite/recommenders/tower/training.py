"""What a text tower is trained on: batches of items, or of events, and one of three losses."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from plmrec_lite.recommenders.tower.losses import cold_start_loss, match_loss, who_loss
from plmrec_lite.runtime import check_seed
from plmrec_lite.text.upper_layers import joined_vectors
from plmrec_lite.training import whole_batches

USERS_RATE = 20.0  # times the learning rate: of user vectors that are learned along
COLD_SHARE = 0.25  # of a batch's items, for the loss "cold start"
LEAST_ITEMS = 4  # with fewer items there is nothing to compare


class TowerBatches:
    """Batches of items that have events; for the loss "match", of events.

    An epoch is one pass in random order, in whole batches.

    Parameters
    ----------
    lower : LowerStates; the cached states of all n_items texts
    met : scipy.sparse array (n_users, n_items); 1 where a user met an item. Items that nobody met
        are never drawn.
    loss : {"cold start", "who", "match"}; See ``tower.losses``
    batch_size : int; items a step; events for "match"
    log_q : bool; whether "match" corrects for popular items being in many batches
    seed : int; the batches depend on it and the epoch's number alone
    """

    def __init__(self, lower, met, loss="cold start", batch_size=128, log_q=True, seed=0):
        self.lower, self.loss = lower, loss
        self.batch_size, self.seed = batch_size, seed
        self.met = met.T.tocsr()  # (n_items, n_users)
        counts = np.diff(self.met.indptr)  # (n_items,)
        self.items = np.flatnonzero(counts)
        self.events = np.stack(self.met.nonzero(), axis=1)  # (n_events, 2): item, user
        share = np.maximum(counts, 1) / max(len(self.events), 1)
        self.log_q = torch.from_numpy(np.log(share) if log_q else 0 * share).float()
        self.n_examples = len(self.events if loss == "match" else self.items)

    def __len__(self):
        return max(1, self.n_examples // self.batch_size)

    def epoch(self, number):
        """Yield the batches of an epoch.

        Parameters
        ----------
        number : int; which epoch, from 0

        Yields
        ------
        dict; ``"texts"`` and ``"order"`` of ``LowerStates.apart``; ``"met"``, a float tensor
            (B, n_users). For "match", ``"met"`` is a bool tensor (B, B): whether the user of row a
            met the item of row b; and there are ``"users"`` and ``"log_q"``, tensors (B,).
        """
        order = np.random.default_rng([self.seed, number]).permutation(self.n_examples)
        for rows in whole_batches(order, self.batch_size):
            if self.loss != "match":
                items = self.items[rows]
                met = torch.from_numpy(self.met[items].toarray()).float()  # (B, n_users)
                yield self.lower.apart(items) | {"met": met}
            else:
                items, users = self.events[rows].T
                met = torch.from_numpy(self.met[items][:, users].toarray().T > 0)  # (B, B)
                along = {"users": torch.from_numpy(users).long(), "log_q": self.log_q[items]}
                yield self.lower.apart(items) | {"met": met} | along


class TowerObjective(nn.Module):
    """The upper layers and the loss that trains them.

    Parameters
    ----------
    upper : UpperLayers; what is trained: its parameters that require a gradient
    frozen : float array (n, d); its vectors before training, of items with events: the loss sees
        vectors that are centred and scaled as these have to be for a mean squared length of 1
    loss : {"cold start", "who", "match"}; See ``tower.losses``
    regularization : float; of the ridge regression in "cold start"
    activity : float array (n_users,); the share of these items that each user met, for "who"
    seed : int; of the first user vectors of "match"
    """

    whole = True  # each loss compares the rows of a batch with each other

    def __init__(self, upper, frozen, loss, regularization, activity, seed=0):
        super().__init__()
        check_seed(seed)
        self.upper, self.loss, self.regularization = upper, loss, regularization
        centre, scale = centre_and_scale(frozen)
        self.register_buffer("centre", torch.from_numpy(centre))
        self.register_buffer("scale", torch.tensor(scale))
        if loss != "cold start":
            users = torch.zeros(len(activity), len(centre))
            if loss == "match":
                users.normal_(std=0.1, generator=torch.Generator().manual_seed(seed))
            self.users = nn.Parameter(users)
        if loss == "who":
            least = 1 / len(frozen)
            self.bias = nn.Parameter(torch.log(torch.as_tensor(activity).float() + least))

    def rate_factors(self):
        """Return by name how many times the learning rate what is learned along gets.

        Returns
        -------
        dict of float
        """
        along = {"who": ("users", "bias"), "match": ("users",)}
        return dict.fromkeys(along.get(self.loss, ()), USERS_RATE)

    def forward(self, batch):
        """Return the loss of a batch.

        Parameters
        ----------
        batch : dict; of `TowerBatches`

        Returns
        -------
        dict; ``"loss"``, a float tensor ()
        """
        vectors = (joined_vectors(self.upper, batch) - self.centre) / self.scale  # (B, d)
        if self.loss == "match":
            users = self.users[batch["users"]]  # (B, d)
            return {"loss": match_loss(vectors, users, batch["met"], batch["log_q"])}
        if self.loss == "who":
            return {"loss": who_loss(vectors, self.users, self.bias, batch["met"])}
        n_cold = max(1, int(COLD_SHARE * len(vectors)))
        return {"loss": cold_start_loss(vectors, batch["met"], n_cold, self.regularization)}


def centre_and_scale(vectors):
    """Return what to take off vectors, and then to divide them by, for a mean squared length of 1.

    Parameters
    ----------
    vectors : float array (n, d); one row an item, n at least 1

    Returns
    -------
    centre : float array (d,)
    scale : float; 1 if all vectors are equal
    """
    centre = vectors.mean(0)
    return centre, np.sqrt(((vectors - centre) ** 2).sum(1).mean()) or vectors.dtype.type(1)
