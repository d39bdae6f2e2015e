"""Randomised response: each click may be a lie, so that no row says what a person met."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.ease import inverse
from plmrec_lite.recommenders.item_updates import weights_of
from plmrec_lite.runtime import check_seed


@dataclass(frozen=True)
class ClickPrivacy:
    r"""What randomised response promises: each 0 or 1 of a row is flipped with probability p.

    Whoever sees the row that is sent can tell a 1 from a 0 at one place only up to the odds
    :math:`e^\varepsilon = (1 - p) / p`. The promise is *local* (the server never sees the true
    row) and *pure* (:math:`\delta = 0`); nothing is clipped and nobody is sampled, so that none of
    these can weaken it. Two whole rows that differ at d places are told apart up to
    :math:`d\,\varepsilon`.

    Parameters
    ----------
    epsilon : float; of one event, above 0
    n_items : int; places of a row

    Raises
    ------
    ValueError: a value is out of range

    Examples
    --------
    >>> promise = ClickPrivacy(epsilon=math.log(3), n_items=1682)
    >>> round(promise.flip, 12), round(promise.epsilon_between(20), 3)
    (0.25, 21.972)

    Source: Warner 1965; Dwork & Roth 2014, section 3.2 and theorem 3.16 (composition).
    """

    epsilon: float
    n_items: int

    def __post_init__(self):
        check_number("epsilon", self.epsilon, above=0)
        check_number("n_items", self.n_items, least=1, whole=True)

    @property
    def flip(self):
        """The probability p of a flip, below one half."""
        return math.exp(-self.epsilon) / (1 + math.exp(-self.epsilon))

    @property
    def delta(self):
        """The probability that the promise fails: none."""
        return 0.0

    @property
    def epsilon_of_person(self):
        """Epsilon of a whole row, for any two people: they may differ at every place."""
        return self.n_items * self.epsilon

    @property
    def variance(self):
        """Variance of one corrected place."""
        return self.flip * (1 - self.flip) / (1 - 2 * self.flip) ** 2

    def epsilon_between(self, n_different):
        """Epsilon that tells apart two rows that differ at so many places.

        Parameters
        ----------
        n_different : int; 0 to n_items; two people with a and b films differ in a + b at most

        Returns
        -------
        float

        Raises
        ------
        ValueError: the number is out of range
        """
        check_number("n_different", n_different, least=0, most=self.n_items, whole=True)
        return n_different * self.epsilon


def randomised(rows, promise, seed=0):
    """Flip each 0 and 1 with the probability of the promise: what people send.

    Parameters
    ----------
    rows : scipy.sparse array (n, n_items); ones and zeros
    promise : ClickPrivacy
    seed : int

    Returns
    -------
    bool array (n, n_items)

    Raises
    ------
    ValueError: the rows have another length than the promise, or hold other values
    """
    check_seed(seed)
    if rows.shape[1] != promise.n_items:
        raise ValueError(f"rows of {rows.shape[1]} items, a promise for {promise.n_items}")
    if wrong := sorted({*np.unique(rows.data).tolist()} - {0, 1}):
        raise ValueError(f"rows hold {wrong[:3]}: only a 0 or a 1 can be flipped")
    flips = np.random.default_rng(seed).random(rows.shape) < promise.flip
    return flips ^ rows.toarray().astype(bool)


def corrected(sent, promise):
    r"""Return an unbiased estimate of the true rows: :math:`(y - p) / (1 - 2p)`.

    Parameters
    ----------
    sent : bool array (n, n_items)
    promise : ClickPrivacy

    Returns
    -------
    float64 array (n, n_items); its mean over all flips is the true row; single values are far off

    Source: Warner 1965, eq. 3.
    """
    return (sent - promise.flip) / (1 - 2 * promise.flip)


def private_weights(sent, promise, regularization):
    r"""Return EASE's weights from rows that may lie, each with an honest mean.

    Products of two corrected places are unbiased, because flips are independent. On the diagonal of
    :math:`Z^\top Z` each person adds ``promise.variance`` too much: the noise acts there as so
    much more :math:`\lambda`, so that the matrix stays one that can be inverted.

    Parameters
    ----------
    sent : bool array (n, n_items)
    promise : ClickPrivacy
    regularization : float or sequence of float; :math:`\lambda`, above 0

    Returns
    -------
    float64 array (n_items, n_items), or a list with one for each :math:`\lambda`

    Raises
    ------
    ValueError: a regularization is not above 0

    Source: Warner 1965; Steck 2019, eq. 8.
    """
    several = np.ndim(regularization) > 0
    penalties = list(regularization) if several else [regularization]
    for penalty in penalties:
        check_number("regularization", penalty, above=0)
    rows = corrected(sent, promise)
    gram = rows.T @ rows
    weights = [weights_of(inverse(gram.copy(), penalty)) for penalty in penalties]
    return weights if several else weights[0]
