"""What is searched for more often comes first: a prior over items, added to scores."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number


def add_prior(scores, counts, weight):
    """Add the logarithm of how many reviews an item has to its score for every query.

    A score that is the log-likelihood of the query, plus the log of how often the item is searched
    for, orders items by how likely they are meant (Bayes' rule). The weight makes up for the scale
    of the scores, and for counts of reviews that are not counts of searches.

    Parameters
    ----------
    scores : float array (n, n_items); minus infinity bars an item
    counts : int array (n_items,); reviews of each item, 0 or more
    weight : float; 0 or more; chosen on validation

    Returns
    -------
    float array (n, n_items)

    Raises
    ------
    ValueError: not one count an item, a negative count, or the weight is out of range

    Examples
    --------
    >>> add_prior(np.array([[0.5, 0.4]]), [0, 99], weight=0.1).round(2).tolist()
    [[0.5, 0.86]]

    Source: Yi et al. 2019 (log q, with the other sign, in training).
    """
    scores, counts = np.asarray(scores), np.asarray(counts)
    check_number("weight", weight, least=0)
    if counts.shape != scores.shape[-1:]:
        raise ValueError(
            f"counts of shape {counts.shape} for scores {scores.shape}: give one an item"
        )
    if (counts < 0).any():
        raise ValueError(f"count {counts.min()} of item {counts.argmin()}: counts are 0 or more")
    return scores + (weight * np.log1p(counts)).astype(scores.dtype)
