"""How long a larger corpus, or more workers, would take: a model fitted to measured runs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from plmrec_lite.checks import check_number


class ScalingModel(NamedTuple):
    """Seconds of a run: start + n_texts * (serial + parallel / n_workers).

    Attributes
    ----------
    start : float; seconds before the first text
    serial, parallel : float; seconds a text that more workers do not, and do, share
    error : float; the largest relative error on the measured runs
    most_texts, most_workers : int; of the measured runs: beyond them it is a forecast
    """

    start: float
    serial: float
    parallel: float
    error: float
    most_texts: int
    most_workers: int

    def seconds(self, n_texts, n_workers):
        """Return how long a run takes.

        Parameters
        ----------
        n_texts : int
        n_workers : int; as fast as the measured ones each

        Returns
        -------
        float
        """
        check_number("n_texts", n_texts, least=1, whole=True)
        check_number("n_workers", n_workers, least=1, whole=True)
        return self.start + n_texts * (self.serial + self.parallel / n_workers)

    def is_forecast(self, n_texts, n_workers):
        """Return whether a run lies beyond those that were measured.

        Parameters
        ----------
        n_texts, n_workers : int

        Returns
        -------
        bool
        """
        return n_texts > self.most_texts or n_workers > self.most_workers


def fit_scaling(n_texts, n_workers, seconds):
    """Fit the model to measured runs, so that relative errors are small and no part is negative.

    Parameters
    ----------
    n_texts, n_workers : int array (n,); of each run; two different numbers of each at least
    seconds : float array (n,); above 0

    Returns
    -------
    ScalingModel

    Raises
    ------
    ValueError: too few runs, or all of one kind

    Examples
    --------
    >>> model = fit_scaling([100, 200, 100, 200], [1, 1, 2, 2], [12.0, 22.0, 7.0, 12.0])
    >>> round(model.start), round(model.serial, 3), round(model.parallel, 3)
    (2, 0.0, 0.1)
    >>> model.is_forecast(10**8, 2)
    True

    Source: Amdahl 1967.
    """
    from scipy.optimize import nnls

    n, workers, taken = (np.asarray(x, dtype=np.float64) for x in (n_texts, n_workers, seconds))
    if not n.shape == workers.shape == taken.shape or n.ndim != 1:
        raise ValueError(
            f"n_texts {n.shape}, n_workers {workers.shape}, seconds {taken.shape}: give one of "
            "each for each run"
        )
    if len(np.unique(n)) < 2 or len(np.unique(workers)) < 2:
        raise ValueError(
            f"runs of {sorted(set(n.tolist()))} texts on {sorted(set(workers.tolist()))} workers: "
            "measure two numbers of each at least"
        )
    if not (np.isfinite(taken).all() and (taken > 0).all()):
        raise ValueError(f"seconds={taken.tolist()}: give times above 0")
    table = np.stack([np.ones_like(n), n, n / workers], axis=1)
    scale = np.linalg.norm(table / taken[:, None], axis=0)
    parts = nnls(table / taken[:, None] / scale, np.ones_like(taken))[0] / scale
    error = float(np.abs(table @ parts / taken - 1).max())
    return ScalingModel(*map(float, parts), error, int(n.max()), int(workers.max()))
