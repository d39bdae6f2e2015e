"""What does DP-SGD protect, and what does it cost?

One head scores films and is trained on people, another classifies sentences and is
trained on these; MiniLM, with whose vectors both work, stays as it is. For each
epsilon one head is trained on all and judged on held-out data, and six on random
halves, of which four are attacked by the other five.
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
CASES = {
    "strong": {"epsilons": (1, 2, 4)},
    "weak": {"epsilons": (8, 16, None)},  # None: plain, without clipping and noise
}
CHECK = {"epsilons": (8,), "n_steps": 20}
DELTA, CLIP, N_STEPS, RATE = 1e-4, 0.1, 60, 0.2
N_MODELS, N_TARGETS, N_SENTENCES, N_TEST, D_MODEL = 6, 4, 1000, 1000, 32


def run(seed, epsilons, n_steps=N_STEPS):
    """Quality of the heads trained on all; scores of the attacks on four others."""
    both = {"films": films(seed), "opinions": opinions(seed)}
    found = {}
    for what, (rows, new, loss, judge, trace) in both.items():
        n = len(next(iter(rows.values())))
        halves = random_halves(n, N_MODELS, seed)
        groups = [np.arange(n), *map(np.flatnonzero, halves)]
        for epsilon in epsilons:
            heads = []
            for number, members in enumerate(groups):
                budget = PrivacyBudget(
                    epsilon or math.inf,
                    delta=DELTA,
                    unit="person" if what == "films" else "sentence",
                    n=len(members),
                    clip=CLIP if epsilon else 1e6,
                    rate=RATE,
                    n_steps=n_steps,
                    sampling="poisson",
                )
                own = seed * len(groups) + number
                settings = Training(
                    n_steps=n_steps, learning_rate=0.05, weight_decay=0.0, seed=own
                )
                head = new(own)
                mine = {key: value[members] for key, value in rows.items()}
                train_privately(head, loss, mine, budget, settings)
                heads.append(head)
            name = f"epsilon {epsilon}" if epsilon else "plain"
            found[f"{what}, {name}, quality"] = judge(heads[0])
            traces = [trace(head) for head in heads[1:]]
            found[f"{what}, {name}, attack"] = attacked(traces, halves)
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
    vectors = TextEncoder(cache=True).encode(movielens.items.text.tolist())
    vectors = PCA(D_MODEL, random_state=0).fit_transform(vectors)
    users = np.arange(len(watched))
    wanted = [split.test.items[split.test.users == user] for user in users]
    tastes = TasteHead(vectors).tastes(watched)

    def judge(head):
        scores = np.where(watched > 0, -np.inf, head.scores(watched))
        return ndcg_at_k(top_k(scores, 10), wanted).round(4).tolist()

    def trace(head):
        scores = torch.from_numpy(head.scores(watched)).log_softmax(-1).numpy()
        return (scores * watched).sum(1) / watched.sum(1)

    rows = {"taste": tastes, "watched": watched}
    return rows, lambda seed: TasteHead(vectors), taste_loss, judge, trace


def opinions(seed):
    """Sentences: the same five things; the share of right classes for quality."""
    split = stratified_split(load_sentiments())
    pool, test = split.train.sample(N_SENTENCES, seed), split.test.sample(N_TEST)
    encoder = TextEncoder(cache=True)
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
        return (log_p(head, others).argmax(1) == test.labels).astype(int).tolist()

    def trace(head):
        return confidence(log_p(head, vectors)[np.arange(len(pool)), pool.labels])

    return rows, new, class_loss, judge, trace
