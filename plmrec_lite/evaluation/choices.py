"""What a comparison is worth when a random choice, such as that of cold items, decides so much.

Page: plmrec/representations.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import t

from plmrec_lite.evaluation.report import Difference


def compare_choices(mine, theirs, level=0.95):
    """Return by how much one method beats another over the same random choices.

    Which items happen to be cold moves every method's value far more than the methods differ.
    So the differences are taken choice by choice, and only then averaged.

    Parameters
    ----------
    mine, theirs : float array (n,)
        The two methods' values on n choices, in the same order; at least two.
    level : float, default 0.95
        The level of Student's interval.

    Returns
    -------
    Difference
        The mean of mine less theirs, low and high. Choices that share items are not quite
        independent, so read an interval that barely excludes zero with care.

    Raises
    ------
    ValueError
        If the arrays differ in shape or hold fewer than two values, or ``level`` is out of range.

    Examples
    --------
    >>> difference, low, high = compare_choices([0.3, 0.2, 0.4], [0.2, 0.1, 0.2])
    >>> round(difference, 3), round(low, 3), round(high, 3)
    (0.133, -0.01, 0.277)

    Source: Student 1908; for recommenders Sakai 2006. Page: plmrec/representations.
    """
    mine, theirs = np.asarray(mine, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if mine.ndim != 1 or mine.shape != theirs.shape or len(mine) < 2:
        raise ValueError(
            f"values of shapes {mine.shape} and {theirs.shape}: give both methods' values on the "
            "same choices, at least two"
        )
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
    apart = mine - theirs  # (n,)
    mean, error = float(apart.mean()), float(apart.std(ddof=1)) / len(apart) ** 0.5
    half = float(t.ppf((1 + level) / 2, len(apart) - 1)) * error
    return Difference(mean, mean - half, mean + half)
