"""An epoch of `SequentialTransformer` against the same network of torch's layers, and its time
to the best validation score.
"""

import copy
import math
import time

import numpy as np
import torch
from torch import nn

from benchmarks.paired import Row, paired
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation.metrics import ndcg_at_k
from plmrec_lite.nn.masks import causal_mask
from plmrec_lite.ranking import top_k
from plmrec_lite.recommenders import SequentialTransformer
from plmrec_lite.recommenders.sequential.training import SequenceObjective, WindowBatches
from plmrec_lite.recommenders.sequential.windows import padded
from plmrec_lite.training import Training, train

ONE_EPOCH = Training(n_epochs=1, learning_rate=3e-3)


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
    yield time_to_best(split, histories)


def time_to_best(split, histories):
    """Seconds of training until the validation score is highest, without those of watching."""
    met = split.train.matrix().toarray() > 0
    scores, seconds, watching = [], [], 0.0
    start = time.perf_counter()

    def watch(step, model):
        nonlocal watching
        now = time.perf_counter()
        seconds.append(now - start - watching)
        ranked = top_k(np.where(met, -np.inf, model.score_histories(histories)), 10)
        scores.append(np.nanmean(ndcg_at_k(ranked, split.validation.histories(), 10)))
        watching += time.perf_counter() - now

    model = SequentialTransformer(watch=watch).fit(split.train)
    best = int(np.argmax(scores))
    return Row(
        f"SequentialTransformer, to NDCG@10 {scores[best]:.3f} on validation",
        seconds[best],
        f"no peer; epoch {best} of {model.training.n_epochs} is best",
        *[math.nan] * 4,
    )
