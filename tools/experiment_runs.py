"""The runs of experiments: one case with one seed each, in a process of its own, kept at once.

The journal is a folder with every run that ended: the next command goes on from there.
"""

import importlib.util
import json
import math
import multiprocessing
import os
import resource
import statistics
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import provenance

CHECK, CHECK_SEEDS = "check", (0, 1, 2)


class RunError(RuntimeError):
    """What cannot be run, or failed; the message holds what the script said."""


class Run(NamedTuple):
    """One case of a script (or ``"check"``) with one seed; ``code`` is its `code_hash`."""

    path: Path
    case: str
    seed: int
    arguments: dict
    code: str

    def __str__(self):
        return f"{self.path.stem}: {self.case} seed {self.seed}"

    def place(self, journal):
        """Return the run's file in a journal."""
        case = self.case.replace("/", "-")
        return journal / self.path.stem / f"{case} seed {self.seed}.json"

    def kept(self, journal):
        """Return ``result`` and ``made`` from the journal; None if its code or arguments differ."""
        place = self.place(journal)
        if not place.is_file():
            return None
        kept = json.loads(place.read_text(encoding="utf-8"))
        same = (kept["code"], kept["arguments"]) == (self.code, _as_json(self.arguments))
        return kept if same else None


def load_script(path):
    """Load a script as a module, with SEEDS, CASES, CHECK and run."""
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def runs_of(path, code):
    """List the runs of an experiment: every case with every seed, and the small check."""
    script = load_script(path)
    seeds_of = getattr(script, "SEEDS_OF", {})
    return [
        Run(path, case, seed, arguments, code)
        for case, arguments in script.CASES.items()
        for seed in seeds_of.get(case, script.SEEDS)
    ] + [Run(path, CHECK, seed, script.CHECK, code) for seed in CHECK_SEEDS]


def run_once(path, seed, arguments):
    """Run one case with one seed, here and now; ``peak_gb`` is that of this process.

    A value that is NaN or infinite is a ValueError.
    """
    script = load_script(path)
    start = time.perf_counter()
    values = {key: _plain(key, value) for key, value in script.run(seed, **arguments).items()}
    seconds = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, kilobytes here
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
    found = {"seed": seed, "seconds": round(seconds, 1), "peak_gb": round(peak, 2)}
    return {**found, "values": values}


def run_apart(run, seconds=None):
    """Do a run in a fresh process: ``result`` and ``made``, or None after so many seconds."""
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
        connection.send({"result": result, "made": provenance.made()})
    except Exception:
        connection.send(traceback.format_exc())


def work_off(runs, journal, expected, n_jobs=1, minutes=None):
    """Do runs, ``n_jobs`` at a time and the longest first, and keep each in the journal.

    ``expected(run)`` is how many seconds it may take, or None. After so many minutes none is
    begun, nor one that would likely end later, and one that still runs is stopped. A run that
    fails is a RunError, after all the others were done.
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
