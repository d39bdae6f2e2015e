r"""Do a list's genres have the shares that the person's own films have?

An item shares one unit among its genres. With :math:`p_g` the share of genre g in what a person
met and :math:`q_g` its share in the list, miscalibration is the divergence
:math:`\sum_g p_g \log(p_g / \tilde q_g)`, where :math:`\tilde q = (1 - \alpha) q + \alpha p` keeps
it finite for a genre that the list lacks.

Source: Steck 2018, section 3.
"""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number


def genre_shares(genres, names):
    """Return how each item divides one unit among its genres.

    Parameters
    ----------
    genres : sequence of n_items tuples of str
    names : sequence of str (n_genres,); every genre that occurs

    Returns
    -------
    float array (n_items, n_genres); rows sum to 1, or to 0 for an item without a genre

    Raises
    ------
    ValueError: a genre is not in ``names`` (the message names it)

    Examples
    --------
    >>> genre_shares([("War",), ("Drama", "War")], ["Drama", "War"]).tolist()
    [[0.0, 1.0], [0.5, 0.5]]

    Source: Steck 2018, section 3.
    """
    column = {name: j for j, name in enumerate(names)}
    shares = np.zeros((len(genres), len(column)))
    for i, of_item in enumerate(genres):
        for genre in of_item:
            if genre not in column:
                raise ValueError(f"genre {genre!r} of item {i} is not in names: add it there")
            shares[i, column[genre]] = 1 / len(of_item)
    return shares


def profile_shares(met, shares):
    """Return the genre shares of what each user met.

    Parameters
    ----------
    met : scipy.sparse array (n, n_items); 1 where user and item met, or a weight
    shares : float array (n_items, n_genres); as ``genre_shares`` returns

    Returns
    -------
    float array (n, n_genres); rows sum to 1, or to 0 for a user without any genre

    Source: Steck 2018, eq. 2.
    """
    return _rows_to_one(met @ shares)


def list_shares(recommended, shares):
    """Return the genre shares of lists, every place alike.

    Parameters
    ----------
    recommended : int array (n, k); -1 for an empty place
    shares : float array (n_items, n_genres)

    Returns
    -------
    float array (n, n_genres); as ``profile_shares``

    Source: Steck 2018, eq. 3.
    """
    recommended = np.asarray(recommended)
    held = np.where((recommended >= 0)[:, :, None], shares[recommended], 0.0)  # (n, k, n_genres)
    return _rows_to_one(held.sum(axis=1))


def miscalibration(profile, listed, smoothing=0.01):
    """Return the divergence of each list's genres from the person's own.

    Parameters
    ----------
    profile, listed : float array (n, n_genres); p and q, rows sum to 1 or to 0
    smoothing : float; the share of p mixed into q, between 0 and 1

    Returns
    -------
    float array (n,), in nats, 0 or larger; NaN where either row is 0

    Raises
    ------
    ValueError: shapes differ, or ``smoothing`` is out of range

    Examples
    --------
    >>> miscalibration([[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [1, 0]]).round(3).tolist()
    [0.0, 1.959]

    Source: Steck 2018, eq. 4 and 5.
    """
    profile, listed = (np.asarray(rows, dtype=np.float64) for rows in (profile, listed))
    if profile.shape != listed.shape or profile.ndim != 2:
        raise ValueError(
            f"profile and listed have the shapes {profile.shape} and {listed.shape}: give two "
            "tables (n, n_genres)"
        )
    check_number("smoothing", smoothing, above=0, below=1)
    divergence = divergence_of(profile, (1 - smoothing) * listed + smoothing * profile)
    there = (profile.sum(axis=1) > 0) & (listed.sum(axis=1) > 0)
    return np.where(there, divergence, np.nan)


def divergence_of(p, q):
    """Return the Kullback-Leibler divergence of two tables of shares, along the last axis.

    Parameters
    ----------
    p, q : float array (..., n_genres), or shapes that broadcast; q above 0 wherever p is

    Returns
    -------
    float array (...), in nats

    Source: Kullback & Leibler 1951.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p / q), 0.0)
    return terms.sum(axis=-1)


def _rows_to_one(sums):
    """Rows divided by their sum; a row of zeros stays."""
    sums = np.asarray(sums, dtype=np.float64)
    totals = sums.sum(axis=1, keepdims=True)
    return sums / np.where(totals > 0, totals, 1)
