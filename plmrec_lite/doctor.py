"""What a machine has for the book, what it lacks, and the cure."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

PACKAGES = ("torch", "transformers", "numpy", "scikit-learn", "pandas")
NEEDED_GB = 2
MARKS = ("✗", "✓")
PLAIN_MARKS = ("-", "+")  # where the terminal's encoding has no ticks


class Finding(NamedTuple):
    """One check.

    Attributes
    ----------
    name : str; what was looked at
    works : bool; whether it is as the book needs it
    seen : str; what was found, in a few words
    cure : str; what to do when it does not work
    """

    name: str
    works: bool
    seen: str
    cure: str = ""

    def __str__(self):
        mark = MARKS[self.works]
        try:
            mark.encode(sys.stdout.encoding or "ascii")
        except UnicodeEncodeError:
            mark = PLAIN_MARKS[self.works]
        line = f"{mark} {self.name:<14} {self.seen}"
        return line if self.works else f"{line}\n  cure: {self.cure}"


def examine():
    """Check versions, device, cache, data sets and model; fetch nothing.

    Returns
    -------
    list of Finding; in the order in which a reader should cure them
    """
    from plmrec_lite.data import DATASETS

    return [
        _python(),
        *(_package(name) for name in PACKAGES),
        _device(),
        _cache(),
        *(_dataset(name) for name in DATASETS),
        _vectors(),
        _model(),
    ]


def _python():
    """The interpreter, which must be one the lock file was resolved for."""
    found = platform.python_version()
    works = tuple(map(int, platform.python_version_tuple()[:2])) >= (3, 11)
    return Finding("python", works, found, "install Python 3.11 and make the environment anew")


def _package(name):
    """A library that every page imports."""
    from plmrec_lite.runtime import python_command

    cure = f"run: {python_command('-m', 'pip', 'install', name)}"
    if name == "torch" and (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
        cure = (
            "there is no current torch for Intel Macs: use a Mac with an M chip, Linux or Windows "
            "on any machine, or Colab"
        )
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", cure)


def _device():
    """The device and the profile that pages will use."""
    from plmrec_lite.runtime import device, profile

    try:
        found, size = device(), profile()
    except ImportError as error:
        return Finding("device", False, str(error), "install what is missing above")
    except (ValueError, RuntimeError) as error:
        return Finding("device", False, str(error), "unset PLMREC_PROFILE")
    seen = f"{_described(found)}, profile {size}"
    if size == "gpu" and found.type == "cpu":
        seen += ", but torch sees no GPU: the pages would take hours"
        return Finding("device", False, seen, "unset PLMREC_PROFILE, or install torch for CUDA")
    return Finding("device", True, seen)


def _described(device):
    """A device, with the name and the memory of a GPU."""
    if device.type != "cuda":
        return str(device)
    import torch

    gpu = torch.cuda.get_device_properties(device)
    return f"{device} ({gpu.name}, {gpu.total_memory / 1e9:.0f} GB)"


def _cache():
    """The cache folder: it must take files, unless all data sets are already there."""
    from plmrec_lite.data import DATASETS, cache_home, find_cached

    home = cache_home()
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home):
            free = shutil.disk_usage(home).free / 1e9
    except OSError as error:
        needed = [name for name, record in DATASETS.items() if not record.on_request]
        complete = all(find_cached(name) for name in needed)
        seen = f"{home} cannot be written ({error.strerror})"
        seen += "; it holds all that is needed" if complete else ""
        return Finding("cache", complete, seen, "set PLMREC_HOME to a folder you can write to")
    seen = f"{home}, {free:.0f} GB free"
    return Finding("cache", free >= NEEDED_GB, seen, "free some space, or set PLMREC_HOME")


def _dataset(name):
    """A data set, whole and unaltered in the cache."""
    from plmrec_lite.data import dataset, find_cached
    from plmrec_lite.runtime import shell_command

    if find_cached(name):
        return Finding(name, True, "verified")
    if dataset(name).on_request:
        return Finding(name, True, f"not here; no page needs it ({shell_command('data', name)})")
    cure = f"run: {shell_command('data', name)}"
    return Finding(name, False, "not in the cache, or altered", cure)


def _vectors():
    """The vectors that are kept: they can be many, and can go at any time."""
    from plmrec_lite.runtime import shell_command
    from plmrec_lite.text.vector_cache import cache_size, vectors_folder

    n_files, n_bytes = cache_size()
    seen = f"{n_bytes / 1e6:.1f} MB in {n_files} files in {vectors_folder()}"
    if n_files:
        seen += f" (to remove them: {shell_command('cache', '--clear')})"
    return Finding("vectors", True, seen)


def _model():
    """The language model, which must encode a sentence."""
    from plmrec_lite.text import ModelError, TextEncoder

    try:
        encoder = TextEncoder()
        encoder.encode(["a film about a language"])
    except ImportError as error:
        return Finding("model", False, str(error), "install what is missing above")
    except (ModelError, RuntimeError) as error:
        return Finding("model", False, "does not load", str(error))
    parameters = sum(p.numel() for p in encoder.model.parameters()) / 1e6
    return Finding("model", True, f"{encoder.name}: {parameters:.1f} M parameters, encodes")
