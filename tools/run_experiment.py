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

from book_files import ROOT
from experiment_code import code_hash
from experiment_runs import CHECK, RunError, load_script, run_apart, runs_of, work_off

from plmrec_lite.book.packing import unpacked

SCRIPTS = ROOT / "book" / "experiments"
RESULTS = ROOT / "plmrec_lite" / "book" / "recordings"
JOURNAL = ROOT / "_build" / "experiments"
MADE = ("recorded", "processor", "device", "threads", "versions", "commit")


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


def all_names():
    """List the experiments.

    Returns
    -------
    list of str
        The names of the scripts, in order.
    """
    return sorted(path.stem for path in SCRIPTS.glob("*.py"))


def read(name):
    """Read a recording.

    Parameters
    ----------
    name : str
        The experiment.

    Returns
    -------
    dict or None
        None if it was never recorded.
    """
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


class Experiment:
    """A script, its recording, and what of it is left to run.

    Parameters
    ----------
    name : str
        The experiment.
    journal : pathlib.Path or None
        The folder of the runs done so far; None for the usual one.
    anew : bool, default False
        Leave the recording out of account.

    Attributes
    ----------
    runs : list of Run
        All that it consists of.
    missing : list of Run
        Those that neither the journal nor the recording has.
    """

    def __init__(self, name, journal=None, anew=False):
        self.name, self.path = name, script_named(name)
        self.journal = journal or JOURNAL
        self.record = read(name)
        self.runs = runs_of(self.path, code_hash(self.path))
        self._old = {} if anew else self._recorded()
        self.missing = [run for run in self.runs if self.done(run) is None]

    def _recorded(self):
        """The runs of the recording, by case, seed, code and arguments."""
        if self.record is None:
            return {}
        record = self.record
        arguments = record["cases"] | {CHECK: record.get("check_arguments")}
        made = {key: record.get(key) for key in MADE}
        runs = [*record["results"], *({"case": CHECK} | run for run in record["check"])]
        return {
            (run["case"], run["seed"], record["code"], json.dumps(arguments[run["case"]])): {
                "result": {key: value for key, value in run.items() if key != "case"},
                "made": made,
            }
            for run in runs
        }

    def done(self, run):
        """Return what a run gave.

        Parameters
        ----------
        run : Run
            One of ``runs``.

        Returns
        -------
        dict or None
            ``result`` and ``made``, from the journal, else from the recording, else None.
        """
        return run.kept(self.journal) or self._old.get(_key(run))

    @property
    def is_fresh(self):
        """Whether the recording holds just the runs that this code would make."""
        return list(self._recorded()) == [_key(run) for run in self.runs]

    def seconds(self, run):
        """Guess from the recording how long a run takes.

        Parameters
        ----------
        run : Run
            One of ``runs``.

        Returns
        -------
        float or None
            Seconds; None if nothing of its kind was recorded.
        """
        if self.record is None:
            return None
        runs = self.record["results"]
        if run.case == CHECK:
            runs = [{**old, "case": CHECK} for old in self.record["check"]]
        took = [old["seconds"] for old in runs if old["case"] == run.case]
        return fmean(took) if took else None

    def state(self):
        """Say in a line what is left to run and how long it takes.

        Returns
        -------
        str
            Of the experiment's name and its state.
        """
        if self.is_fresh:
            return f"{self.name}: fresh"
        kind = "not recorded" if self.record is None else "stale"
        known = [self.seconds(run) for run in self.missing]
        minutes = math.ceil(sum(known) / 60) if None not in known else "unknown"
        return f"{self.name}: {kind}, {len(self.missing)} runs to do, minutes: {minutes}"

    def write(self, anew=False):
        """Write the recording, if all its runs are there.

        Parameters
        ----------
        anew : bool, default False
            Also if it is fresh.

        Returns
        -------
        bool
            Whether it was written.
        """
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
            **_together([d["made"] for _, d in done]),
        }
        _write(self.name, result)
        return True


def _key(run):
    """Say what a run depends on."""
    return run.case, run.seed, run.code, json.dumps(run.arguments)


def _together(made):
    """Say once what all runs have in common, and list what they have not."""
    if isinstance(made[0], dict):
        return {key: _together([one[key] for one in made]) for key in made[0]}
    found = sorted({one for one in made if one is not None}, key=str)
    return found[0] if len(found) == 1 else ", ".join(map(str, found)) or None


def record(names, cases=None, seeds=None, journal=None, anew=False, n_jobs=1, minutes=None):
    """Run what is missing, and write each recording whose runs are all there.

    Parameters
    ----------
    names : list of str
        The experiments.
    cases : list of str or None
        Run only these; None for all.
    seeds : list of int or None
        Run only these; None for all.
    journal : pathlib.Path or None
        The folder in which runs are kept; None for the usual one.
    anew : bool, default False
        Run also what the recording has already.
    n_jobs : int
        So many runs at a time.
    minutes : float or None
        The time after which no more is run; None for no end.

    Returns
    -------
    list of str
        The experiments whose recordings were written.

    Raises
    ------
    ValueError
        If there is no such case.
    RunError
        If runs failed; the others are kept.
    """
    of = {name: Experiment(name, journal, anew) for name in names}
    known = {run.case for one in of.values() for run in one.runs}
    if unknown := set(cases or ()) - known:
        raise ValueError(f"{', '.join(of)}: no case {unknown.pop()!r}; there are {sorted(known)}")
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
    result, path = read(name), script_named(name)
    checks = [run for run in runs_of(path, code_hash(path)) if run.case == CHECK]
    if json.dumps(result.get("check_arguments", checks[0].arguments)) != _key(checks[0])[3]:
        raise ValueError(f"{name}: CHECK is another than was recorded: record it anew")
    for old, run in zip(result["check"], checks, strict=True):
        new = run_apart(run)["result"]
        for key, value in results_of(old).items():
            if not _alike(value, new["values"].get(key)):
                raise ValueError(
                    f"{name}: the check with seed {old['seed']} gave {key}={_short(value)}, and "
                    f"now gives {_short(new['values'].get(key))}: record it anew with "
                    f"make experiments NAME={name}"
                )
    result |= {"code": checks[0].code, "check_arguments": checks[0].arguments}
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
        Its ``values``, but for those whose name begins with "seconds"; packed places as a list.
    """
    values = {k: v for k, v in run["values"].items() if not k.startswith("seconds")}
    return {k: unpacked(v).tolist() if isinstance(v, str) else v for k, v in values.items()}


def _alike(old, new):
    """Tell whether two results are the same but for rounding."""
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(_alike, old, new))
    return new is not None and math.isclose(old, new, rel_tol=1e-4, abs_tol=1e-6)


def _short(value):
    """Show a result in an error: a long list by its first values."""
    shown = repr(value)
    return shown if len(shown) < 100 else f"{shown[:100]}..."


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


def main(arguments=None):
    """Run what the command line asks for.

    Parameters
    ----------
    arguments : list of str or None
        The words of the command line; None for those of this process.

    Returns
    -------
    int
        0, or 1 if a run failed or a check gave other numbers.
    """
    parser = argparse.ArgumentParser(description="Run and record experiments.")
    parser.add_argument(
        "name", nargs="*", help="such as finetuning-methods; what is stale when none is named"
    )
    parser.add_argument("--case", action="append", help="only this case; may be given again")
    parser.add_argument("--seed", action="append", type=int, help="only this seed; likewise")
    parser.add_argument("--list", action="store_true", help="say what is stale; run nothing")
    parser.add_argument(
        "--confirm", action="store_true", help="run only the check; keep the results if it agrees"
    )
    parser.add_argument("--anew", action="store_true", help="also what the recording has already")
    parser.add_argument("--jobs", type=int, default=1, help="so many runs at a time")
    parser.add_argument("--minutes", type=float, help="run no longer than this")
    parser.add_argument("--journal", type=Path, help=f"where runs are kept, usually {JOURNAL.name}")
    options = parser.parse_args(arguments)
    names = options.name or all_names()
    if options.confirm:
        return max([_confirmed(name) for name in names])
    experiments = [Experiment(name, options.journal, options.anew) for name in names]
    for experiment in experiments:
        print(experiment.state(), flush=True)
    if options.list:
        return 0
    todo = [one.name for one in experiments if options.name or not one.is_fresh]
    try:
        written = record(
            todo,
            options.case,
            options.seed,
            options.journal,
            options.anew,
            options.jobs,
            options.minutes,
        )
    except RunError as error:
        print(error, file=sys.stderr)
        return 1
    for name in written:
        print(f"{name}: recorded in {RESULTS.relative_to(ROOT) / name}.json")
    return 0


def _confirmed(name):
    """Confirm one recording, and say how it went."""
    try:
        confirm(name)
    except (ValueError, RunError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    print(f"{name}: the check gives what it gave; the recording stands", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
