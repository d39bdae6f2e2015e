"""The one training loop: its first steps by hand, and what happens between the steps."""

import copy
import math
import random
import shutil
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from plmrec_lite.checkpoints import CHECKPOINT
from plmrec_lite.training import Objective, Training, cut, loop, rate_factor, train

SETTINGS = Training(n_steps=6, batch_size=5, learning_rate=0.1, warmup=0.4, weight_decay=0.3)


class Rows:
    """Made data in batches of unequal length, in an order of each epoch's own."""

    def __init__(self, n=13, batch_size=5, seed=0):
        rng = np.random.default_rng(1)
        self.x = torch.from_numpy(rng.normal(size=(n, 4))).float()
        self.y = self.x @ torch.tensor([1.0, -2.0, 0.5, 3.0]) + 0.7
        self.batch_size, self.seed = batch_size, seed

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def epoch(self, number):
        order = np.random.default_rng((self.seed, number)).permutation(len(self.x))
        for rows in np.split(order, range(self.batch_size, len(order), self.batch_size)):
            yield {"x": self.x[rows], "y": self.y[rows], "n": len(rows)}


class Net(nn.Module):
    """A network with a matrix, a bias and a norm, and dropout if asked for."""

    def __init__(self, dropout=0.0, **attributes):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.layer, self.norm = nn.Linear(4, 3), nn.LayerNorm(3)
        self.drop, self.out = nn.Dropout(dropout), nn.Linear(3, 1)
        for weight in self.parameters():
            nn.init.normal_(weight, generator=generator)
        self.seen = []
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, batch):
        self.seen.append((self.training, batch["x"].clone()))
        hidden = self.drop(self.norm(torch.tanh(self.layer(batch["x"]))))
        wrong = self.out(hidden).squeeze(-1) - batch["y"]
        return {"loss": (wrong**2).sum() / batch["n"], "size": (wrong * 0 + 1).sum()}


def run(settings=SETTINGS, module=None, seed=0, **arguments):
    module = Net() if module is None else module
    batches = Rows(batch_size=settings.batch_size, seed=settings.seed)
    history = train(module, batches, settings, device="cpu", **arguments)
    return module, history


def weights(module):
    return torch.cat([weight.detach().flatten() for weight in module.parameters()])


# The steps


def by_hand(module, batches, settings):
    """AdamW as its paper has it, in numpy: warm-up, decay of matrices only, clipping."""
    values = {k: w.detach().numpy().astype(float) for k, w in module.named_parameters()}
    first, second = ({k: np.zeros_like(v) for k, v in values.items()} for _ in range(2))
    rows = []
    for t, batch in enumerate(batches, start=1):
        rising = math.ceil(settings.warmup * settings.n_steps)
        left = settings.n_steps - t + 1
        share = (t - 1) / rising if t <= rising else left / (settings.n_steps - rising)
        rate = settings.learning_rate * share
        for name, weight in module.named_parameters():
            weight.data = torch.from_numpy(values[name]).float()
        loss = module(batch)["loss"]
        loss.backward()
        slopes = {k: w.grad.numpy().astype(float) for k, w in module.named_parameters()}
        module.zero_grad()
        norm = math.sqrt(sum((g**2).sum() for g in slopes.values()))
        for name, slope in slopes.items():
            slope = slope * min(1, settings.clip / norm)
            first[name] = 0.9 * first[name] + 0.1 * slope
            second[name] = 0.999 * second[name] + 0.001 * slope**2
            if slope.ndim > 1:
                values[name] = values[name] * (1 - rate * settings.weight_decay)
            m, v = first[name] / (1 - 0.9**t), second[name] / (1 - 0.999**t)
            values[name] = values[name] - rate * m / (np.sqrt(v) + 1e-8)
        rows.append((t, rate, norm, loss.item(), float(len(batch["x"]))))
    return np.concatenate([v.ravel() for v in values.values()]), rows


def test_the_steps_are_those_of_the_formulas():
    module, history = run()
    batches = [batch for epoch in range(2) for batch in Rows().epoch(epoch)]
    wanted, rows = by_hand(Net(), batches, SETTINGS)
    assert list(history.columns) == ["step", "learning_rate", "gradient_norm", "loss", "size"]
    np.testing.assert_allclose(history.to_numpy(), rows, rtol=1e-5)
    np.testing.assert_allclose(weights(module), wanted, atol=1e-6)
    norms = history.gradient_norm
    assert norms.max() > 2 * SETTINGS.clip > 0  # clipping was at work
    assert history["size"].tolist() == [5, 5, 3, 5, 5, 3]  # unequal batches, to the last row


def test_the_three_first_steps_by_hand_on_one_weight():
    class Line(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.tensor([[2.0]]))

        def forward(self, batch):
            return {"loss": (self.w * batch["x"]).sum()}

    class One:
        def __len__(self):
            return 1

        def epoch(self, number):
            yield {"x": torch.tensor([[0.5]])}

    module = Line()
    settings = Training(n_steps=3, learning_rate=0.1, warmup=0.3, weight_decay=0.5)
    history = train(module, One(), settings, device="cpu")
    # rates 0, 0.1, 0.05; a slope that never changes makes steps of the rate's length
    after = (2.0 * (1 - 0.1 * 0.5) - 0.1) * (1 - 0.05 * 0.5) - 0.05
    assert module.w.item() == pytest.approx(after, abs=1e-6)
    assert history.learning_rate.tolist() == pytest.approx([0, 0.1, 0.05])
    assert history.loss.tolist() == pytest.approx([1, 1, 0.9])


@pytest.mark.parametrize("n_steps", [1, 7, 10, 23])
@pytest.mark.parametrize("warmup", [0, 0.1, 0.25, 0.9])
def test_the_schedule_is_that_of_transformers(n_steps, warmup):
    from transformers import get_linear_schedule_with_warmup

    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    rising = math.ceil(warmup * n_steps)
    schedule = get_linear_schedule_with_warmup(optimizer, rising, n_steps)
    for step in range(n_steps):
        assert rate_factor(step, n_steps, warmup) == pytest.approx(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("batch_size", [5, 7])
def test_accumulation_takes_the_same_steps(batch_size):
    """Of 5 rows and of the 3 left over: parts of 2, 2, 1 and of 1, 1, 1."""
    settings = replace(SETTINGS, batch_size=batch_size)
    (whole, one), (parts, other) = run(settings), run(replace(settings, accumulation=3))
    assert max(len(x) for _, x in parts.seen) == math.ceil(batch_size / 3)
    pd.testing.assert_frame_equal(one, other, rtol=1e-6)
    torch.testing.assert_close(weights(whole), weights(parts), atol=1e-6, rtol=0)


def test_more_parts_than_rows():
    pd.testing.assert_frame_equal(run()[1], run(replace(SETTINGS, accumulation=99))[1], rtol=1e-5)


def test_a_whole_module_is_never_given_a_part():
    module, _ = run(replace(SETTINGS, accumulation=3), Net(whole=True))
    assert [len(x) for _, x in module.seen] == [5, 5, 3, 5, 5, 3]


def test_each_epoch_has_its_own_order_and_every_row():
    module, _ = run(replace(SETTINGS, n_steps=9))
    epochs = [torch.cat([x for _, x in module.seen[i : i + 3]]) for i in (0, 3, 6)]
    for one in epochs:
        assert sorted(one[:, 0].tolist()) == sorted(Rows().x[:, 0].tolist())
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[1], epochs[2])
    assert torch.equal(epochs[2], torch.cat([batch["x"] for batch in Rows().epoch(2)]))


@pytest.mark.parametrize(("n_epochs", "n_steps"), [(0, 0), (0.5, 2), (1, 3), (2.1, 7)])
def test_epochs_as_steps(n_epochs, n_steps):
    _, history = run(replace(SETTINGS, n_steps=None, n_epochs=n_epochs))
    assert len(history) == n_steps


def test_no_steps_change_nothing():
    module, history = run(replace(SETTINGS, n_steps=0))
    assert torch.equal(weights(module), weights(Net())) and history.empty
    assert not module.training


def test_frozen_parameters_stay_and_leftover_gradients_do_not_count():
    module = Net()
    module.layer.weight.requires_grad = False
    module.out.weight.grad = torch.full_like(module.out.weight, 1e3)
    before = module.layer.weight.clone()
    _, history = run(module=module)
    other = Net()
    other.layer.weight.requires_grad = False
    assert torch.equal(module.layer.weight, before)
    pd.testing.assert_frame_equal(history, run(module=other)[1])
    assert all(weight.grad is None for weight in module.parameters() if weight.requires_grad)


def test_rates_of_their_own():
    class Slow(Net):
        def rate_factors(self):
            return {"out.weight": 0.0, "layer.bias": 2.0}

    settings = replace(SETTINGS, n_steps=2, warmup=0.5)  # one step at rate 0, one at the highest
    plain, slow = run(settings)[0], run(settings, Slow())[0]
    moved = [
        (getattr(m, part), getattr(Net(), part)) for m in (plain, slow) for part in ("layer", "out")
    ]
    plain_layer, plain_out, slow_layer, slow_out = moved
    assert torch.equal(slow_out[0].weight, slow_out[1].weight)
    assert not torch.equal(plain_out[0].weight, plain_out[1].weight)
    assert torch.equal(slow_layer[0].weight, plain_layer[0].weight)
    torch.testing.assert_close(
        slow_layer[0].bias - slow_layer[1].bias, 2 * (plain_layer[0].bias - plain_layer[1].bias)
    )

    class Wrong(Net):
        def rate_factors(self):
            return {"nowhere": 2.0}

    with pytest.raises(ValueError, match=r"name \['nowhere'\]: the parameters are"):
        run(module=Wrong())


# Randomness


def test_dropout_is_on_in_training_and_off_in_watch():
    module = Net(dropout=0.5)
    looks = []

    def watch(step, given):
        assert given is module and not torch.is_grad_enabled()
        same = [given(next(Rows().epoch(0)))["loss"].item() for _ in range(2)]
        looks.append((step, given.training, same[0] == same[1]))

    run(module=module, watch=watch, watch_every=4)
    assert looks == [(0, False, True), (4, False, True), (6, False, True)]
    assert [mode for mode, _ in module.seen].count(True) == 6
    assert not module.training
    losses = {run(module=Net(dropout=d))[1].loss.iloc[0] for d in (0.0, 0.5)}
    assert len(losses) == 2


def test_watching_changes_nothing():
    def greedy(step, module):
        torch.rand(7)
        np.random.rand(3)  # noqa: NPY002
        return {"seen": step}

    (watched, one), (alone, other) = (
        run(module=Net(dropout=0.5), **arguments)
        for arguments in ({"watch": greedy, "watch_every": 1}, {})
    )
    assert torch.equal(weights(watched), weights(alone))
    assert one.loss.tolist()[1:] == other.loss.tolist()


def test_no_global_random_state_is_touched():
    def states():
        numpy = np.random.get_state()[1].tolist()  # noqa: NPY002
        return torch.get_rng_state().tolist(), numpy, random.getstate()

    module, before = Net(dropout=0.5), states()
    run(module=module)
    assert states() == before


def test_the_callers_random_state_does_not_matter():
    runs = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        runs.append(run(module=Net(dropout=0.5))[1])
    pd.testing.assert_frame_equal(*runs)


def test_the_state_comes_back_after_an_error():
    module, before = Net(), torch.get_rng_state()
    with pytest.raises(KeyError):
        train(module, Rows(), SETTINGS, device="cpu", watch=lambda *_: {}["x"])
    assert torch.equal(torch.get_rng_state(), before)


def test_each_step_draws_other_dropout():
    class Draws(nn.Module):
        def __init__(self):
            super().__init__()
            self.w, self.drawn = nn.Parameter(torch.zeros(1)), []

        def forward(self, batch):
            self.drawn.append(torch.rand(3).tolist())
            return {"loss": self.w.sum()}

    module, again, other = Draws(), Draws(), Draws()
    run(module=module)
    run(module=again)
    run(replace(SETTINGS, seed=1), other)
    assert len({tuple(row) for row in module.drawn + other.drawn}) == 12
    assert module.drawn == again.drawn


def test_only_the_seed_decides():
    one, again, other = (run(replace(SETTINGS, seed=s), Net(dropout=0.3)) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one[1], again[1])
    assert torch.equal(weights(one[0]), weights(again[0]))
    assert not np.allclose(one[1].loss, other[1].loss)


# Settings

CHANGES = {
    "n_epochs": 1.5,
    "n_steps": 7,
    "batch_size": 4,
    "learning_rate": 0.2,
    "warmup": 0.0,
    "weight_decay": 0.0,
    "clip": 20.0,
    "accumulation": 2,
    "precision": "bfloat16",
    "seed": 3,
}


def test_every_setting_is_in_the_list():
    assert set(CHANGES) == {field.name for field in fields(Training)}


@pytest.mark.parametrize("name", CHANGES)
def test_every_setting_changes_the_result(name):
    change = {name: CHANGES[name]} | ({"n_steps": None} if name == "n_epochs" else {})
    plain, changed = (run(s, Net(dropout=0.3))[0] for s in (SETTINGS, replace(SETTINGS, **change)))
    assert not torch.allclose(weights(plain), weights(changed), atol=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_epochs": 1}, "n_epochs=1, n_steps=6: give one of the two"),
        ({"n_steps": None}, "n_epochs=None, n_steps=None: give one"),
        ({"n_steps": -1}, "n_steps=-1: give an integer, 0 or larger"),
        ({"n_steps": 2.5}, "n_steps=2.5: give an integer"),
        ({"n_steps": None, "n_epochs": math.inf}, "n_epochs=inf: give a number"),
        ({"batch_size": 0}, "batch_size=0: give an integer, 1 or larger"),
        ({"batch_size": True}, "batch_size=True"),
        ({"batch_size": 16.0}, "batch_size=16.0: give an integer"),
        ({"learning_rate": 0}, "learning_rate=0: give a number above 0"),
        ({"learning_rate": "0.1"}, "learning_rate='0.1'"),
        ({"learning_rate": math.nan}, "learning_rate=nan"),
        ({"warmup": 500}, "warmup=500: give a number, 0 or larger and below 1"),
        ({"weight_decay": -0.1}, "weight_decay=-0.1"),
        ({"clip": 0}, "clip=0"),
        ({"accumulation": 0}, "accumulation=0"),
        ({"precision": "float16"}, "precision='float16': use one of 'float32', 'bfloat16'"),
        ({"seed": -1}, "seed=-1"),
        ({"seed": 0.5}, "seed=0.5: give an integer"),
    ],
)
def test_bad_settings(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SETTINGS, **change)


def test_no_clipping():
    assert run(replace(SETTINGS, clip=math.inf))[1].gradient_norm.max() > 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"watch_every": 0}, "watch_every=0"),
        ({"watch_every": 2.5}, r"watch_every=2\.5"),
        ({"patience": 0, "choose": "x"}, "patience=0"),
        ({"patience": 1}, "patience needs a value to choose by"),
        ({"choose": "x"}, "choose a watch that returns it"),
        ({"choose": "x", "watch": lambda *_: None}, r"choose='x': watch returned \[\]"),
        ({"choose": "x", "watch": lambda *_: {"y": 1}}, r"choose='x': watch returned \['y'\]"),
        ({"resume": True}, "folder=None holds no checkpoint: give resume=False"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        run(**arguments)


def test_a_module_with_nothing_to_train():
    with pytest.raises(ValueError, match="Net has no parameter that requires a gradient"):
        run(module=Net().requires_grad_(False))


def test_no_batches():
    batches = Rows()
    batches.x = batches.x[:0]
    with pytest.raises(ValueError, match="no batches for 6 steps"):
        train(Net(), batches, SETTINGS, device="cpu")


def test_a_gradient_that_is_no_number_stops_before_it_spoils_the_weights():
    class Late(Net):
        def forward(self, batch):
            values = super().forward(batch)
            return values | {"loss": values["loss"] / (len(self.seen) != 3)}

    module = Late()
    with pytest.raises(FloatingPointError, match=r"step 3: a gradient of norm (nan|inf).*0\.1"):
        run(module=module)
    assert weights(module).isfinite().all()


def test_a_batch_is_cut_by_rows_and_shared_things_go_whole():
    shared = {"mask": torch.ones(7)}
    batch = {"x": torch.arange(5), "y": torch.arange(10).view(5, 2), "n": 5, "shared": shared}
    parts = cut(batch, 3)
    assert [part["x"].tolist() for part in parts] == [[0, 3], [1, 4], [2]]
    assert [part["y"][:, 0].tolist() for part in parts] == [[0, 6], [2, 8], [4]]
    assert all(part["n"] == 5 and part["shared"] is shared for part in parts)
    assert len(cut(batch, 9)) == 5


@pytest.mark.parametrize(
    "batch", [{"n": 3}, {"x": torch.ones(3), "y": torch.ones(2)}, {"x": torch.ones(0, 2)}]
)
def test_a_batch_that_cannot_be_cut(batch):
    with pytest.raises(ValueError, match="a batch with rows"):
        cut(batch, 2)


# Looks


def peak(values):
    """A watch that returns these values, one a look, and keeps the weights it saw."""
    kept = []

    def watch(step, module):
        kept.append((step, weights(module)))
        return {"score": values[len(kept) - 1], "step seen": np.int64(step)}

    return watch, kept


def test_the_best_weights_are_those_of_the_peak_in_the_middle():
    watch, kept = peak([0.1, 0.2, 0.9, 0.3])
    module, history = run(watch=watch, watch_every=2, choose="score")
    assert [step for step, _ in kept] == [0, 2, 4, 6]
    assert torch.equal(weights(module), kept[2][1])
    assert history.step.tolist() == list(range(7))
    assert history.score.dropna().tolist() == [0.1, 0.2, 0.9, 0.3]
    assert history["step seen"].dropna().tolist() == [0, 2, 4, 6]
    assert history.loss.isna().tolist() == [True] + [False] * 6


def test_without_choose_the_last_weights_stay():
    watch, kept = peak([0.1, 0.2, 0.9, 0.3])
    module, _ = run(watch=watch, watch_every=2)
    assert torch.equal(weights(module), kept[-1][1])


def test_the_start_may_be_the_best():
    watch, _ = peak([0.9, 0.2, 0.3, 0.3])
    assert torch.equal(weights(run(watch=watch, watch_every=2, choose="score")[0]), weights(Net()))


@pytest.mark.parametrize(
    ("values", "patience", "n_steps"),
    [
        ([0.1, 0.2, 0.9, 0.3, 0.4, 0.5, 0.6], 2, 4),
        ([0.1, 0.2, 0.9, 0.3, 1.0, 0.5, 0.6], 2, 6),
        ([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], 1, 1),
        ([math.nan, 0.1, math.nan, 0.2, 0.3, 0.1, 0.0], 2, 6),
    ],
)
def test_patience(values, patience, n_steps):
    watch, _ = peak(values)
    _, history = run(watch=watch, watch_every=1, choose="score", patience=patience)
    assert history.step.max() == n_steps


def test_by_default_it_looks_at_the_end_of_each_epoch():
    watch, kept = peak(range(9))
    run(replace(SETTINGS, n_steps=7), watch=watch)
    assert [step for step, _ in kept] == [0, 3, 6, 7]


# Checkpoints

LONG = replace(SETTINGS, n_steps=11)


class KillError(Exception):
    """What stops a run here; real processes die in test_trainings."""


def interrupted(folder, after, settings=LONG, **arguments):
    class Fragile(Net):
        def forward(self, batch):
            if self.training and len(self.seen) == after:
                raise KillError
            return super().forward(batch)

    with pytest.raises(KillError):
        run(settings, Fragile(dropout=0.5), folder=folder, **arguments)


@pytest.mark.parametrize("after", [5, 8, 10])
def test_a_resumed_run_ends_to_the_bit_where_it_would_have(tmp_path, after):
    """Looks within epochs; steps since the last look are taken again."""
    looks = {"watch_every": 4}
    alone, history = run(LONG, Net(dropout=0.5), **looks)
    interrupted(tmp_path, after, **looks)
    module = Net(dropout=0.5)
    for weight in module.parameters():
        nn.init.zeros_(weight)  # nothing of it is needed
    _, resumed = run(LONG, module, folder=tmp_path, resume=True, **looks)
    assert len(module.seen) == 11 - 4 * (after // 4)  # and it did not begin again
    pd.testing.assert_frame_equal(resumed, history, check_exact=True)
    assert torch.equal(weights(module), weights(alone))


def test_the_best_weights_and_the_patience_come_back(tmp_path):
    values = [0.1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0, 0.0]
    watch, kept = peak(values)
    arguments = {"watch_every": 1, "choose": "score", "patience": 4}
    _, history = run(LONG, Net(dropout=0.5), watch=watch, **arguments)
    interrupted(tmp_path, 3, watch=peak(values)[0], **arguments)
    module = Net(dropout=0.5)
    _, resumed = run(
        LONG, module, watch=peak(values[4:])[0], folder=tmp_path, resume=True, **arguments
    )
    assert resumed.step.tolist() == history.step.tolist() == list(range(6))
    assert torch.equal(weights(module), kept[1][1])


def test_a_run_that_ended_ends_at_once_when_it_is_resumed(tmp_path):
    watch, _ = peak([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    arguments = {"watch_every": 1, "choose": "score", "patience": 2, "folder": tmp_path}
    first, history = run(watch=watch, **arguments)
    module, again = run(watch=watch, resume=True, **arguments)
    assert module.seen == []
    pd.testing.assert_frame_equal(again, history)
    assert torch.equal(weights(module), weights(first))


def test_frozen_weights_are_not_in_the_checkpoint_and_buffers_are(tmp_path):
    module = Net()
    module.layer.requires_grad_(False)
    module.register_buffer("count", torch.zeros(1))
    run(module=module, folder=tmp_path)
    state = torch.load(tmp_path / CHECKPOINT, weights_only=True)
    assert set(state["weights"]) == {"norm.weight", "norm.bias", "out.weight", "out.bias", "count"}
    assert [path.name for path in tmp_path.iterdir()] == [CHECKPOINT]


def test_a_kill_while_a_checkpoint_is_written_leaves_the_last_one(tmp_path, monkeypatch):
    alone, _ = run(LONG, Net(dropout=0.5))
    save = torch.save

    def dies(state, path):
        save({"half": 1}, path)
        raise KillError

    interrupted(tmp_path, 5)
    monkeypatch.setattr(torch, "save", dies)
    with pytest.raises(KillError):
        run(LONG, Net(dropout=0.5), folder=tmp_path, resume=True)
    monkeypatch.undo()
    module, _ = run(LONG, Net(dropout=0.5), folder=tmp_path, resume=True)
    assert torch.equal(weights(module), weights(alone))


def test_old_checkpoints_are_neither_overwritten_nor_mixed_up(tmp_path):
    run(folder=tmp_path)
    with pytest.raises(ValueError, match=r"earlier run: give another folder, or resume=True"):
        run(folder=tmp_path)
    with pytest.raises(ValueError, match=r"holds no checkpoint: give resume=False to begin"):
        run(folder=tmp_path / "empty", resume=True)
    changed = replace(SETTINGS, learning_rate=0.3)
    with pytest.raises(ValueError, match=r"learning_rate=0\.3 \(there 0\.1\)"):
        run(changed, folder=tmp_path, resume=True)
    run(replace(SETTINGS, accumulation=2), folder=tmp_path, resume=True)


@pytest.mark.parametrize("field", [field.name for field in fields(Training)])
def test_only_what_a_device_asks_for_may_change_before_a_run_goes_on(field, tmp_path):
    run(folder=tmp_path)
    given = {"n_epochs": 2, "precision": "bfloat16", "seed": 3}
    value = given[field] if field in given else getattr(SETTINGS, field) * 2
    left_out = {"n_steps": None} if field == "n_epochs" else {}
    changed = replace(SETTINGS, **{field: value}, **left_out)
    if field in ("accumulation", "precision"):
        run(changed, folder=tmp_path, resume=True)
    else:
        with pytest.raises(ValueError, match=rf"other settings: .*{field}={value!r}"):
            run(changed, folder=tmp_path, resume=True)


# Devices


def test_memory(monkeypatch):
    class Large(Net):
        def __init__(self, error):
            super().__init__()
            self.error = error

        def forward(self, batch):
            raise self.error

    for error in (
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("MPS backend out of memory (2.00 GiB)"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 2.00 GiB"),
    ):
        with pytest.raises(torch.OutOfMemoryError, match=r"2\.00 GiB.*accumulation=4.*'LoRA'"):
            run(module=Large(error))
    with pytest.raises(RuntimeError, match=r"^something else$"):
        run(module=Large(RuntimeError("something else")))


def test_bfloat16_stays_near_float32_and_keeps_float32_weights():
    settings = replace(SETTINGS, learning_rate=0.01)
    (full, one), (half, other) = run(settings), run(replace(settings, precision="bfloat16"))
    assert all(weight.dtype == torch.float32 for weight in half.parameters())
    np.testing.assert_allclose(one.loss, other.loss, rtol=0.05)
    assert not np.allclose(one.loss, other.loss, rtol=1e-6)
    torch.testing.assert_close(weights(full), weights(half), atol=0.05, rtol=0)


def test_a_compiled_module_takes_the_same_steps(monkeypatch):
    # Here and once: no pool of processes that each load torch, no second code for the last batch.
    monkeypatch.setattr("torch._inductor.config.compile_threads", 1)

    class Rated(Net):
        def forward(self, batch):
            wrong = self.out(self.norm(torch.tanh(self.layer(batch["x"])))).squeeze(-1) - batch["y"]
            return {"loss": (wrong**2).sum() / batch["n"]}

        def rate_factors(self):
            return {"out.bias": 3.0}

    plain, compiled = Rated(), Rated()
    history = run(module=plain)[1]
    backend = "inductor" if shutil.which("g++") else "aot_eager"  # the first needs a compiler
    fast = torch.compile(compiled, backend=backend, dynamic=True)
    pd.testing.assert_frame_equal(run(module=fast)[1], history, rtol=1e-5)
    torch.testing.assert_close(weights(compiled), weights(plain), atol=1e-5, rtol=0)


def test_the_memory_of_a_device_is_asked_for_where_it_says(monkeypatch):
    asked = []
    monkeypatch.setattr(loop, "pick_device", lambda d: asked.append(d) or torch.device("cpu"))
    run()
    assert asked == ["cpu"]


def test_an_objective_is_a_model_with_its_losses():
    model = nn.Linear(4, 1)
    start = copy.deepcopy(model.state_dict())
    objective = Objective(model, lambda m, batch: {"loss": (m(batch["x"]) ** 2).sum() / batch["n"]})
    train(objective, Rows(), SETTINGS, device="cpu")
    assert not torch.equal(model.weight, start["weight"])
