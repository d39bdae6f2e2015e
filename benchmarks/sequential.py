"""An epoch of `SequentialTransformer` against the same network of torch's layers, and time to
equal quality against implicit.
"""

import copy
import math
import time

import numpy as np
import torch
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import (
    BM25Recommender,
    CosineRecommender,
    TFIDFRecommender,
)
from scipy.sparse import csr_matrix
from torch import nn

from benchmarks.paired import Row, paired
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation import evaluate
from plmrec_lite.evaluation.metrics import ndcg_at_k
from plmrec_lite.nn.masks import causal_mask
from plmrec_lite.ranking import top_k
from plmrec_lite.recommenders import EASE, MatrixFactorization, SequentialTransformer
from plmrec_lite.recommenders.sequential.training import SequenceObjective, WindowBatches
from plmrec_lite.recommenders.sequential.windows import padded
from plmrec_lite.training import Training, train

ONE_EPOCH = Training(n_epochs=1, learning_rate=3e-3)
OF_BEHAVIOUR = {  # as tuned on the same validation part that chooses implicit's best
    "ALS": MatrixFactorization(),
    "EASE": EASE(),
    "EASE, old events faded": EASE(400.0, 0.9),
}


class TorchBlock(nn.Module):
    """A `TransformerBlock` with causal mask, as torch's own layer with the same weights."""

    def __init__(self, block):
        super().__init__()
        heads, d_model = block.attention, block.expand.in_features
        self.layer = nn.TransformerEncoderLayer(
            d_model,
            heads.n_heads,
            block.expand.out_features,
            heads.dropout,
            "gelu",
            batch_first=True,
            norm_first=True,
            layer_norm_eps=block.attention_norm.eps,
        )
        ours = block.state_dict()
        joined = {
            f"in_proj_{kind}": torch.cat(
                [ours[f"attention.{part}.{kind}"] for part in ("query", "key", "value")]
            )
            for kind in ("weight", "bias")
        }
        self.layer.self_attn.load_state_dict(
            joined | {f"out_proj.{k}": v for k, v in heads.output.state_dict().items()}
        )
        for mine, theirs in (
            (self.layer.norm1, block.attention_norm),
            (self.layer.linear1, block.expand),
            (self.layer.linear2, block.contract),
            (self.layer.norm2, block.network_norm),
        ):
            mine.load_state_dict(theirs.state_dict())
        self.n_heads = heads.n_heads

    def forward(self, x, bias):
        """Attend to the past, with a bias (1, n_heads, T, T) on the scores."""
        B, T, _ = x.shape
        bias = bias.masked_fill(~causal_mask(T, x.device), -torch.inf)
        return self.layer(x, src_mask=bias.expand(B, -1, -1, -1).reshape(B * self.n_heads, T, T))


def rows():
    """One epoch on MovieLens 100K in both ways, and one training watched on validation."""
    split = leave_one_out(load_movielens().interactions)
    histories = split.train.histories()
    ours = SequentialTransformer(training=Training(n_steps=0)).fit(split.train).network_
    peer = copy.deepcopy(ours)
    peer.blocks = nn.ModuleList(TorchBlock(block) for block in ours.blocks)
    batch = padded([history[-50:] for history in histories[:64]])
    torch.testing.assert_close(ours.eval()(batch)[0], peer.eval()(batch)[0])

    batches = WindowBatches(histories, split.train.n_items)

    def epoch(network):
        train(SequenceObjective(network), batches, ONE_EPOCH)

    yield paired(
        f"SequentialTransformer, 1 epoch, {len(histories)} users",
        lambda: epoch(ours),
        "torch.nn.TransformerEncoderLayer",
        lambda: epoch(peer),
        repeats=3,
    )
    yield from time_to_equal(split, histories)


def time_to_equal(split, histories):
    """Seconds of training to the validation score of implicit's best model, and to our own best.

    RecBole's SASRec is no peer here: an epoch takes it minutes on two cores.
    """
    peer, peer_s, goal = implicit_best(split.train, judge(split))
    score, met = judge(split), split.train.matrix().toarray() > 0
    scores, seconds, watching = [], [], 0.0
    start = time.perf_counter()

    def watch(step, model):
        nonlocal watching
        now = time.perf_counter()
        seconds.append(now - start - watching)
        ranked = np.where(met, -np.inf, model.score_histories(histories))
        scores.append(score(top_k(ranked, 10)))
        watching += time.perf_counter() - now

    SequentialTransformer(watch=watch).fit(split.train)
    there = next((s for s, found in zip(seconds, scores, strict=True) if found >= goal), math.nan)
    nothing = math.nan, math.nan
    for name, model in OF_BEHAVIOUR.items():
        ours = time.perf_counter()
        model.fit(split.train)
        ours = time.perf_counter() - ours
        found = evaluate(model, split, part="validation").mean()["ndcg"]
        row = f"{name}, to NDCG@10 {found:.3f}", ours, f"{peer}, to {goal:.3f}", peer_s
        yield Row(*row, ours / peer_s, *nothing)
    yield Row(
        f"SequentialTransformer, to NDCG@10 {goal:.3f}",
        there,
        peer,
        peer_s,
        there / peer_s,
        *nothing,
    )
    best = int(np.argmax(scores))
    yield Row(
        f"SequentialTransformer, to NDCG@10 {scores[best]:.3f}",
        seconds[best],
        f"none reaches it; epoch {best} is best",
        math.nan,
        math.nan,
        *nothing,
    )


def judge(split):
    """Return a function from lists of items, one a user, to NDCG@10 on validation."""
    wanted = split.validation.histories()
    return lambda ranked: float(np.nanmean(ndcg_at_k(ranked, wanted, 10)))


def implicit_best(known, score):
    """Fit implicit's models over small grids; name, seconds of its fit, and score of the best."""
    X = csr_matrix(known.matrix().astype(np.float32))
    models = {
        f"implicit ALS, {n} factors, alpha {alpha}": lambda n=n, alpha=alpha: (
            AlternatingLeastSquares(n, 0.01, alpha, iterations=15, random_state=0)
        )
        for n in (16, 32, 64)
        for alpha in (0.1, 0.3, 1.0, 4.0)
    }
    models |= {
        f"implicit BPR, {n} factors": lambda n=n: BayesianPersonalizedRanking(
            n, iterations=300, random_state=0
        )
        for n in (16, 32, 64)
    }
    models |= {
        f"implicit {kind.__name__}, {k} neighbours": lambda kind=kind, k=k: kind(K=k)
        for kind in (CosineRecommender, BM25Recommender, TFIDFRecommender)
        for k in (50, 200, 800)
    }
    found = []
    for name, make in models.items():
        model, start = make(), time.perf_counter()
        model.fit(X, show_progress=False)
        seconds = time.perf_counter() - start
        lists, _ = model.recommend(np.arange(X.shape[0]), X, N=10)
        found.append((score(lists), name, seconds))
    goal, name, seconds = max(found)
    return name, seconds, goal
