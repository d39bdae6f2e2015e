"""A user's and a film's vector, added, joined or gated: which tells who likes?"""

import numpy as np
import torch
from plmrec_lite.data import load_movielens, random_split
from plmrec_lite.recommenders.fusion import Gate, fuse
from plmrec_lite.runtime import seed_everything
from plmrec_lite.text import TextEncoder
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

    def forward(self, user, item):
        """Return the log-odds of each pair (n,)."""
        both = (
            user * item
            if self.how == "product"
            else fuse(user, item, self.how, self.gate)
        )
        return self.head(both)[:, 0]


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
    train, check = split.validation.select(kept), split.validation.select(~kept)

    def scores(events):
        with torch.no_grad():
            return model(
                users[events.users.copy()], items[events.items.copy()]
            ).numpy()

    seed_everything(seed)
    model = LikeHead(how, head, vectors.shape[1])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    who, what = torch.tensor(train.users.copy()), torch.tensor(train.items.copy())
    liked = torch.tensor((train.ratings >= 4).astype(np.float32))
    best, test = -1.0, None
    for _ in range(n_epochs):
        for rows in torch.randperm(len(train))[:n_events].split(256):
            logits = model(users[who[rows]], items[what[rows]])
            loss = nn.functional.binary_cross_entropy_with_logits(
                logits, liked[rows]
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        now = auc_by_user(scores(check), check).mean()
        if now > best:
            best, test = now, auc_by_user(scores(split.test), split.test)
    return {"auc": test.mean(), "auc_by_user": test}
