"""`TextTower`: items a second, trained on cached layers and served, against the whole model."""

from functools import partial

import numpy as np
import torch

from benchmarks.paired import paired
from plmrec_lite.data import load_movielens
from plmrec_lite.recommenders.tower.losses import cold_start_loss
from plmrec_lite.text import TextEncoder
from plmrec_lite.text.upper_layers import UpperLayers, lower_states

N_TRAINED, N_STEPS = 128, 5


def whole_model(encoder, texts, rows):
    """Vectors of some texts, every layer run anew, the last one with a gradient."""
    model = encoder.model
    batch = encoder.tokenizer([texts[row] for row in rows], padding=True, return_tensors="pt")
    hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    return (hidden * mask).sum(1) / mask.sum(1)


def steps(vectors_of, weights, met):
    """A few steps of training on the same batches."""
    optimizer = torch.optim.AdamW(weights, lr=1e-5)
    rng = np.random.default_rng(0)
    for _ in range(N_STEPS):
        rows = rng.choice(len(met), N_TRAINED, replace=False)
        loss = cold_start_loss(vectors_of(rows), met[rows], N_TRAINED // 4, 10.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def rows():
    """Training with and without the cache, which must agree; and serving a new text."""
    movielens = load_movielens()
    texts = movielens.items.text.tolist()
    met = torch.from_numpy(movielens.interactions.matrix().T.toarray())
    encoder, trained = TextEncoder(device="cpu"), TextEncoder(device="cpu")
    lower = lower_states(encoder, texts, 1)
    upper = UpperLayers(encoder.model, 1).eval()
    trained.model.requires_grad_(False)
    last = trained.model.encoder.layer[-1].requires_grad_(True)
    whole = partial(whole_model, trained, texts)
    torch.testing.assert_close(upper.vectors(lower, range(64)), whole(range(64)), atol=1e-5, rtol=0)
    yield paired(
        f"tower, trained: {N_STEPS * N_TRAINED} items through the last layer",
        partial(steps, partial(upper.vectors, lower), list(upper.parameters()), met),
        "all layers, no cache",
        partial(steps, whole, list(last.parameters()), met),
        repeats=3,
    )
    vectors = upper.all_vectors(lower)
    tastes = np.random.default_rng(0).normal(size=(943, vectors.shape[1])).astype(np.float32)
    yield paired(
        f"tower, served: {len(texts)} items scored for 943 people",
        lambda: tastes @ vectors.T,
        "encode the texts anew",
        lambda: tastes @ upper.all_vectors(lower_states(encoder, texts, 1)).T,
        repeats=3,
    )
