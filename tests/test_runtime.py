"""Device, profile, seeds, progress."""

import os
import random
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from plmrec_lite.runtime import (
    device,
    evaluation_mode,
    in_notebook,
    n_threads,
    own_seed,
    profile,
    progress,
    python_command,
    seed_everything,
    shell_command,
)


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


class Shell:
    """What IPython gives in a notebook."""

    kernel = object()


@pytest.mark.parametrize(
    ("terminal", "notebook", "variable", "shown"),
    [
        (False, False, None, False),
        (True, False, None, True),
        (False, True, None, True),
        (True, True, "0", False),
        (True, False, "1", True),
    ],
)
def test_a_bar_is_there_for_who_watches(terminal, notebook, variable, shown, monkeypatch, capsys):
    monkeypatch.delenv("PLMREC_PROGRESS", raising=False)
    if variable is not None:
        monkeypatch.setenv("PLMREC_PROGRESS", variable)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setattr("IPython.get_ipython", lambda: Shell() if notebook else None)
    assert in_notebook() == notebook
    bar = progress(range(3), "counting")
    bar.delay = bar.mininterval = 0  # as if it took long
    assert list(bar) == [0, 1, 2]
    said = capsys.readouterr()
    assert ("counting" in said.err) == shown
    assert said.out == ""


def test_without_ipython_it_is_no_notebook(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not in_notebook()


def test_a_bar_without_an_iterable_is_moved_by_hand(monkeypatch, capsys):
    monkeypatch.delenv("PLMREC_PROGRESS", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress(None, "fetching", total=2000, unit="B") as bar:
        bar.delay = 0
        bar.update(1000)
        bar.refresh()
    assert re.search(r"1\.00k/2\.00k .*B/s", capsys.readouterr().err)


def test_short_work_shows_no_bar(monkeypatch, capsys):
    monkeypatch.delenv("PLMREC_PROGRESS", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress(range(3), "counting")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_mode_ends_as_it_began_also_after_an_error(training):
    module = torch.nn.Sequential(torch.nn.Dropout()).train(training)
    with pytest.raises(KeyError), evaluation_mode(module):
        assert not module.training and not module[0].training
        raise KeyError
    assert module.training == module[0].training == training


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


PRINT_COMMAND = (
    "from plmrec_lite.runtime import shell_command; print(shell_command('cache', '--json'))"
)


@pytest.fixture
def environment(tmp_path):
    """A folder with a space in its name, a script in it that works, and a path without it."""
    bin = tmp_path / "my book" / "bin"
    bin.mkdir(parents=True)
    script = bin / "plmrec-lite"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom plmrec_lite.runtime import shell_command\n"
        "print(shell_command('cache', '--json') if len(sys.argv) == 1 else 'followed')\n"
    )
    script.chmod(0o755)
    return bin


@pytest.mark.parametrize("place", ["on the path", "below", "elsewhere", "no script"])
def test_a_cure_names_a_command_that_runs(place, environment, tmp_path):
    path = str(environment) if place == "on the path" else str(tmp_path)
    (tmp_path / "plmrec-lite").write_text("#!/bin/sh\nexit 3\n")  # that of another environment
    (tmp_path / "plmrec-lite").chmod(0o755)
    folder = environment.parent if place == "below" else tmp_path / "else"
    folder.mkdir(exist_ok=True)
    start = [sys.executable, "-c", PRINT_COMMAND]
    if place != "no script":
        start = [str(environment / "plmrec-lite")]
    settings = {"cwd": folder, "env": {**os.environ, "PATH": f"{path}:/usr/bin:/bin"}}
    told = subprocess.run(start, capture_output=True, text=True, check=True, **settings)
    command = told.stdout.strip()
    begins = {"on the path": "plmrec-lite cache", "below": "bin/plmrec-lite cache"}
    assert command.startswith(begins.get(place, f"{sys.executable} -m plmrec_lite cache"))
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=True, **settings
    )
    assert "followed" in done.stdout if place in begins else '"bytes"' in done.stdout


def test_a_name_with_a_space_is_quoted(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/my books/bin/python")
    monkeypatch.setattr(sys, "argv", ["pytest"])
    assert python_command("-c", "x y") == "'/my books/bin/python' -c 'x y'"
    assert shell_command("data") == "'/my books/bin/python' -m plmrec_lite data"


@pytest.mark.parametrize(("said", "threads"), [("3", 3), ("", None), ("0", None), ("many", None)])
def test_threads_are_those_asked_for_or_the_cores_allowed(monkeypatch, said, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 3, 5}, raising=False)
    assert n_threads() == (threads or 3)
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert n_threads() == (threads or 7)
