from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import torch

from plmrec_lite.recommenders.sequential.items import ItemEmbedding
from plmrec_lite.recommenders.sequential.losses import LOSSES, softmax_loss
from plmrec_lite.recommenders.sequential.network import NetworkSettings, SequenceNetwork
from plmrec_lite.recommenders.sequential.training import SequenceObjective, WindowBatches
from plmrec_lite.recommenders.sequential.windows import MASK, PADDING
from plmrec_lite.training import Training, cut, train

N_ITEMS = 40
# Of 1 to 12 events; no two users share an item, so that a row tells whose window it is.
HISTORIES = [
    np.arange(start, start + n) for start, n in ((0, 12), (12, 2), (14, 1), (15, 7), (22, 4))
]
HISTORIES += [np.array([39, 26, 38, 27]), np.array([28, 29, 30])]
TINY = NetworkSettings(d_model=8, length=4, dropout=0.0)


def network(causal=True, settings=TINY):
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        return SequenceNetwork(ItemEmbedding(N_ITEMS, 8), settings, causal)


def batches(**settings):
    return WindowBatches(HISTORIES, N_ITEMS, **{"length": 4, "batch_size": 2} | settings)


def as_lists(epoch):
    return [
        (b["inputs"].tolist(), b["targets"].tolist(), b["shared"]["negatives"].tolist())
        for b in epoch
    ]


def test_an_epoch_has_one_window_of_every_history_of_two_events_or_more():
    epoch = list(batches().epoch(0))
    assert len(batches()) == len(epoch) == 3
    assert all(1 <= len(batch["inputs"]) <= 2 for batch in epoch)
    windows = chain.from_iterable(batch["inputs"].tolist() for batch in epoch)
    firsts = {window[0] for window in windows}
    assert sum(first < 12 for first in firsts) == 1
    assert firsts - set(range(12)) >= {12, 39, 28}
    assert len(firsts) == 6


def test_the_next_event_is_the_target_and_the_last_one_is_not_read():
    long = [batch for epoch in range(30) for batch in batches().epoch(epoch)]
    starts = set()
    for batch in long:
        for row, target in zip(batch["inputs"].tolist(), batch["targets"].tolist(), strict=True):
            history = next(h.tolist() for h in HISTORIES if row[0] in h)
            start = history.index(row[0])
            read = [item for item in row if item != PADDING]
            after = [item for item in target if item != PADDING]
            window = history[start : start + 5]
            assert after == window[1:]
            assert read in (window[:-1], window)  # the last one is read where it pads the batch
            if history[0] == 0:
                starts.add(start)
        assert batch["n_targets"] == (batch["targets"] != PADDING).sum()
    assert starts == set(range(8))


def test_masked_windows_hold_as_many_events_as_are_read():
    epoch = [batch for number in range(20) for batch in batches(objective="masked").epoch(number)]
    assert max(batch["inputs"].size(1) for batch in epoch) == 4
    shares = []
    for batch in epoch:
        hidden = batch["inputs"] == MASK
        assert ((batch["targets"] != PADDING) == hidden).all()
        there = batch["inputs"] != PADDING
        ends = there.sum(1) - 1
        assert hidden[torch.arange(len(hidden)), ends].all()
        shares.append(hidden.sum().item() - len(hidden))
    assert sum(shares) > 0  # others than the last are masked too


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_everything_is_drawn_anew_each_epoch_and_by_the_seed(objective):
    settings = {"objective": objective, "n_negatives": 5}
    first = as_lists(batches(**settings).epoch(3))
    assert first == as_lists(batches(**settings).epoch(3))
    assert first != as_lists(batches(**settings).epoch(4))
    assert first != as_lists(batches(**settings, seed=1).epoch(3))
    drawn = [negatives for _, _, negatives in first]
    assert drawn[0] != drawn[1]  # and anew each batch
    assert all(len(negatives) == 5 for negatives in drawn)
    drawn = [as_lists(batches(**settings).epoch(number)) for number in range(50)]
    negatives = {item for epoch in drawn for _, _, items in epoch for item in items}
    assert negatives == set(range(N_ITEMS))
    masks = {str(np.array(inputs[0]) == MASK) for epoch in drawn for inputs, _, _ in epoch}
    assert (len(masks) > 3) == (objective == "masked")


def test_rows_are_shuffled():
    orders = {str([b[0][0][0] for b in as_lists(batches(batch_size=1).epoch(e))]) for e in range(9)}
    assert len(orders) == 9


def test_the_loss_is_the_mean_over_what_is_predicted():
    net, batch = network().eval(), next(batches(batch_size=9).epoch(0))
    hidden, items = net(batch["inputs"])
    there = batch["targets"] != PADDING
    expected = softmax_loss(hidden[there], items, batch["targets"][there])
    torch.testing.assert_close(SequenceObjective(net)(batch)["loss"], expected)
    assert there.sum() == 4 + 1 + 4 + 3 + 3 + 2


@pytest.mark.parametrize("objective", ["next", "masked"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("n_parts", [2, 3, 6])
def test_the_parts_of_a_batch_add_up(loss, objective, n_parts):
    """Rows of unequal length, so that a mean of means would be another number."""
    module = SequenceObjective(network(objective == "next"), loss)
    batch = next(batches(batch_size=9, objective=objective, n_negatives=7).epoch(0))
    whole = module(batch)["loss"]
    whole.backward()
    gradient = module.network.embedding.ids.grad.clone()
    module.zero_grad()
    parts = [module(part)["loss"] for part in cut(batch, n_parts)]
    torch.testing.assert_close(sum(parts), whole)
    sum(parts).backward()
    torch.testing.assert_close(module.network.embedding.ids.grad, gradient, atol=1e-6, rtol=1e-4)


def test_each_loss_is_another():
    batch = next(batches(batch_size=9, n_negatives=7).epoch(0))
    values = {loss: SequenceObjective(network(), loss)(batch)["loss"].item() for loss in LOSSES}
    assert len({round(value, 4) for value in values.values()}) == 4


@pytest.mark.parametrize("objective", ["next", "masked"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_first_steps_are_those_written_out(objective, loss):
    """AdamW, warm-up over two of six steps, clipping, decay of matrices: on the same batches."""
    settings = Training(
        n_steps=6, learning_rate=0.02, warmup=0.3, weight_decay=0.1, clip=0.5, seed=3
    )
    drawn = batches(objective=objective, n_negatives=6, seed=3)
    trained = network(objective == "next")
    history = train(SequenceObjective(trained, loss), drawn, settings)

    module = SequenceObjective(network(objective == "next"), loss)
    matrices = [p for p in module.parameters() if p.ndim > 1]
    vectors = [p for p in module.parameters() if p.ndim == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    optimizer, losses = torch.optim.AdamW(groups, lr=0.02), []
    rates = [0.0, 0.01, 0.02, 0.015, 0.01, 0.005]
    for batch, rate in zip(chain(drawn.epoch(0), drawn.epoch(1)), rates, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        module(batch)["loss"].backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 0.5)
        optimizer.step()
        losses.append(module(batch)["loss"].item() if rate == 0 else None)
    np.testing.assert_allclose(history.learning_rate, rates)
    assert history.loss[0] == pytest.approx(losses[0], abs=1e-6)
    for one, other in zip(trained.parameters(), module.network.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("objective", ["next", "masked"])
def test_padding_takes_no_part_in_training(objective):
    """The gradient of a short history is the same alone and beside a long one."""
    module = SequenceObjective(network(objective == "next"))
    short = {"inputs": torch.tensor([[5, 6]]), "targets": torch.tensor([[6, 7]])}
    if objective == "masked":
        short = {"inputs": torch.tensor([[5, MASK]]), "targets": torch.tensor([[PADDING, 6]])}
    n = int((short["targets"] != PADDING).sum())
    filled = {
        key: torch.cat([rows, torch.full((1, 3), PADDING)], dim=1) for key, rows in short.items()
    }
    gradients = []
    for batch in (short, filled):
        module.zero_grad()
        module(batch | {"n_targets": n, "shared": {}})["loss"].backward()
        gradients.append([p.grad.clone() for p in module.parameters()])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


def test_without_two_events_there_is_no_batch():
    assert len(WindowBatches([np.array([1]), np.array([], dtype=int)], 3)) == 0


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"d_model": 10, "n_heads": 4}, "d_model=10 does not divide into n_heads=4"),
        ({"d_model": 0}, "d_model=0: give an integer, 1 or larger"),
        ({"n_heads": 0}, "n_heads=0: give an integer"),
        ({"n_blocks": 0}, "n_blocks=0: give an integer"),
        ({"n_blocks": 1.5}, "n_blocks=1.5: give an integer"),
        ({"length": 1}, "length=1: give an integer, 2 or larger"),
        ({"dropout": 1}, "dropout=1: give a number, 0 or larger and below 1"),
        ({"dropout": float("nan")}, "dropout=nan: give a number"),
        ({"positions": None}, "positions=None: use one of 'recency', 'learned'"),
    ],
)
def test_a_bad_size_is_named(setting, words):
    with pytest.raises(ValueError, match=words):
        replace(TINY, **setting)
