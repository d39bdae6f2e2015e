"""How a classifier is judged: F1 of all classes alike, and what chance can do to any measure.

Pages: ideas/language-models, bert/fine-tuning.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

N_RESAMPLES = 2000


class Estimate(NamedTuple):
    """A value, and the interval of the bootstrap around it.

    Attributes
    ----------
    value : float
        The measure on all examples.
    low, high : float
        The ends of the interval.

    Source: the layout is the book's own. Page: ideas/language-models.
    """

    value: float
    low: float
    high: float

    def __str__(self):
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def macro_f1(targets, predictions):
    """Return the mean over the classes of each class's F1.

    A rare class counts as much as a common one, so that guessing the common one does not pay.

    Parameters
    ----------
    targets, predictions : array (n,)
        The right and the predicted class of each example.

    Returns
    -------
    float
        In [0, 1]. The classes are those that occur in either array; a class that is never
        predicted right has an F1 of 0.

    Raises
    ------
    ValueError
        If the arrays are empty or differ in length.

    Examples
    --------
    >>> round(macro_f1(["good", "good", "bad", "bad"], ["good", "good", "good", "bad"]), 3)
    0.733

    Source: Yang and Liu 1999. Page: ideas/language-models.
    """
    targets, predictions = np.asarray(targets), np.asarray(predictions)
    if targets.shape != predictions.shape or targets.ndim != 1 or not len(targets):
        raise ValueError(
            f"targets of shape {targets.shape} and predictions of shape {predictions.shape}: "
            "give one class for each example in both, and at least one example"
        )
    classes, codes = np.unique(np.concatenate([targets, predictions]), return_inverse=True)
    true, predicted = codes[: len(targets)], codes[len(targets) :]
    hits = np.bincount(true[true == predicted], minlength=len(classes))
    both = np.bincount(true, minlength=len(classes)) + np.bincount(
        predicted, minlength=len(classes)
    )
    return float((2 * hits / both).mean())


def bootstrap(statistic, *columns, level=0.95, seed=0):
    """Return a measure of a test set, and where it would lie on other test sets of its kind.

    Parameters
    ----------
    statistic : callable
        Takes the columns and returns one number, such as ``macro_f1``. For a paired
        difference give it the targets and both predictions.
    *columns : array (n, ...)
        What the statistic takes; row i of each belongs to example i, and rows are drawn
        together.
    level : float, default 0.95
        The share of the 2,000 resamples that the interval holds, between 0 and 1.
    seed : int, default 0
        The seed of the draw.

    Returns
    -------
    Estimate
        value, low, high.

    Raises
    ------
    ValueError
        If there is no column, they differ in length, or ``level`` is out of range.

    Examples
    --------
    >>> print(bootstrap(macro_f1, ["a", "b"] * 50, ["a", "b"] * 50))
    1.000 [1.000, 1.000]

    Source: Efron and Tibshirani 1993, section 13.3. Page: ideas/language-models.
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
    columns = [np.asarray(column) for column in columns]
    lengths = [len(column) for column in columns]
    if not columns or len(set(lengths)) > 1 or not lengths[0]:
        raise ValueError(f"columns of lengths {lengths}: give at least one, all equally long")
    rng = np.random.default_rng(seed)
    n = lengths[0]
    draws = (rng.integers(n, size=n) for _ in range(N_RESAMPLES))
    values = [statistic(*(column[rows] for column in columns)) for rows in draws]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(statistic(*columns)), float(low), float(high))
