"""What does DP-SGD protect, and what does it cost?

One head scores films and is trained on people, another classifies sentences and is
trained on these; MiniLM, with whose vectors both work, stays as it is. For each
epsilon one head is trained on all and judged on held-out data, and eight on random
halves, of which four are attacked by the other seven.
"""

import math

import numpy as np
import torch
from plmrec_lite.applications.privacy.budget import PrivacyBudget
from plmrec_lite.applications.privacy.heads import (
    TasteHead,
    class_loss,
    confidence,
    taste_loss,
)
from plmrec_lite.applications.privacy.membership import (
    likelihood_ratio,
    random_halves,
)
from plmrec_lite.applications.privacy.private_training import train_privately
from plmrec_lite.data import load_movielens, random_split
from plmrec_lite.data.sources.opinions import load_sentiments
from plmrec_lite.data.text_splits import stratified_split
from plmrec_lite.evaluation.metrics import ndcg_at_k
from plmrec_lite.ranking import top_k
from plmrec_lite.runtime import own_seed
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training
from sklearn.decomposition import PCA
from torch import nn

SEEDS = (0, 1, 2)
EPSILONS = (1, 2, 4, 8, 16)
CASES = {f"epsilon {e}": {"epsilon": e} for e in EPSILONS}
CASES["plain"] = {"epsilon": None, "clip": 1e6}
CHECK = {"epsilon": 8, "n_models": 6, "n_steps": 20}
DELTA, CLIP, N_STEPS, RATE = 1e-4, 0.1, 100, 0.2
N_TARGETS, N_SENTENCES, N_TEST, D_MODEL = 4, 3000, 2000, 64


def run(seed, epsilon, clip=None, n_models=8, n_steps=N_STEPS):
    """Quality of the heads trained on all; scores of the attacks on four others."""
    both = {"films": films(seed), "opinions": opinions(seed)}
    found = {}
    for name, (rows, new, loss, judge, trace) in both.items():
        n = len(next(iter(rows.values())))

        def trained(members, seed, new=new, rows=rows, loss=loss):
            budget = PrivacyBudget(
                epsilon or math.inf,
                delta=DELTA,
                unit="person" if "taste" in rows else "sentence",
                n=len(members),
                clip=clip or CLIP,
                rate=RATE,
                n_steps=n_steps,
                sampling="poisson",
            )
            settings = Training(
                n_steps=n_steps, learning_rate=0.05, weight_decay=0.0, seed=seed
            )
            head = new(seed)
            mine = {key: value[members] for key, value in rows.items()}
            train_privately(head, loss, mine, budget, settings)
            return head

        found |= judge(trained(np.arange(n), seed))
        halves = random_halves(n, n_models, seed)
        traces = [
            trace(trained(np.flatnonzero(half), seed * n_models + number))
            for number, half in enumerate(halves)
        ]
        found[f"attack, {name}"] = attacked(traces, halves)
    return found


def attacked(traces, halves):
    """Scores of the attack by shadow models on each target, one after the other."""
    scores = [
        likelihood_ratio(traces, halves, target, common_spread=True)
        for target in range(N_TARGETS)
    ]
    return [float(f"{value:.4g}") for value in np.concatenate(scores)]


def films(seed):
    """People: rows, a new head, its loss, its NDCG@10, and its traces."""
    movielens = load_movielens()
    split = random_split(movielens.interactions, seed=0)
    watched = split.known("test").matrix().toarray().astype(np.float32)
    vectors = TextEncoder().encode(movielens.items.text.tolist())
    vectors = PCA(D_MODEL, random_state=0).fit_transform(vectors)
    users = np.arange(len(watched))
    wanted = [split.test.items[split.test.users == user] for user in users]
    tastes = TasteHead(vectors).tastes(watched)

    def judge(head):
        scores = np.where(watched > 0, -np.inf, head.scores(watched))
        return {"ndcg": ndcg_at_k(top_k(scores, 10), wanted).tolist()}

    def trace(head):
        scores = torch.from_numpy(head.scores(watched)).log_softmax(-1).numpy()
        return (scores * watched).sum(1) / watched.sum(1)

    rows = {"taste": tastes, "watched": watched}
    return rows, lambda seed: TasteHead(vectors), taste_loss, judge, trace


def opinions(seed):
    """Sentences: the same five things; the share of right classes for quality."""
    split = stratified_split(load_sentiments())
    pool, test = split.train.sample(N_SENTENCES, seed), split.test.sample(N_TEST)
    encoder = TextEncoder()
    vectors, others = (encoder.encode(part.texts) for part in (pool, test))
    n_classes = len(pool.classes)
    rows = {
        "vector": vectors,
        "one_hot": np.eye(n_classes, dtype=np.float32)[pool.labels],
    }

    def new(seed):
        with own_seed(seed):
            return nn.Linear(vectors.shape[1], n_classes)

    @torch.inference_mode()
    def log_p(head, vectors):
        return head(torch.from_numpy(vectors)).log_softmax(-1).numpy()

    def judge(head):
        return {"right": (log_p(head, others).argmax(1) == test.labels).tolist()}

    def trace(head):
        return confidence(log_p(head, vectors)[np.arange(len(pool)), pool.labels])

    return rows, new, class_loss, judge, trace
