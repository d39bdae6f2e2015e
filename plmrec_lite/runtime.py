"""Where and how a page runs: device, profile, seeds, progress."""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import shutil
import subprocess
import sys
from numbers import Integral
from pathlib import Path

import numpy as np

PROFILES = ("cpu", "gpu")


def device(prefer=None):
    """Return the torch device that computation should use.

    Parameters
    ----------
    prefer : str, torch.device or None; such as ``"cpu"``, ``"cuda"`` or ``"mps"``; None takes CUDA
        when it is there, else Apple's MPS, else the CPU

    Returns
    -------
    torch.device

    Raises
    ------
    ValueError: ``prefer`` names no kind of device that torch knows
    RuntimeError: the device asked for is not on this machine
    """
    import torch

    if prefer is None:
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    try:
        wanted = torch.device(prefer)
    except RuntimeError as error:
        raise ValueError(
            f"unknown device {prefer!r}: use 'cpu', 'cuda', 'cuda:1', 'mps', or None to choose"
        ) from error
    if wanted.type == "cuda":
        found = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (wanted.index or 0) >= found:
            raise RuntimeError(
                f"device {prefer!r} was asked for, but torch {torch.__version__} sees {found} "
                "CUDA device(s): leave the device out to run on the CPU, or install torch for CUDA"
            )
    if wanted.type == "mps" and not torch.backends.mps.is_available():
        raise RuntimeError(f"device {prefer!r} was asked for, but this machine has no Apple GPU")
    return wanted


def n_threads():
    """Return how many threads may work at once.

    Returns
    -------
    int; ``OMP_NUM_THREADS`` if it is set, else the cores that this process may use
    """
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    number = os.environ.get("OMP_NUM_THREADS", "")
    return int(number) if number.isdecimal() and int(number) else cores


def profile():
    """Return the size at which pages run their experiments.

    Returns
    -------
    str; ``"cpu"`` (two cores, two minutes a page) or ``"gpu"`` (the large versions):
        ``PLMREC_PROFILE`` if set, else what this machine has

    Raises
    ------
    ValueError: ``PLMREC_PROFILE`` is neither
    """
    chosen = os.environ.get("PLMREC_PROFILE", "").strip().lower()
    if not chosen:
        return "gpu" if device().type == "cuda" else "cpu"
    if chosen not in PROFILES:
        raise ValueError(f"PLMREC_PROFILE={chosen!r}: use {' or '.join(PROFILES)}, or unset it")
    return chosen


def check_seed(seed):
    """Refuse what is no seed, before anything is drawn.

    Parameters
    ----------
    seed : object; right is an integer from 0 to 2^63 - 1, or a list of them

    Raises
    ------
    ValueError: it is none (the message names it)
    """
    for number in seed if isinstance(seed, list) else [seed]:
        whole = isinstance(number, Integral) and not isinstance(number, bool)
        if not whole or not 0 <= number < 2**63:
            raise ValueError(f"seed={seed!r}: give an integer from 0 to 2**63 - 1")


def seed_everything(seed=0):
    """Seed Python, NumPy and torch (all devices), and return a NumPy generator.

    Parameters
    ----------
    seed : int; 0 or larger

    Returns
    -------
    numpy.random.Generator; with the same seed, for code that passes its randomness on

    Raises
    ------
    ValueError: see ``check_seed``
    """
    import torch

    check_seed(seed)
    random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)  # noqa: NPY002  libraries that read NumPy's global state
    torch.manual_seed(int(seed))
    return np.random.default_rng(int(seed))


@contextlib.contextmanager
def own_seed(seed):
    """Draw from a seed of one's own for a while, and leave torch's generator as it was.

    Parameters
    ----------
    seed : int; of what torch draws on the CPU inside the block, such as first weights

    Yields
    ------
    None
    """
    import torch

    check_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int(seed))
        yield


@contextlib.contextmanager
def evaluation_mode(module):
    """Take a module into evaluation mode for a while, without dropout, and back to what it was.

    Parameters
    ----------
    module : torch.nn.Module

    Yields
    ------
    None
    """
    training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(training)


def shell_command(*words):
    """Write the line that runs this library's command line on this machine.

    Parameters
    ----------
    *words : str; what follows ``plmrec-lite``, such as ``"data", "opinions"``

    Returns
    -------
    str; for a terminal in the current folder: the script where it is on the path or lies below the
        folder, else the module, run by this Python
    """
    started = os.path.abspath(sys.argv[0])
    if os.path.basename(started).removesuffix(".exe") != "plmrec-lite":
        started = os.path.join(os.path.dirname(sys.executable), "plmrec-lite")
    script, known = shutil.which(started), shutil.which("plmrec-lite")
    if script and known and os.path.samefile(script, known):
        start = ["plmrec-lite"]
    elif script and Path(script).is_relative_to(Path.cwd()):
        start = [os.path.relpath(script)]
    else:
        return python_command("-m", "plmrec_lite", *words)
    return _quoted([*start, *words])


def python_command(*words):
    """Write the line that runs this very Python in a terminal.

    Parameters
    ----------
    *words : str; what follows its name, such as ``"-m", "pip", "list"``

    Returns
    -------
    str
    """
    return _quoted([sys.executable, *words])


def _quoted(words):
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def in_notebook():
    """Say whether this code runs in the kernel of a notebook.

    Returns
    -------
    bool
    """
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def progress(iterable, desc, total=None, unit="it"):
    """Wrap an iterable in a progress bar that appears only when the work is long.

    Parameters
    ----------
    iterable : iterable or None; with None, call ``update(n)`` on what is returned
    desc : str; what is going on, in two or three words
    total : int or None; the number of steps, where the iterable has no length
    unit : str; what is counted, such as ``"B"`` for bytes

    Returns
    -------
    tqdm.tqdm; on stderr after one second, cleared at the end; none where stderr is no terminal and
        this is no notebook, nor with ``PLMREC_PROGRESS=0``
    """
    from tqdm import tqdm

    watched = sys.stderr.isatty() or in_notebook()
    return tqdm(
        iterable,
        desc=desc,
        total=total,
        unit=unit,
        unit_scale=unit == "B",
        delay=1.0,
        leave=False,
        file=sys.stderr,
        disable=not watched or os.environ.get("PLMREC_PROGRESS") == "0",
    )
