"""Whether a run gives again what was recorded: its numbers, and its lists value by value."""

import numpy as np

LABELS = ("labels", "predictions")  # lists whose names begin so hold classes, not amounts
FEW = 20  # values, of which some shuffles change little


def disagreements(values, recorded):
    """List where a run differs from the recorded ones by more than they allow for.

    Parameters
    ----------
    values : dict of str to number or list
        What the run found.
    recorded : list of dict
        What the same run found when it was recorded, a dict a seed.

    Returns
    -------
    list of str
        A line for each result that is out of place; empty if all agree.
    """
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
    """Tell whether a value, or the mean of a list, lies among the recorded ones or near them.

    Parameters
    ----------
    value : number or list of numbers
        Of the run.
    recorded : list of numbers or of lists
        One a seed.

    Returns
    -------
    bool
        Whether it is no farther off than they are from each other, and 2 % of their mean.
    """
    value, recorded = np.mean(value), [np.mean(old) for old in recorded]
    room = max(recorded) - min(recorded) + 0.02 * abs(np.mean(recorded)) + 1e-6
    return min(recorded) - room <= value <= max(recorded) + room


def same_order(values, recorded, labels=False):
    """Tell whether a list says the same of the same examples as one of the recorded lists.

    Two lists lie apart by the mean difference of their values; lists of classes, by the share of
    examples on which they differ.

    Parameters
    ----------
    values : list of numbers (n,)
        Of the run.
    recorded : list of lists
        One a seed; they may be about other examples than each other.
    labels : bool, default False
        Whether the values are classes.

    Returns
    -------
    bool
        Whether the nearest recorded list lies at most a quarter as far off as it would if its
        values were shuffled, or, of fewer than twenty values, a twentieth. One label may differ.
    """
    values = np.asarray(values)

    def apart(one, other):
        return np.mean(one != other) if labels else np.mean(np.abs(one - other))

    for old in map(np.asarray, recorded):
        if old.shape != values.shape:
            continue
        shuffled = apart(old[:, None], old[None, :])  # the mean over all pairs
        room = shuffled * (0.25 if len(old) >= FEW else 0.05) + 1e-6
        if apart(values, old) <= max(room, 1.01 / len(old) if labels else 0):
            return True
    return False
