"""Whether probabilities mean what they say: of all cases called 70 %, do 70 % come true?"""

from __future__ import annotations

import numpy as np
import pandas as pd


def reliability(probabilities, outcomes, n_bins=10):
    """Sort cases by the probability they were given, and count how many came true.

    Parameters
    ----------
    probabilities : float array (n,); of "yes", in [0, 1]
    outcomes : bool or int array (n,); 1 for yes, 0 for no
    n_bins : int; equal steps of [0, 1]; a probability on a border goes up

    Returns
    -------
    pandas.DataFrame; a row for each step that holds a case: its borders ``low`` and ``high``,
        ``count``, ``said`` (the mean probability), ``came_true`` (the share of yes)

    Raises
    ------
    ValueError: no cases, shapes differ, or a value is out of range

    Source: Niculescu-Mizil & Caruana 2005, section 4.
    """
    said, came_true = _checked(probabilities, outcomes)
    if n_bins < 1:
        raise ValueError(f"n_bins={n_bins}: use at least one")
    step = np.minimum((said * n_bins).astype(np.int64), n_bins - 1)  # (n,)
    count = np.bincount(step, minlength=n_bins)
    filled = np.flatnonzero(count)
    return pd.DataFrame(
        {
            "low": filled / n_bins,
            "high": (filled + 1) / n_bins,
            "count": count[filled],
            "said": np.bincount(step, said, n_bins)[filled] / count[filled],
            "came_true": np.bincount(step, came_true, n_bins)[filled] / count[filled],
        }
    )


def expected_calibration_error(probabilities, outcomes, n_bins=10):
    """Return the mean distance of probabilities from what came true.

    Parameters
    ----------
    probabilities, outcomes, n_bins
        As in ``reliability``.

    Returns
    -------
    float; the mean gap of ``said`` and ``came_true``, weighted by ``count``, in [0, 1]; chance
        alone keeps it above 0

    Source: Guo et al. 2017, eq. 3.
    """
    steps = reliability(probabilities, outcomes, n_bins)
    gaps = (steps.said - steps.came_true).abs()
    return float(np.average(gaps, weights=steps["count"]))


def fit_temperature(logits, outcomes):
    """Return the number that logits must be divided by to calibrate their probabilities.

    Above 1 the classifier was too sure, below 1 too timid. The order of the logits stays.

    Parameters
    ----------
    logits : float array (n,); scores of "yes" on data that the classifier was not trained on
    outcomes : bool or int array (n,); 1 for yes, 0 for no

    Returns
    -------
    float; the temperature with the smallest binary cross-entropy, between 0.01 and 100

    Raises
    ------
    ValueError: no cases, shapes differ, a logit is not finite or an outcome no 0 or 1

    Source: Guo et al. 2017, section 4.2.
    """
    import torch
    from scipy.optimize import minimize_scalar

    from plmrec_lite.nn.losses import binary_cross_entropy

    logits = np.asarray(logits, dtype=np.float64)
    if (bad := logits[~np.isfinite(logits)]).size:
        raise ValueError(f"logit {bad[0]} is not finite: give raw scores, not probabilities")
    z, y = (torch.from_numpy(a) for a in _same_shape("logits", logits, outcomes))

    def loss(log_temperature):
        return binary_cross_entropy(z / np.exp(log_temperature), y).item()

    best = minimize_scalar(loss, bounds=(np.log(0.01), np.log(100)), method="bounded")
    return float(np.exp(best.x))


def _checked(probabilities, outcomes):
    """Return both as float64 (n,), refusing probabilities outside [0, 1]."""
    said = np.asarray(probabilities, dtype=np.float64)
    if (bad := said[~((said >= 0) & (said <= 1))]).size:
        raise ValueError(
            f"probability {bad[0]} is outside [0, 1]: turn logits into probabilities first"
        )
    return _same_shape("probabilities", said, outcomes)


def _same_shape(name, values, outcomes):
    """Return values and outcomes as float64 (n,), refusing outcomes that are no 0 or 1."""
    outcomes = np.asarray(outcomes, dtype=np.float64)
    if values.ndim != 1 or values.shape != outcomes.shape or not values.size:
        raise ValueError(
            f"{name} {values.shape} and outcomes {outcomes.shape}: give both the shape (n,), n >= 1"
        )
    if (bad := outcomes[(outcomes != 0) & (outcomes != 1)]).size:
        raise ValueError(f"outcome {bad[0]} is neither 0 nor 1")
    return values, outcomes
