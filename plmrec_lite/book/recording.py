"""Experiments too long for a page: their results as ``make experiments`` recorded them."""

from __future__ import annotations

import json
from functools import cached_property
from importlib.resources import files

import numpy as np
import pandas as pd

from plmrec_lite.book.packing import unpack_lists, unpacked

RECORDINGS = files("plmrec_lite.book") / "recordings"


class Recorded:
    """The recorded results of one experiment.

    Parameters
    ----------
    record : dict; what ``make experiments`` wrote

    Attributes
    ----------
    name : str; of its script in ``book/experiments``
    question : str; what it answers
    cases : list of str; what it compares, in the order of the script
    """

    def __init__(self, record):
        self.record = record
        self.name = record["name"]
        self.question = record["question"]
        self.cases = list(record["cases"])

    @cached_property
    def frame(self):
        """One row a case and seed: case, seed, seconds, peak_gb, and each single number."""
        told = (list, str)  # a list, or a packed one
        rows = [
            {key: result[key] for key in ("case", "seed", "seconds", "peak_gb")}
            | {k: v for k, v in result["values"].items() if not isinstance(v, told)}
            for result in self.record["results"]
        ]
        return pd.DataFrame(rows)

    def values(self, case, key):
        """Return one result of a case, a row for each seed.

        Parameters
        ----------
        case : str; one of ``cases``
        key : str; the result, or ``"seconds"`` or ``"peak_gb"`` (gigabytes) of its run

        Returns
        -------
        array (n_seeds,) or (n_seeds, n); n for a result with a value for each example or user

        Raises
        ------
        KeyError: no such case or key (the message lists them)
        """
        return np.array(self.each(case, key))

    def means(self, case, key, seeds=None):
        """Return the mean of one result of a case in each seed.

        Parameters
        ----------
        case, key : str; as in `values`; the lists of two seeds may differ in length
        seeds : collection of int or None; None for all

        Returns
        -------
        float array (n_seeds,)
        """
        return np.array([np.mean(value) for value in self.each(case, key, seeds)])

    def joined(self, case, key, seeds=None):
        """Return one list of a case, those of all seeds one after the other.

        Parameters
        ----------
        case, key, seeds
            As in `means`.

        Returns
        -------
        array (n,)
        """
        return np.concatenate(self.each(case, key, seeds))

    def each(self, case, key, seeds=None):
        """List one result of a case, one entry for each seed.

        Parameters
        ----------
        case, key : str; as in `values`; lists of different seeds may differ in length
        seeds : collection of int or None; None for all

        Returns
        -------
        list of n_seeds numbers, lists or packed rows

        Raises
        ------
        KeyError: no such case or key (the message lists them)
        """
        runs = [r for r in self.record["results"] if r["case"] == case]
        if not runs:
            raise KeyError(f"no case {case!r} in {self.name}: it has {', '.join(self.cases)}")
        of_run = key in ("seconds", "peak_gb")
        if not of_run and key not in runs[0]["values"]:
            known = ", ".join(runs[0]["values"])
            raise KeyError(f"no result {key!r} of {case!r} in {self.name}: it has {known}")
        return [
            run[key] if of_run else run["values"][key]
            for run in runs
            if seeds is None or run["seed"] in seeds
        ]

    def places(self, case, key):
        """Return the places that were `packed` as one result of a case.

        Parameters
        ----------
        case, key : str; as in `values`

        Returns
        -------
        dict of int to uint8 array (n_pairs,): seed to places, see ``report_places``

        Raises
        ------
        KeyError: no such case or key (the message lists them)
        ValueError: the result is no packed row
        """
        seeds = [run["seed"] for run in self.record["results"] if run["case"] == case]
        return dict(zip(seeds, map(unpacked, self.each(case, key)), strict=True))

    def table(self, *keys, digits=3, cases=None):
        """Return a table for the reader, a row for each case.

        Parameters
        ----------
        *keys : str; results, as in `values`; of lists the mean is shown
        digits : int; digits after the point
        cases : list of str or None; in this order; None for all

        Returns
        -------
        pandas.DataFrame of str; mean ± standard deviation over the seeds, or the one value
        """
        rows = {
            case: [_spread(self.values(case, key), digits) for key in keys]
            for case in (self.cases if cases is None else cases)
        }
        table = pd.DataFrame.from_dict(rows, orient="index", columns=list(keys))
        return table.rename_axis(columns="case")

    @property
    def provenance(self):
        """One line for the reader: how, when and where the numbers were made."""
        record, runs = self.record, self.record["results"]
        versions = record["versions"]
        minutes = sum(run["seconds"] for run in runs) / 60
        device = record.get("device", "cpu")
        place = f"{record['threads']} thread(s) of {record['processor']}"
        seeds = sorted({run["seed"] for run in runs})
        return (
            f"Recorded by `make experiments NAME={self.name}` on {record['recorded']}: "
            f"{len(runs)} runs, seeds {seeds[0]} to {seeds[-1]}, {minutes:.0f} minutes with "
            f"{place if device == 'cpu' else f'{place} and {device}'}, "
            f"torch {versions['torch']}, transformers {versions['transformers']}."
        )


def recorded(name):
    """Load the recorded results of an experiment.

    Parameters
    ----------
    name : str; of its script in ``book/experiments``

    Returns
    -------
    Recorded

    Raises
    ------
    FileNotFoundError: nothing of that name is recorded (the message lists what is)
    """
    path = RECORDINGS / f"{name}.json"
    if not path.is_file():
        files_there = RECORDINGS.iterdir() if RECORDINGS.is_dir() else ()
        known = sorted(p.name[:-5] for p in files_there if p.name.endswith(".json"))
        raise FileNotFoundError(
            f"no experiment {name!r} is recorded; there are: {', '.join(known) or 'none yet'}. "
            f"To record it, run `make experiments NAME={name}` in the book's folder"
        )
    return Recorded(read_recording(path))


def read_recording(path):
    """Read the file of a recording, long lists unpacked.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    dict; what ``make experiments`` wrote
    """
    record = json.loads(path.read_text(encoding="utf-8"))
    for run in (*record["results"], *record.get("check", ())):
        run["values"] = unpack_lists(run["values"])
    return record


def _spread(values, digits):
    """Mean ± standard deviation over seeds, or the one value."""
    if values.ndim != 1:
        values = values.mean(axis=tuple(range(1, values.ndim)))
    mean = f"{values.mean():,.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ± {values.std(ddof=1):,.{digits}f}"
