"""The runs of experiments: one case with one seed each, in a process of its own, kept at once.

The journal holds every run that ended, so that work which was stopped goes on where it stopped,
also on another machine that is given the same folder.
"""

import contextlib
import importlib.util
import json
import math
import multiprocessing
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from book_files import ROOT

PACKAGES = ("torch", "transformers", "peft", "scikit-learn", "numpy")
CHECK, CHECK_SEEDS = "check", (0, 1, 2)


class RunError(RuntimeError):
    """A run that failed; the message holds what the script said."""


class Run(NamedTuple):
    """One case with one seed.

    Attributes
    ----------
    path : pathlib.Path
        The script.
    case : str
        Its case, or ``"check"``.
    seed : int
        The seed.
    arguments : dict
        What ``run`` takes besides.
    code : str
        As `code_hash` returns it.
    """

    path: Path
    case: str
    seed: int
    arguments: dict
    code: str

    def __str__(self):
        return f"{self.path.stem}: {self.case} seed {self.seed}"

    def place(self, journal):
        """Return the run's file in a journal.

        Parameters
        ----------
        journal : pathlib.Path
            The folder.

        Returns
        -------
        pathlib.Path
            The file, which need not be there.
        """
        case = self.case.replace("/", "-")
        return journal / self.path.stem / f"{case} seed {self.seed}.json"

    def kept(self, journal):
        """Return what the journal holds of this run.

        Parameters
        ----------
        journal : pathlib.Path
            The folder.

        Returns
        -------
        dict or None
            ``result`` as `run_once` returns it, and ``made``: where and with what. None if there
            is nothing, or it came from other code or arguments.
        """
        place = self.place(journal)
        if not place.is_file():
            return None
        kept = json.loads(place.read_text(encoding="utf-8"))
        same = (kept["code"], kept["arguments"]) == (self.code, _as_json(self.arguments))
        return kept if same else None


def load_script(path):
    """Load a script.

    Parameters
    ----------
    path : pathlib.Path
        A file of ``book/experiments``.

    Returns
    -------
    module
        With SEEDS, CASES, CHECK and run.
    """
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def runs_of(path, code):
    """List the runs of an experiment.

    Parameters
    ----------
    path : pathlib.Path
        The script.
    code : str
        As `code_hash` returns it.

    Returns
    -------
    list of Run
        Every case with every seed, and the small runs that the tests repeat.
    """
    script = load_script(path)
    seeds_of = getattr(script, "SEEDS_OF", {})
    return [
        Run(path, case, seed, arguments, code)
        for case, arguments in script.CASES.items()
        for seed in seeds_of.get(case, script.SEEDS)
    ] + [Run(path, CHECK, seed, script.CHECK, code) for seed in CHECK_SEEDS]


def run_once(path, seed, arguments):
    """Run one case with one seed, here and now.

    Parameters
    ----------
    path : pathlib.Path
        The script.
    seed : int
        The seed.
    arguments : dict
        What ``run`` takes.

    Returns
    -------
    dict
        ``seed``, ``seconds``, ``peak_gb`` (of the process) and ``values``.

    Raises
    ------
    ValueError
        If a value is NaN or infinite.
    """
    script = load_script(path)
    start = time.perf_counter()
    values = {key: _plain(key, value) for key, value in script.run(seed, **arguments).items()}
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, kilobytes here
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
    return {
        "seed": seed,
        "seconds": round(seconds, 1),
        "peak_gb": round(peak, 2),
        "values": values,
    }


def run_apart(run, seconds=None):
    """Do a run in a fresh process, so that its memory is its own.

    Parameters
    ----------
    run : Run
        What to do.
    seconds : float or None
        After so many it is stopped; None for never.

    Returns
    -------
    dict or None
        ``result`` and ``made``; None if it was stopped.

    Raises
    ------
    RunError
        If the script fails.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_child, args=(theirs, run))
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            return None
        answer = ours.recv()
    except EOFError:
        answer = "its process ended without a result; was it killed, for lack of memory?"
    finally:
        process.kill()
        process.join()
    if isinstance(answer, str):
        raise RunError(f"{run} failed: {answer}")
    return answer


def _child(connection, run):
    """Do a run in this process and send its result, or what went wrong."""
    try:
        result = run_once(run.path, run.seed, run.arguments)
        connection.send({"result": result, "made": _made()})
    except Exception:
        connection.send(traceback.format_exc())


def work_off(runs, journal, expected, n_jobs=1, minutes=None):
    """Do runs, several at a time and the longest first, and keep each in the journal.

    Parameters
    ----------
    runs : list of Run
        What to do.
    journal : pathlib.Path
        The folder of the journal.
    expected : callable
        Takes a run and returns the seconds that it may take, or None.
    n_jobs : int
        So many processes at a time share the processors.
    minutes : float or None
        No run is begun that would likely end later, and one that does is stopped; None for no
        end.

    Raises
    ------
    RunError
        If runs failed, after all the others were done.
    """
    deadline = math.inf if minutes is None else time.monotonic() + 60 * minutes
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // n_jobs)))
    paces, failed = [], []  # seconds taken over seconds expected: how fast this machine is

    def work(run):
        left, likely = deadline - time.monotonic(), expected(run)
        pace = statistics.median(paces) if paces else 1.0
        if left <= 0 or (likely or 0.0) * pace > left:
            return
        print(f"{run} ...", flush=True)
        try:
            done = run_apart(run, None if left == math.inf else left)
        except RunError as error:
            failed.append(error)
            print(error, file=sys.stderr, flush=True)
            return
        if done is None:
            print(f"{run} was stopped: the time is up", flush=True)
            return
        result = done["result"]
        _keep(run, journal, done)
        if likely:
            paces.append(result["seconds"] / likely)
        shown = {k: v for k, v in result["values"].items() if not isinstance(v, list)}
        print(f"{run} {result['seconds']} s {shown}", flush=True)

    with ThreadPoolExecutor(n_jobs) as pool:
        try:
            list(pool.map(work, sorted(runs, key=lambda run: -(expected(run) or math.inf))))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    if failed:
        raise RunError(f"{len(failed)} of {len(runs)} runs failed; the first: {failed[0]}")


def _keep(run, journal, done):
    """Write a run into the journal, whole or not at all."""
    place = run.place(journal)
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}")
    content = {"code": run.code, "arguments": _as_json(run.arguments), **done}
    unfinished.write_text(json.dumps(content), encoding="utf-8")
    unfinished.replace(place)


def _as_json(value):
    return json.loads(json.dumps(value))


def _plain(key, value):
    """Turn a result into what JSON holds: a number or a list of numbers, six digits each."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [_plain(key, item) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"the result {key!r} is {value}: a recording holds finite numbers")
        return float(f"{value:.6g}")
    return value


def _made():
    """Say when, where and with what this process made its result."""
    return {
        "recorded": date.today().isoformat(),
        "processor": _processor(),
        "device": _device(),
        "threads": int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count()),
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
