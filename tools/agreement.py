"""Whether a run gives again what was recorded: its numbers, and its lists value by value."""

import math
import textwrap

import numpy as np

from plmrec_lite.book.packing import unpacked

LABELS = ("labels", "predictions")  # lists whose names begin so hold classes, not amounts
FEW = 20  # values, of which some shuffles change little


def results_of(run):
    """Return what a run found, packed places as lists, without times: no run repeats them."""
    values = {k: v for k, v in run["values"].items() if not k.startswith("seconds")}
    return {k: unpacked(v).tolist() if isinstance(v, str) else v for k, v in values.items()}


def changed(old, new):
    """Say which result a run does not repeat but for rounding; None if it repeats all."""
    for key, value in old.items():
        if not _alike(value, new.get(key)):
            was, now = (textwrap.shorten(repr(one), 100) for one in (value, new.get(key)))
            return f"gave {key}={was}, and now gives {now}"
    return None


def _alike(old, new):
    """Tell whether two results are the same but for rounding."""
    if isinstance(old, list):
        return isinstance(new, list) and len(old) == len(new) and all(map(_alike, old, new))
    return new is not None and math.isclose(old, new, rel_tol=1e-4, abs_tol=1e-6)


def disagreements(values, recorded):
    """List where a run differs from the recorded ones by more than they allow for."""
    lines = []
    if missing := set(recorded[0]) ^ set(values):
        lines.append(f"{', '.join(sorted(missing))}: found by only one of the two")
    for key in sorted(set(recorded[0]) & set(values)):
        value, old = values[key], [run[key] for run in recorded]
        if not within_spread(value, old):
            means = ", ".join(f"{np.mean(one):.6g}" for one in old)
            lines.append(f"{key}: {np.mean(value):.6g}, recorded {means}")
        if isinstance(value, list) and not same_order(value, old, key.startswith(LABELS)):
            lines.append(f"{key}: its values lie in other places than the recorded ones")
    return lines


def within_spread(value, recorded):
    """Tell whether a value, or the mean of a list, lies among the recorded ones or near them."""
    value, recorded = np.mean(value), [np.mean(old) for old in recorded]
    room = max(recorded) - min(recorded) + 0.02 * abs(np.mean(recorded)) + 1e-6
    return min(recorded) - room <= value <= max(recorded) + room


def same_order(values, recorded, labels=False):
    """Tell whether a list says the same of the same examples as one of the recorded lists.

    Two lists lie apart by the mean difference of their values; lists of classes, by the share of
    examples on which they differ.
    """
    values = _array(values)

    def apart(one, other):
        return np.mean(one != other) if labels else np.mean(np.abs(one - other))

    for old in map(_array, recorded):
        if old.shape != values.shape:
            continue
        shuffled = apart_by_chance(old, labels)
        room = shuffled * (0.25 if len(old) >= FEW else 0.05) + 1e-6
        if apart(values, old) <= max(room, 1.01 / len(old) if labels else 0):
            return True
    return False


def apart_by_chance(values, labels):
    """How far two values lie apart, on average over all pairs, without the table of all pairs."""
    n = len(values)
    columns = values.reshape(n, -1)
    if labels:
        shares = [np.unique(column, return_counts=True)[1] / n for column in columns.T]
        return float(np.mean([1 - (share**2).sum() for share in shares]))
    weights = 2 * np.arange(n) - n + 1  # how often the i-th smallest is the larger one, or smaller
    return float(2 * (weights[:, None] * np.sort(columns, axis=0)).sum(axis=0).mean() / n**2)


def _array(values):
    """Make an array; truth values count as 0 and 1, so that they can be subtracted."""
    found = np.asarray(values)
    return found.astype(int) if found.dtype == bool else found
