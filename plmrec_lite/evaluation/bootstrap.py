"""The bootstrap: what a measure would be on other test sets of the same kind.

Page: ideas/recommenders.
"""

from __future__ import annotations

import numpy as np

N_RESAMPLES = 2000


def resamples(n, seed=0, groups=None):
    """Yield the rows of 2,000 test sets drawn with replacement from one.

    Parameters
    ----------
    n : int
        Examples in the test set, at least 1.
    seed : int, default 0
        The seed of the draw.
    groups : array (n,) or None
        The group of each example. Sentences of one review are no independent witnesses, so
        groups are drawn whole; None draws the examples one by one.

    Yields
    ------
    int array
        The rows of one test set: n of them, or as many as the drawn groups hold.

    Raises
    ------
    ValueError
        If there are no examples, or not one group an example.

    Source: Efron and Tibshirani 1993, section 13.3; Field and Welsh 2007 (groups).
    Page: ideas/recommenders.
    """
    if n < 1:
        raise ValueError(f"n={n}: a test set has at least one example")
    if groups is not None and np.shape(groups) != (n,):
        raise ValueError(f"groups of shape {np.shape(groups)} for {n} examples: give one for each")
    rng = np.random.default_rng(seed)
    if groups is None:
        for _ in range(N_RESAMPLES):
            yield rng.integers(n, size=n)
        return
    codes = np.unique(np.asarray(groups), return_inverse=True)[1]
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    for _ in range(N_RESAMPLES):
        drawn = rng.integers(len(members), size=len(members))
        yield np.concatenate([members[group] for group in drawn])


def percentile_interval(values, level=0.95):
    """Return the ends of the interval that holds the middle share of the resampled values.

    Parameters
    ----------
    values : float array (n_resamples, ...)
        The measure on each resample.
    level : float, default 0.95
        The share, between 0 and 1.

    Returns
    -------
    low, high : float array (...)
        The ends.

    Raises
    ------
    ValueError
        If ``level`` is out of range.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0), level=0.5)
    >>> float(low), float(high)
    (25.0, 75.0)

    Source: Efron and Tibshirani 1993, section 13.3. Page: ideas/recommenders.
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level}: give a number between 0 and 1, such as 0.95")
    return np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
