"""What holds for every training of the library: each in small, in ``trainings.py``."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import trainings
from accelerate import Accelerator
from trainings import KILLED_AFTER, N_STEPS, TRAININGS, assert_alike, weights

from plmrec_lite.checkpoints import CHECKPOINT
from plmrec_lite.training import loop

every = pytest.mark.parametrize("name", TRAININGS)


def start(job, folder, **environment):
    return subprocess.Popen(
        [sys.executable, trainings.__file__, job, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PLMREC_PROGRESS": "0", "OMP_NUM_THREADS": "1", **environment},
    )


def finish(*processes):
    said = [process.communicate(timeout=300)[0] for process in processes]
    ends = [process.returncode for process in processes]
    assert not any(ends), "\n\n".join(text[-2000:] for text in said)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Two processes that share every training, and one whose children are killed in it."""
    shared, killed = (tmp_path_factory.mktemp(name) for name in ("shared", "killed"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": "2"}
    meeting["ACCELERATE_USE_CPU"] = "true"
    ranks = ("0", "1")
    finish(
        *(start("share", shared, **meeting, RANK=rank, LOCAL_RANK=rank) for rank in ranks),
        start("kill", killed),
    )
    found = [torch.load(shared / f"{rank}.pt", weights_only=False) for rank in ranks]
    return found, killed, json.loads((killed / "ends.json").read_text())


@every
def test_two_processes_take_the_steps_of_one(name, jobs):
    module, history = TRAININGS[name]({}, device="cpu")
    for process in jobs[0]:
        found = pd.DataFrame(process[name]["history"])
        pd.testing.assert_frame_equal(found, history, rtol=1e-4, atol=1e-5, check_dtype=False)
        assert_alike(process[name]["weights"], weights(module))
    assert torch.equal(jobs[0][0][name]["weights"], jobs[0][1][name]["weights"])


@every
def test_killed_and_resumed_it_ends_to_the_bit_where_it_would_have(name, jobs, monkeypatch):
    """With dropout on, so that what is drawn has to be the same too."""
    _, killed, ends = jobs
    assert ends[name] == -signal.SIGKILL
    state = torch.load(killed / name / CHECKPOINT, weights_only=True)
    (reached, *_), counted = state["progress"], []
    assert 0 < reached < KILLED_AFTER
    module, history = TRAININGS[name]({}, dropout=0.1, device="cpu")
    step = torch.optim.AdamW.step
    monkeypatch.setattr(
        torch.optim.AdamW, "step", lambda self, *a: counted.append(1) or step(self, *a)
    )
    resumed, again = TRAININGS[name](
        {}, dropout=0.1, device="cpu", folder=killed / name, resume=True
    )
    assert len(counted) == N_STEPS - reached  # it did not begin anew
    pd.testing.assert_frame_equal(again, history, check_exact=True)
    assert torch.equal(weights(resumed), weights(module))


@every
def test_accumulation_takes_the_same_steps(name):
    (whole, one), (parts, other) = (
        TRAININGS[name]({"accumulation": n}, device="cpu") for n in (1, 3)
    )
    pd.testing.assert_frame_equal(one, other, rtol=1e-4, atol=1e-5, check_dtype=False)
    assert_alike(weights(whole), weights(parts))


@every
def test_out_of_memory_says_what_to_try(name, monkeypatch):
    def too_small(*arguments):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(Accelerator, "backward", too_small)
    with pytest.raises(torch.OutOfMemoryError, match=r"2\.00 GiB.*accumulation=4.*'LoRA'"):
        TRAININGS[name]({}, device="cpu")


@every
def test_only_the_seed_decides_and_no_global_random_state_is_touched(name):
    def states():
        numpy = np.random.get_state()[1].tolist()  # noqa: NPY002
        return torch.get_rng_state().tolist(), numpy, random.getstate()

    runs = []
    for number, seed in enumerate((1, 1, 2)):
        torch.manual_seed(number)
        before = states()
        module, _ = TRAININGS[name]({"seed": seed}, dropout=0.1, device="cpu")
        assert states() == before
        runs.append(weights(module))
    assert torch.equal(runs[0], runs[1])
    assert not torch.allclose(runs[0], runs[2])


def numbers(value):
    """All numbers of a batch, in one list."""
    if isinstance(value, dict):
        return [number for key in value for number in numbers(value[key])]
    return torch.as_tensor(value).flatten().tolist()


HANDED = {  # by the first words of a name: what the bar says, and the rows of an epoch's batches
    "decoder": ("training", [7, 7, 7]),
    "skip-gram": ("skip-gram", None),  # its pairs are drawn anew, so that their number varies
    "pre-training further": ("pre-training", [7, 7, 7]),
    "pre-training, ": ("pre-training", [3, 3, 3]),
    "classifier": ("fine-tuning", [8, 8, 5]),
    "sequences": ("training on sequences", [7, 7, 7]),
    "tower, match": ("training the tower", [45, 45, 45]),
    "tower, ": ("training the tower", [8, 8, 8]),
    "DropoutNet": ("training DropoutNet", [9, 9, 8]),
    "graph": ("training LightGCN", [46, 46, 45]),
    "search, pairs": ("tuning the search", [7, 7, 7]),
    "search, hard": ("tuning the search", [7, 7, 7]),
    "search, head": ("tuning the head", [7, 7, 7]),
    "search, reranker": ("tuning the reranker", [7, 7, 7]),
    "student": ("distilling", [7, 7, 7]),
    "words and pictures, heads": ("tuning two heads", [7, 7, 7]),
    "words and pictures, shelves": ("shelves, gated", [7, 7, 7]),
    "GPT, answers": ("tuning a GPT", [7, 7, 7]),
    "private head": ("private training", None),  # each row is drawn for itself
}


def n_rows(batch):
    """Of a batch's tensors the shortest has a row for each example."""
    return min(len(v) for v in batch.values() if isinstance(v, torch.Tensor) and v.ndim)


@every
def test_the_seed_decides_the_batches_too_and_each_epoch_has_its_own(name, monkeypatch):
    """Not the first weights alone: else two seeds would learn from the rows in one order."""
    given, steps = [], loop._steps
    bar, rows = next(handed for start, handed in HANDED.items() if name.startswith(start))

    def spy(done, n_steps, batches, title):
        assert title == bar
        assert rows in (None, [n_rows(batch) for batch in batches.epoch(0)])
        given.append([[numbers(batch) for batch in batches.epoch(n)] for n in (0, 1)])
        return steps(done, n_steps, batches, title)

    monkeypatch.setattr(loop, "_steps", spy)
    for seed in (1, 1, 2):
        TRAININGS[name]({"seed": seed, "n_steps": 1}, device="cpu")
    one, again, other = given
    assert one == again
    assert one[0] != other[0] and one[1] != other[1]
    assert one[0] != one[1]


@every
def test_the_seed_decides_the_first_weights_unless_they_are_given(name):
    """Not the batches alone: after no step, two seeds differ where weights are drawn at all."""
    given = name.startswith(
        ("pre-training", "search, p", "search, ha", "search, he", "student, t", "tower")
    )
    one, again, other = (
        weights(TRAININGS[name]({"seed": seed, "n_steps": 0}, device="cpu")[0])
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert torch.equal(one, other) == (given and name != "tower, LoRA")


@every
def test_dropout_is_on_in_training(name):
    if name in ("skip-gram", "tower, linear", "private head") or name.startswith(
        ("graph", "search, head", "GPT")
    ):  # none
        return
    (_, without), (_, with_it) = (TRAININGS[name]({}, p, device="cpu") for p in (0.0, 0.5))
    losses = [history.loss.dropna().iloc[-1] for history in (without, with_it)]
    assert losses[0] != losses[1]  # which are equal to the bit where nothing is dropped


@every
def test_half_precision_stays_near(name):
    if name == "private head":  # its noise would be rounded
        with pytest.raises(ValueError, match="precision='bfloat16'"):
            TRAININGS[name]({"precision": "bfloat16"}, device="cpu")
        return
    (_, full), (_, half) = (
        TRAININGS[name]({"precision": p}, device="cpu") for p in ("float32", "bfloat16")
    )
    np.testing.assert_allclose(full.loss.dropna(), half.loss.dropna(), rtol=0.1)


@every
def test_the_list_keeps_its_promise(name):
    """Three steps an epoch, so that a checkpoint is written before the kill."""
    _, history = TRAININGS[name]({"n_steps": None, "n_epochs": 1}, device="cpu")
    assert history.step.max() == 3
    assert Path(trainings.__file__).parent == Path(__file__).parent
