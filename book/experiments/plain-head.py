"""How good is the head that scores films, trained without a promise?

The rival of DP-SGD: the same head and optimiser without clipping and noise, tuned
on its own: learning rate and number of steps are chosen on validation. A seed
decides the batches.
Predicted on 2026-11-27, after a first look at one seed and six of the settings, in
other code: validation chooses 0.05 and 100 steps, the settings of the recorded runs
with DP-SGD, and an epsilon of 8 loses nothing beyond 0.005 of NDCG@10 against it.
"""

import math

import numpy as np
from plmrec_lite.applications.privacy.heads import TasteHead
from plmrec_lite.applications.privacy.private_training import PoissonBatches
from plmrec_lite.data import load_movielens, random_split
from plmrec_lite.evaluation.metrics import ndcg_at_k
from plmrec_lite.ranking import top_k
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training, train
from sklearn.decomposition import PCA
from torch import nn

SEEDS = (0, 1, 2)
RATES = (0.02, 0.05, 0.1)
STEPS = (50, 100, 200)
CASES = {"plain": {"rates": RATES, "steps": STEPS}}
CHECK = {"rates": (0.05,), "steps": (20, 40)}
D_MODEL = 64


class Plain(nn.Module):
    """A head with the mean loss of the people in a batch."""

    def __init__(self, head):
        super().__init__()
        self.head = head

    def forward(self, batch):
        """Return the loss."""
        log_p = self.head(batch["taste"]).log_softmax(-1)
        watched = batch["watched"]
        losses = -(log_p * watched).sum(1) / watched.sum(1).clamp(min=1)
        return {"loss": losses.mean()}


def run(seed, rates, steps):
    """NDCG@10 on validation of each setting, and on test of the best, by person."""
    movielens = load_movielens()
    split = random_split(movielens.interactions, seed=0)
    vectors = TextEncoder().encode(movielens.items.text.tolist())
    vectors = PCA(D_MODEL, random_state=0).fit_transform(vectors)

    def judged(part, rate, n_steps):
        held = getattr(split, part)
        watched = split.known(part).matrix().toarray().astype(np.float32)
        wanted = [held.items[held.users == user] for user in range(len(watched))]
        head = TasteHead(vectors)
        rows = {"taste": head.tastes(watched), "watched": watched}
        settings = Training(
            n_steps=n_steps,
            learning_rate=rate,
            weight_decay=0.0,
            clip=math.inf,
            seed=seed,
        )
        batches = PoissonBatches(rows, 0.2, seed)
        train(Plain(head), batches, settings, title="plain head")
        scores = np.where(watched > 0, -np.inf, head.scores(watched))
        return ndcg_at_k(top_k(scores, 10), wanted)

    grid = [(rate, n) for rate in rates for n in steps]
    found = [float(np.nanmean(judged("validation", *one))) for one in grid]
    rate, n_steps = grid[int(np.argmax(found))]
    return {
        "validation": [round(value, 4) for value in found],
        "learning rate": float(rate),
        "steps": float(n_steps),
        "ndcg": judged("test", rate, n_steps).round(4).tolist(),
    }
