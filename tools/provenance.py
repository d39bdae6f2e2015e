"""When, where and with what a result was made."""

import contextlib
import platform
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from book_files import ROOT

from plmrec_lite.runtime import n_threads

PACKAGES = ("torch", "transformers", "peft", "scikit-learn", "numpy")
MADE = ("recorded", "processor", "device", "threads", "versions", "commit")


def made():
    """Say all ``MADE`` of this process."""
    return {
        "recorded": date.today().isoformat(),
        "processor": _processor(),
        "device": _device(),
        "threads": n_threads(),
        "versions": {"python": platform.python_version()} | {p: _version(p) for p in PACKAGES},
        "commit": _commit(),
    }


def _processor():
    """Name the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _device():
    """Name the accelerator that this process used, or "cpu"."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        return torch.cuda.get_device_name()
    if torch is not None and torch.backends.mps.is_available():
        return "Apple GPU" if torch.mps.current_allocated_memory() else "cpu"
    return "cpu"


def _version(package):
    with contextlib.suppress(PackageNotFoundError):
        return version(package)
    return "none"


def _commit():
    """Name the commit that the code was at, or before."""
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def together(made):
    """Say once what all runs have in common, and list what they have not."""
    if isinstance(made[0], dict):
        return {key: together([one[key] for one in made]) for key in made[0]}
    found = sorted({one for one in made if one is not None}, key=str)
    return found[0] if len(found) == 1 else ", ".join(map(str, found)) or None
