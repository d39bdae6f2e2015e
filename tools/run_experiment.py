"""Run experiments too long for a page, and record what each seed gave.

    python tools/run_experiment.py NAME [--case CASE ...] [--seed N ...]
    python tools/run_experiment.py NAME --confirm    the code changed, the results should not have
    python tools/run_experiment.py                   every script of book/experiments

A script holds SEEDS, CASES (name: keyword arguments of ``run``), CHECK (those of a small run that
the tests repeat), ``run(seed, **case)`` and, if some cases need fewer seeds, SEEDS_OF. Each run
has a process of its own and is kept at once: a run that was killed goes on where it stopped.
"""

import argparse
import importlib.util
import json
import math
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from pathlib import Path

from book_files import ROOT
from experiment_code import code_hash

SCRIPTS = ROOT / "book" / "experiments"
RESULTS = ROOT / "plmrec_lite" / "book" / "recordings"
JOURNAL = ROOT / "_build" / "experiments"
PACKAGES = ("torch", "transformers", "peft", "scikit-learn", "numpy")
CHECK_SEEDS = (0, 1, 2)


def script_named(name):
    """Find the script of an experiment.

    Parameters
    ----------
    name : str
        The file's name in ``book/experiments`` without ``.py``.

    Returns
    -------
    pathlib.Path
        The script.

    Raises
    ------
    FileNotFoundError
        If there is no such script; the message lists those there are.
    """
    path = SCRIPTS / f"{name}.py"
    if not path.is_file():
        raise FileNotFoundError(f"no experiment {name!r}; there are: {', '.join(all_names())}")
    return path


def load_script(path):
    """Load a script.

    Parameters
    ----------
    path : pathlib.Path
        As `script_named` returns it.

    Returns
    -------
    module
        With SEEDS, CASES, CHECK and run.
    """
    spec = importlib.util.spec_from_file_location(path.stem, path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def all_names():
    """List the experiments.

    Returns
    -------
    list of str
        The names of the scripts, in order.
    """
    return sorted(path.stem for path in SCRIPTS.glob("*.py"))


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


def _apart(path, seed, arguments):
    """Run one case with one seed in a fresh process, so that its memory is its own."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(run_once, path, seed, arguments).result()


def _kept(path, label, code, seed, arguments):
    """Return a result from the journal if it comes from the same code, else run and keep it."""
    code = f"{code} {json.dumps(arguments, sort_keys=True)}"
    place = JOURNAL / path.stem / f"{label}.json"
    if place.is_file():
        kept = json.loads(place.read_text(encoding="utf-8"))
        if kept["code"] == code:
            return kept["result"]
    print(f"{path.stem}: {label} ...", flush=True)
    result = _apart(path, seed, arguments)
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps({"code": code, "result": result}), encoding="utf-8")
    unfinished.replace(place)
    shown = {k: v for k, v in result["values"].items() if not isinstance(v, list)}
    print(f"{path.stem}: {label} {result['seconds']} s {shown}", flush=True)
    return result


def record(name, cases=None, seeds=None):
    """Run what the journal lacks, and write the recording if all runs are there.

    Parameters
    ----------
    name : str
        The experiment.
    cases : list of str or None
        Only these; None for all.
    seeds : list of int or None
        Only these; None for all.

    Returns
    -------
    bool
        Whether the recording was written; False after a run of some cases or seeds only.

    Raises
    ------
    ValueError
        If there is no such case.
    """
    path = script_named(name)
    script, code = load_script(path), code_hash(path)
    if unknown := set(cases or ()) - set(script.CASES):
        raise ValueError(f"{name} has no case {unknown.pop()!r}: it has {', '.join(script.CASES)}")
    seeds_of = getattr(script, "SEEDS_OF", {})
    results = []
    for case, arguments in script.CASES.items():
        for seed in seeds_of.get(case, script.SEEDS):
            if (cases and case not in cases) or (seeds and seed not in seeds):
                continue
            label = f"{case.replace('/', '-')} seed {seed}"
            results.append({"case": case, **_kept(path, label, code, seed, arguments)})
    if cases or seeds:
        return False
    result = {
        "name": name,
        "question": script.__doc__.strip().partition("\n\n")[0].replace("\n", " "),
        "cases": script.CASES,
        "results": results,
        "check": [_apart(path, seed, script.CHECK) for seed in CHECK_SEEDS],
        "code": code,
        "recorded": date.today().isoformat(),
        "processor": _processor(),
        "threads": int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count()),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
        "commit": _commit(),
    }
    _write(name, result)
    return True


def confirm(name):
    """Let a recording stand after a change of code that changes none of its results.

    Parameters
    ----------
    name : str
        The experiment, which must be recorded.

    Raises
    ------
    ValueError
        If the small check gives other numbers than it did: record the experiment anew.
    """
    path = script_named(name)
    result = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    arguments = load_script(path).CHECK
    for old in result["check"]:
        new = _apart(path, old["seed"], arguments)
        for key, value in results_of(old).items():
            if not _alike(value, new["values"].get(key)):
                raise ValueError(
                    f"{name}: the check with seed {old['seed']} gave {key}={value}, and now gives "
                    f"{new['values'].get(key)}: record it anew with make experiments NAME={name}"
                )
    result["code"] = code_hash(path)
    _write(name, result)


def results_of(run):
    """Return what a run found, without how long anything took, which no run repeats.

    Parameters
    ----------
    run : dict
        As `run_once` returns it.

    Returns
    -------
    dict
        Its ``values``, but for those whose name begins with "seconds".
    """
    return {k: v for k, v in run["values"].items() if not k.startswith("seconds")}


def _alike(old, new):
    """Tell whether two results are the same but for rounding."""
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(_alike, old, new))
    return new is not None and math.isclose(old, new, rel_tol=1e-4, abs_tol=1e-6)


def _write(name, result):
    """Write a recording, one run a line, so that a change of one run shows as such."""
    RESULTS.mkdir(exist_ok=True)
    lines = []
    for key, value in result.items():
        if key in ("results", "check"):
            runs = ",\n".join(f"  {json.dumps(run, ensure_ascii=False)}" for run in value)
            lines.append(f'"{key}": [\n{runs}\n]')
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")


def _processor():
    """Name the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit():
    """Name the commit that the code was at, or before."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Run and record experiments.")
    parser.add_argument(
        "name", nargs="*", help="such as finetuning-methods; all when none is named"
    )
    parser.add_argument("--case", action="append", help="only this case; may be given again")
    parser.add_argument("--seed", action="append", type=int, help="only this seed; likewise")
    parser.add_argument(
        "--confirm", action="store_true", help="run only the check; keep the results if it agrees"
    )
    options = parser.parse_args()
    for name in options.name or all_names():
        if options.confirm:
            confirm(name)
            print(f"{name}: the check gives what it gave; the recording stands")
        elif record(name, options.case, options.seed):
            print(f"{name}: recorded in {(RESULTS / name).relative_to(ROOT)}.json")


if __name__ == "__main__":
    main()
