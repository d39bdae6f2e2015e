"""Device, profile, seeds, progress."""

import random

import numpy as np
import pytest
import torch

from plmrec_lite.runtime import device, own_seed, profile, progress, seed_everything


def test_device_defaults_to_what_is_there():
    slower = "mps" if torch.backends.mps.is_available() else "cpu"
    assert device().type == ("cuda" if torch.cuda.is_available() else slower)
    assert device("cpu") == torch.device("cpu")


def test_device_asked_for_and_absent(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeError, match=r"'cuda'.*0 CUDA device.*install torch for CUDA"):
        device("cuda")


def test_device_index_beyond_what_is_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert device("cuda:0") == torch.device("cuda:0")
    with pytest.raises(RuntimeError, match=r"'cuda:3'.*sees 1"):
        device("cuda:3")


def test_device_unknown_name():
    with pytest.raises(ValueError, match="unknown device 'gpu'"):
        device("gpu")


@pytest.mark.parametrize("wanted", ["cpu", "gpu"])
def test_profile_from_the_environment(monkeypatch, wanted):
    monkeypatch.setenv("PLMREC_PROFILE", wanted.upper())
    assert profile() == wanted


def test_profile_from_the_machine(monkeypatch):
    monkeypatch.delenv("PLMREC_PROFILE", raising=False)
    assert profile() == ("gpu" if torch.cuda.is_available() else "cpu")


def test_profile_unknown(monkeypatch):
    monkeypatch.setenv("PLMREC_PROFILE", "laptop")
    with pytest.raises(ValueError, match=r"PLMREC_PROFILE='laptop'.*cpu or gpu"):
        profile()


def test_seed_everything_repeats_every_source():
    def draw():
        generator = seed_everything(7)
        return random.random(), np.random.rand(), torch.rand(1).item(), generator.random()  # noqa: NPY002

    assert draw() == draw()


@pytest.mark.parametrize("seed", [-1, 1.5, "0", True])
def test_seed_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        seed_everything(seed)


def test_progress_yields_everything_and_can_be_silenced(monkeypatch, capsys):
    monkeypatch.setenv("PLMREC_PROGRESS", "0")
    assert list(progress(range(5), "counting")) == [0, 1, 2, 3, 4]
    assert capsys.readouterr().err == ""


def test_a_seed_of_ones_own():
    before, drawn = torch.get_rng_state(), []
    for seed in (0, 0, 1):
        with own_seed(seed):
            drawn.append(torch.rand(3).tolist())
    assert drawn[0] == drawn[1] != drawn[2]
    assert torch.equal(torch.get_rng_state(), before)
    with pytest.raises(KeyError), own_seed(0):
        raise KeyError
    assert torch.equal(torch.get_rng_state(), before)
