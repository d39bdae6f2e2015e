"""The training loop of the text tower, whichever of the three games it plays."""

from __future__ import annotations

import numpy as np
import torch
from transformers import get_linear_schedule_with_warmup

from plmrec_lite.recommenders.tower.losses import cold_start_loss, match_loss, who_loss
from plmrec_lite.runtime import progress

USERS_LEARNING_RATE = 1e-2  # of user vectors that are learned along; they start at zero
COLD_SHARE = 0.25  # of a batch's items, in the game of cold start
N_WATCHED = 6  # parts of a training that end with a look at it
LEAST_ITEMS = 4  # with fewer items there is nothing to compare


def train_tower(
    upper,
    lower,
    met,
    loss="cold start",
    n_steps=60,
    batch_size=128,
    learning_rate=5e-4,
    regularization=10.0,
    log_q=True,
    seed=0,
    watch=None,
):
    """Train upper layers on who met which item.

    Parameters
    ----------
    upper : UpperLayers
        What is trained, in place: its parameters that require a gradient.
    lower : LowerStates
        The cached states of all n_items texts.
    met : scipy.sparse array (n_users, n_items)
        1 where a user met an item. Items that nobody met are never drawn.
    loss : {"cold start", "who", "match"}
        Which game, see ``tower_losses``.
    n_steps : int
        Steps; 0 trains nothing.
    batch_size : int
        Items a step, or events a step for "match".
    learning_rate : float
        The highest of AdamW: reached after a tenth of the steps, 0 at the end.
    regularization : float
        Of the ridge regression in the game of cold start.
    log_q : bool
        Whether "match" corrects for popular items being in many batches.
    seed : int
        The seed of batches and dropout; the global generators are not touched.
    watch : callable or None
        Called as ``watch(step, vectors)`` with the float32 vectors (n_items, d) of all texts,
        before the first step, five times on the way, and after the last.

    Returns
    -------
    float array (n_steps,)
        The loss of each step; empty if fewer than four items were met.
    """
    counts = np.asarray(met.sum(axis=0)).ravel()  # (n_items,)
    warm = np.flatnonzero(counts)
    if len(warm) < LEAST_ITEMS:
        return np.zeros(0)
    rng = np.random.default_rng(seed)
    device = next(upper.parameters()).device
    frozen = upper.all_vectors(lower)[warm]  # (n_warm, d)
    centre = torch.from_numpy(frozen.mean(0)).to(device)
    scale = float(np.sqrt(((frozen - frozen.mean(0)) ** 2).sum(1).mean())) or 1.0
    rows_met = torch.from_numpy(met[:, warm].T.toarray().astype(np.float32)).to(device)
    games = {"cold start": _ColdStart, "who": _Who, "match": _Match}
    watched = set(np.linspace(0, n_steps, N_WATCHED + 1).astype(int)) if watch else set()
    losses = []
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        game = games[loss](rows_met, len(centre), regularization, log_q)
        weights = [weight for weight in upper.parameters() if weight.requires_grad]
        optimizer = _optimizer(weights, list(game.parameters()), learning_rate)
        schedule = get_linear_schedule_with_warmup(optimizer, -(-n_steps // 10), n_steps)
        upper.train()
        for step in progress(range(n_steps), "training the tower"):
            if step in watched:
                watch(step, upper.all_vectors(lower))
            rows = game.draw(rng, batch_size)
            vectors = (upper.vectors(lower, warm[game.items(rows)]) - centre) / scale
            value = game.loss(vectors, rows)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(value.item())
    upper.eval()
    if n_steps in watched:
        watch(n_steps, upper.all_vectors(lower))
    return np.array(losses)


def _optimizer(weights, along, learning_rate):
    """AdamW over the layers' weights and, at a rate of their own, what is learned along."""
    groups = [{"params": weights, "lr": learning_rate, "weight_decay": 0.01}]
    if along:
        groups.append({"params": along, "lr": USERS_LEARNING_RATE, "weight_decay": 0.0})
    return torch.optim.AdamW(groups)


class _ColdStart(torch.nn.Module):
    """Draw different items, hide a quarter of them, and ask for their events."""

    def __init__(self, met, dimension, regularization, log_q):
        super().__init__()
        self.met = met  # (n_warm, n_users)
        self.regularization = regularization

    def draw(self, rng, batch_size):
        n_warm = len(self.met)
        return rng.choice(n_warm, size=min(batch_size, n_warm), replace=False)

    def items(self, rows):
        return rows

    def loss(self, vectors, rows):
        n_cold = max(1, int(COLD_SHARE * len(rows)))
        return cold_start_loss(vectors, self.met[rows], n_cold, self.regularization)


class _Who(_ColdStart):
    """Draw different items, and ask who met each."""

    def __init__(self, met, dimension, regularization, log_q):
        super().__init__(met, dimension, regularization, log_q)
        self.users = torch.nn.Parameter(torch.zeros(met.size(1), dimension, device=met.device))
        self.bias = torch.nn.Parameter(torch.log(met.mean(0) + 1 / len(met)))

    def loss(self, vectors, rows):
        return who_loss(vectors, self.users, self.bias, self.met[rows])


class _Match(_Who):
    """Draw events, and ask each one's user for its item among the batch's."""

    def __init__(self, met, dimension, regularization, log_q):
        super().__init__(met, dimension, regularization, log_q)
        torch.nn.init.normal_(self.users, std=0.1)
        self.events = met.nonzero().cpu().numpy()  # (n_events, 2): item, user
        share = met.sum(1) / met.sum()
        self.log_q = torch.log(share) if log_q else torch.zeros_like(share)

    def draw(self, rng, batch_size):
        return rng.integers(len(self.events), size=batch_size)

    def items(self, rows):
        return self.events[rows, 0]

    def loss(self, vectors, rows):
        items, users = self.events[rows].T
        met = self.met[items][:, users].T.bool()  # (B, B): row a is a user, column b an item
        return match_loss(vectors, self.users[users], met, self.log_q[items])
