"""Run experiments too long for a page, and record what each seed gave.

    python tools/run_experiment.py                   what is stale, of every script
    python tools/run_experiment.py --list            say what is stale and how long it takes
    python tools/run_experiment.py NAME [--case CASE ...] [--seed N ...]
    python tools/run_experiment.py NAME --confirm    the code changed, the results should not have

A script of book/experiments holds SEEDS, CASES (name: keyword arguments of ``run``), CHECK (those
of a small run that the tests repeat), ``run(seed, **case)`` and, if some cases need fewer seeds,
SEEDS_OF. With --jobs several runs go at a time, with --minutes they end in time, and with
--journal they are kept in another folder; the same command goes on from there, on any machine,
and writes each recording whose runs are all there (with --minutes 0 it runs nothing).
"""

import argparse
import json
import math
import sys
from pathlib import Path
from statistics import fmean

import provenance
from agreement import changed, results_of
from book_files import ROOT
from experiment_code import code_hash
from experiment_runs import CHECK, RunError, load_script, run_apart, runs_of, work_off

from plmrec_lite.book.packing import pack_lists
from plmrec_lite.book.recording import read_recording

SCRIPTS = ROOT / "book" / "experiments"
RESULTS = ROOT / "plmrec_lite" / "book" / "recordings"
JOURNAL = ROOT / "_build" / "experiments"


def script_named(name):
    """Find the script of an experiment."""
    path = SCRIPTS / f"{name}.py"
    if not path.is_file():
        raise RunError(f"no experiment {name!r}; there are: {', '.join(all_names())}")
    return path


def all_names():
    """List the experiments, in order."""
    return sorted(path.stem for path in SCRIPTS.glob("*.py"))


def read(name):
    """Read a recording; None if there is none."""
    path = RESULTS / f"{name}.json"
    return read_recording(path) if path.is_file() else None


class Experiment:
    """A script, its recording, all its runs, and those that neither journal nor recording has."""

    def __init__(self, name, journal=None, anew=False):
        self.name, self.path = name, script_named(name)
        self.journal = journal or JOURNAL
        self.record = read(name)
        self.runs = runs_of(self.path, code_hash(self.path))
        self._old = {} if anew else self._recorded()
        self.missing = [run for run in self.runs if self.done(run) is None]

    def _recorded(self):
        """The runs of the recording by `_key`."""
        if self.record is None:
            return {}
        record = self.record
        arguments = record["cases"] | {CHECK: record.get("check_arguments")}
        made = {key: record.get(key) for key in provenance.MADE}
        runs = [*record["results"], *({"case": CHECK} | run for run in record["check"])]
        return {
            (run["case"], run["seed"], record["code"], json.dumps(arguments[run["case"]])): {
                "result": {key: value for key, value in run.items() if key != "case"},
                "made": made,
            }
            for run in runs
        }

    def done(self, run):
        """Return ``result`` and ``made`` from the journal, else the recording, else None."""
        return run.kept(self.journal) or self._old.get(_key(run))

    @property
    def is_fresh(self):
        """Whether the recording holds just the runs that this code would make."""
        return list(self._recorded()) == [_key(run) for run in self.runs]

    def seconds(self, run):
        """Guess from the recording how long a run takes; None if it cannot be."""
        if self.record is None:
            return None
        runs = self.record["results"]
        if run.case == CHECK:
            runs = [{**old, "case": CHECK} for old in self.record["check"]]
        took = [old["seconds"] for old in runs if old["case"] == run.case]
        return fmean(took) if took else None

    def state(self):
        """Say in a line what is left to run and how long it takes."""
        if self.is_fresh:
            return f"{self.name}: fresh"
        kind = "not recorded" if self.record is None else "stale"
        known = [self.seconds(run) for run in self.missing]
        minutes = math.ceil(sum(known) / 60) if None not in known else "unknown"
        return f"{self.name}: {kind}, {len(self.missing)} runs to do, minutes: {minutes}"

    def write(self, anew=False):
        """Write the recording if all its runs are there; return whether it was written."""
        if self.missing or (self.is_fresh and not anew):
            return False
        script = load_script(self.path)
        done = [(run, self.done(run)) for run in self.runs]
        result = {
            "name": self.name,
            "question": script.__doc__.strip().partition("\n\n")[0].replace("\n", " "),
            "cases": script.CASES,
            "results": [{"case": r.case, **d["result"]} for r, d in done if r.case != CHECK],
            "check_arguments": script.CHECK,
            "check": [d["result"] for r, d in done if r.case == CHECK],
            "code": self.runs[0].code,
            **provenance.together([d["made"] for _, d in done]),
        }
        _write(self.name, result)
        return True


def _key(run):
    """Say what a run depends on."""
    return run.case, run.seed, run.code, json.dumps(run.arguments)


def record(names, cases=None, seeds=None, journal=None, anew=False, n_jobs=1, minutes=None):
    """Run what is missing, write each recording whose runs are all there, and return their names.

    ``cases`` and ``seeds`` choose what is run; ``journal``, ``n_jobs`` and ``minutes`` are those
    of `work_off`, and ``anew`` runs also what the recording has.
    """
    of = {name: Experiment(name, journal, anew) for name in names}
    known = {run.case for one in of.values() for run in one.runs}
    if unknown := set(cases or ()) - known:
        raise RunError(f"{', '.join(of)}: no case {unknown.pop()!r}; there are {sorted(known)}")
    todo = [
        run
        for one in of.values()
        for run in one.missing
        if (not cases or run.case in cases) and (not seeds or run.seed in seeds)
    ]
    try:
        work_off(
            todo, journal or JOURNAL, lambda run: of[run.path.stem].seconds(run), n_jobs, minutes
        )
    finally:
        written = [name for name in names if Experiment(name, journal, anew).write(anew)]
    return written


def confirm(name):
    """Let a recording stand after a change of code if the small check gives what it gave."""
    path, result = script_named(name), read(name)
    if result is None:
        raise RunError(f"{name} is not recorded: make experiments NAME={name}")
    checks = [run for run in runs_of(path, code_hash(path)) if run.case == CHECK]
    if json.dumps(result.get("check_arguments", checks[0].arguments)) != _key(checks[0])[3]:
        raise RunError(f"{name}: CHECK is another than was recorded: record it anew")
    for old, run in zip(result["check"], checks, strict=True):
        if said := changed(*map(results_of, (old, run_apart(run)["result"]))):
            raise RunError(
                f"{name}: the check with seed {old['seed']} {said}: record it anew with "
                f"make experiments NAME={name}"
            )
    result |= {"code": checks[0].code, "check_arguments": checks[0].arguments}
    _write(name, result)


def _write(name, result):
    """Write a recording, long lists packed, one run a line: a change of one run shows as such."""
    RESULTS.mkdir(exist_ok=True)
    lines = []
    for key, value in result.items():
        if key in ("results", "check"):
            packed = [run | {"values": pack_lists(run["values"])} for run in value]
            runs = ",\n".join(f"  {json.dumps(run, ensure_ascii=False)}" for run in packed)
            lines.append(f'"{key}": [\n{runs}\n]')
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")


def main(arguments=None):
    """Run what the command line asks for; return 1 if it cannot be, or failed."""
    parser = argparse.ArgumentParser(description="Run and record experiments.")
    add = parser.add_argument
    add("name", nargs="*", help="such as finetuning-methods; what is stale when none is named")
    add("--case", action="append", help="only this case; may be given again")
    add("--seed", action="append", type=int, help="only this seed; likewise")
    add("--list", action="store_true", help="say what is stale; run nothing")
    add("--confirm", action="store_true", help="run the check; keep the results if it agrees")
    add("--anew", action="store_true", help="also what the recording has already")
    add("--jobs", type=int, default=1, help="so many runs at a time")
    add("--minutes", type=float, help="run no longer than this")
    add("--journal", type=Path, help=f"where runs are kept, usually {JOURNAL.name}")
    asked = parser.parse_args(arguments)
    names = asked.name or all_names()
    if asked.confirm:
        return max([_confirmed(name) for name in names])
    try:
        experiments = [Experiment(name, asked.journal, asked.anew) for name in names]
        for experiment in experiments:
            print(experiment.state(), flush=True)
        todo = [one.name for one in experiments if asked.name or not one.is_fresh]
        how = (asked.case, asked.seed, asked.journal, asked.anew, asked.jobs, asked.minutes)
        for name in [] if asked.list else record(todo, *how):
            print(f"{name}: recorded in {RESULTS.relative_to(ROOT) / name}.json")
    except RunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _confirmed(name):
    """Confirm one recording, and say how it went."""
    try:
        confirm(name)
    except RunError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    print(f"{name}: the check gives what it gave; the recording stands", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
