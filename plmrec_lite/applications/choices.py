"""Choices among candidates, and the weights of what is known of each, learned from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from plmrec_lite.checks import check_number

PENALTIES = (0.3, 1, 3, 10, 30, 100)


@dataclass(frozen=True, eq=False)
class Choices:
    """Choices of one candidate each, with what was known of every candidate.

    Parameters
    ----------
    chosen : int array (n,); which of its candidates each choice took, from 0
    counts : int array (n,); how many candidates it had
    features : dict of str to float array (n_candidates,); of all choices, one after the other
    about : pandas.DataFrame (n rows); whose and of what each choice is

    Raises
    ------
    ValueError: lengths that do not agree, or a choice that is none of its candidates

    Examples
    --------
    >>> two = Choices([0, 1], [2, 2], {"words": [0.9, 0.1, 0.8, 0.3]}, pd.DataFrame(index=[0, 1]))
    >>> two.gains(two.features["words"], k=1).tolist()
    [1.0, 0.0]
    """

    chosen: np.ndarray
    counts: np.ndarray
    features: dict
    about: pd.DataFrame

    def __post_init__(self):
        """Take arrays, and refuse what does not fit together."""
        chosen, counts = np.asarray(self.chosen), np.asarray(self.counts)
        features = {name: np.asarray(column) for name, column in self.features.items()}
        if not len(chosen) == len(counts) == len(self.about) > 0:
            raise ValueError(
                f"{len(chosen)} chosen, {len(counts)} counts and {len(self.about)} rows about "
                "them: give one of each for each choice"
            )
        if (bad := np.flatnonzero((chosen < 0) | (chosen >= counts))).size:
            raise ValueError(
                f"choice {bad[0]} took candidate {chosen[bad[0]]} of {counts[bad[0]]}: count them "
                "from 0"
            )
        for name, column in features.items():
            if column.shape != (counts.sum(),):
                raise ValueError(
                    f"feature {name!r} has shape {column.shape}: give one number for each of the "
                    f"{counts.sum()} candidates"
                )
        for name, value in (("chosen", chosen), ("counts", counts), ("features", features)):
            object.__setattr__(self, name, value)

    def __len__(self):
        return len(self.chosen)

    @property
    def starts(self):
        """The first candidate of each choice, int array (n,)."""
        return np.cumsum(self.counts) - self.counts

    @property
    def rows(self):
        """The chosen candidate of each choice, int array (n,)."""
        return self.starts + self.chosen

    def part(self, start, end):
        """Return some of the choices, in order.

        Parameters
        ----------
        start, end : int; the first, and the one after the last

        Returns
        -------
        Choices
        """
        number = np.repeat(np.arange(len(self)), self.counts)
        inside = (number >= start) & (number < end)
        features = {name: column[inside] for name, column in self.features.items()}
        rows = slice(start, end)
        return Choices(self.chosen[rows], self.counts[rows], features, self.about.iloc[rows])

    def table(self, columns):
        """Return features side by side.

        Parameters
        ----------
        columns : sequence of str

        Returns
        -------
        float array (n_candidates, n_columns)

        Raises
        ------
        ValueError: an unknown feature
        """
        if unknown := [name for name in columns if name not in self.features]:
            raise ValueError(f"feature {unknown[0]!r}: there are {', '.join(self.features)}")
        return np.stack([self.features[name] for name in columns], axis=1)

    def log_chances(self, scores):
        """Return the log of the softmax over the candidates of each choice.

        Parameters
        ----------
        scores : float array (n_candidates,)

        Returns
        -------
        float array (n_candidates,)
        """
        rest = scores - np.repeat(np.maximum.reduceat(scores, self.starts), self.counts)
        return rest - np.repeat(np.log(np.add.reduceat(np.exp(rest), self.starts)), self.counts)

    def gains(self, scores, k=10):
        """Return the NDCG@k of each choice; among equal scores it has the middle place.

        Parameters
        ----------
        scores : float array (n_candidates,)
        k : int

        Returns
        -------
        float array (n,)
        """
        own = np.repeat(scores[self.rows], self.counts)
        better, equal = (np.add.reduceat(x, self.starts) for x in (scores > own, scores == own))
        place = better + (equal - 1) / 2
        return np.where(place < k, 1 / np.log2(place + 2), 0.0)

    def gains_by_chance(self, k=10):
        """Return the NDCG@k that a random order gives each choice on average.

        Parameters
        ----------
        k : int

        Returns
        -------
        float array (n,)
        """
        sums = np.cumsum(1 / np.log2(np.arange(k) + 2))
        return sums[np.minimum(self.counts, k) - 1] / self.counts


def conditional_logit(choices, columns, penalty):
    """Fit the weights w that maximise the likelihood of the choices less penalty * |w|^2.

    Parameters
    ----------
    choices : Choices; to learn from
    columns : sequence of str; the features, which are scaled to unit standard deviation
    penalty : float; at least 0

    Returns
    -------
    float array (n_columns,); for the features as they are

    Raises
    ------
    ValueError: the penalty is below 0, or an unknown feature

    Source: McFadden 1974.
    """
    from scipy.optimize import minimize

    check_number("penalty", penalty, least=0)
    table = choices.table(columns)
    scale = table.std(axis=0) + 1e-12
    table = table / scale

    def loss(weights):
        logs = choices.log_chances(table @ weights)
        slope = np.exp(logs) @ table - table[choices.rows].sum(axis=0)
        return (
            penalty * weights @ weights - logs[choices.rows].sum(),
            slope + 2 * penalty * weights,
        )

    return minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B").x / scale


def tuned_logit(choices, columns, penalties=PENALTIES):
    """Fit ``conditional_logit`` with the penalty that predicts the last quarter best.

    Parameters
    ----------
    choices : Choices; at least 4; the first three quarters are the training part
    columns : sequence of str
    penalties : sequence of float; the grid

    Returns
    -------
    float array (n_columns,); of a fit to all choices

    Raises
    ------
    ValueError: fewer than 4 choices, or as ``conditional_logit``
    """
    if len(choices) < 4:
        raise ValueError(f"{len(choices)} choices: at least 4 are needed to choose a penalty")
    cut = len(choices) * 3 // 4
    first, last = choices.part(0, cut), choices.part(cut, len(choices))

    def likelihood(penalty):
        weights = conditional_logit(first, columns, penalty)
        return last.log_chances(last.table(columns) @ weights)[last.rows].mean()

    return conditional_logit(choices, columns, max(penalties, key=likelihood))
