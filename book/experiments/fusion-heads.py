"""A user's and a film's vector, added, joined or gated: which tells who likes?"""

import numpy as np
import torch
from plmrec_lite.data import load_movielens, random_split
from plmrec_lite.recommenders.fusion import Gate, fuse
from plmrec_lite.runtime import seed_everything
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training, train
from scipy.stats import rankdata
from sklearn.preprocessing import normalize
from torch import nn

SEEDS = (0, 1, 2)
CASES = {
    f"{how}, {head}": {"how": how, "head": head}
    for head in ("linear", "hidden layer")
    for how in ("add", "concat", "gate")
} | {"product, linear": {"how": "product", "head": "linear"}}
CHECK = {"how": "gate", "head": "linear", "n_epochs": 1, "n_events": 2000}


class LikeHead(nn.Module):
    """From a user's and a film's vector to the log-odds that the user likes it."""

    def __init__(self, how, head, d):
        super().__init__()
        self.how = how
        self.gate = Gate(d) if how == "gate" else None
        width = 2 * d if how == "concat" else d
        deep = (nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, 1))
        self.head = (
            nn.Linear(width, 1) if head == "linear" else nn.Sequential(*deep)
        )

    def logits(self, user, item):
        """Return the log-odds of each pair (n,)."""
        both = (
            user * item
            if self.how == "product"
            else fuse(user, item, self.how, self.gate)
        )
        return self.head(both)[:, 0]

    def forward(self, batch):
        """Return the loss of a batch, or a part's share of it."""
        losses = nn.functional.binary_cross_entropy_with_logits(
            self.logits(batch["users"], batch["items"]),
            batch["liked"],
            reduction="sum",
        )
        return {"loss": losses / batch["n"]}


class RatingBatches:
    """Ratings in another random order each epoch, with both sides' vectors."""

    def __init__(self, events, users, items, settings, n_events):
        self.events, self.users, self.items = events, users, items
        self.seed, self.batch_size = settings.seed, settings.batch_size
        self.n_events = min(n_events or len(events), len(events))

    def __len__(self):
        return -(-self.n_events // self.batch_size)

    def epoch(self, number):
        """Yield an epoch's batches."""
        rng = np.random.default_rng([self.seed, number])
        order = rng.permutation(len(self.events))[: self.n_events]
        for start in range(0, self.n_events, self.batch_size):
            rows = order[start : start + self.batch_size]
            liked = self.events.ratings[rows] >= 4
            yield {
                "users": self.users[self.events.users[rows]],
                "items": self.items[self.events.items[rows]],
                "liked": torch.from_numpy(liked).float(),
                "n": len(rows),
            }


def auc_by_user(scores, events):
    """Return how often a liked film stands above a disliked one, for each user."""
    found = []
    for user in np.unique(events.users):
        mine = events.users == user
        liked, places = events.ratings[mine] >= 4, rankdata(scores[mine])
        n, m = liked.sum(), (~liked).sum()
        if n and m:
            found.append((places[liked].sum() - n * (n + 1) / 2) / (n * m))
    return np.array(found)


def user_vectors(train, vectors):
    """Return each user's sum of films, weighted by stars above the user's mean."""
    n = np.maximum(np.bincount(train.users, minlength=train.n_users), 1)
    mean = np.bincount(train.users, train.ratings, train.n_users) / n
    weights = train.matrix("ratings").toarray()
    weights[train.users, train.items] -= mean[train.users]
    return normalize(weights @ vectors)


def run(seed, how, head, n_epochs=6, n_events=None):
    """Return each user's AUC on the test, at the epoch best on held-out events."""
    movielens = load_movielens()
    vectors = TextEncoder().encode(movielens.items["text"].tolist())
    vectors = normalize(vectors - vectors.mean(0)).astype(np.float32)
    split = random_split(movielens.interactions, validation=0.2, test=0.2, seed=0)
    scale = np.float32(
        np.sqrt(vectors.shape[1])
    )  # each dimension has a spread of about 1
    users = torch.tensor(
        scale * user_vectors(split.train, vectors).astype(np.float32)
    )
    items = torch.tensor(scale * vectors)
    kept = np.random.default_rng(0).random(len(split.validation)) < 0.8
    known, check = split.validation.select(kept), split.validation.select(~kept)

    def auc(events):
        """AUC of each user, with the model as it is."""
        where = next(model.parameters()).device
        user, item = users[events.users.copy()], items[events.items.copy()]
        with torch.inference_mode():
            logits = model.logits(user.to(where), item.to(where))
        return auc_by_user(logits.cpu().numpy(), events)

    seed_everything(seed)
    model = LikeHead(how, head, vectors.shape[1])
    settings = Training(n_epochs=n_epochs, batch_size=256, seed=seed)
    train(
        model,
        RatingBatches(known, users, items, settings, n_events),
        settings,
        watch=lambda step, _: {"auc": auc(check).mean()},
        choose="auc",
        title=f"{how}, {head}",
    )
    test = auc(split.test)
    return {"auc": test.mean(), "auc_by_user": test}
