"""How often is a thing used? A ridge regression on vectors, tested on families it has not met."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import Ridge

from plmrec_lite.applications.multimodal.folds import scaled_by

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)


def out_of_fold(vectors, target, folds, penalties=PENALTIES):
    """Predict each row by a regression that has met neither it nor its family.

    Parameters
    ----------
    vectors : float array (n, d)
    target : float array (n,)
    folds : list of Fold; of ``family_folds``: each fold's penalty is the one with the smallest
        squared error on its validation part
    penalties : sequence of float; on vectors of ``scaled_by``

    Returns
    -------
    predicted : float array (n,)
    chosen : list of float; each fold's penalty

    Raises
    ------
    ValueError: unequal lengths, or a target that is not a number
    """
    target = np.asarray(target, dtype=np.float64)
    if len(vectors) != len(target) or not np.isfinite(target).all():
        raise ValueError(
            f"{len(vectors)} vectors and {len(target)} targets, "
            f"{int((~np.isfinite(target)).sum())} of them no number: give one number a vector"
        )
    predicted, chosen = np.empty(len(target)), []
    for train, validation, test in folds:
        x = scaled_by(vectors, train)
        models = [Ridge(alpha=one).fit(x[train], target[train]) for one in penalties]
        errors = [((m.predict(x[validation]) - target[validation]) ** 2).mean() for m in models]
        best = int(np.argmin(errors))
        chosen.append(penalties[best])
        predicted[test] = models[best].predict(x[test])
    return predicted, chosen


def explained(target, predicted):
    """Return the share of the target's variance that is predicted: R².

    Parameters
    ----------
    target, predicted : float arrays (n,)

    Returns
    -------
    float; 1 at most; 0 for the mean of these targets, below 0 for worse
    """
    target = np.asarray(target)
    return float(1 - ((target - predicted) ** 2).sum() / ((target - target.mean()) ** 2).sum())
