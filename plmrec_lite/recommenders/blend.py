"""A small hybrid: two models' scores, brought to one scale and added."""

from __future__ import annotations

from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.vectors import standardize


class Blend(Recommender):
    """Add two models' scores, each standardised per user.

    Parameters
    ----------
    first, second : Recommender
        The models; ``fit`` fits both.
    weight : float
        The share of ``second``, 0 to 1. It may be changed after ``fit``: choose it on
        validation.

    Raises
    ------
    ValueError
        If ``weight`` is out of range.

    Source: Burke 2002 ("weighted").
    """

    def __init__(self, first, second, weight=0.5):
        self.first = first
        self.second = second
        self.weight = weight
        self.name = f"{first.name} + {second.name}"

    @property
    def weight(self):
        """The share of the second model, 0 to 1."""
        return self._weight

    @weight.setter
    def weight(self, weight):
        if not 0 <= weight <= 1:
            raise ValueError(f"weight={weight}: give a number from 0 to 1")
        self._weight = weight

    def _fit(self, train, item_vectors):
        self.first.fit(train, item_vectors)
        self.second.fit(train, item_vectors)

    def _score(self, users):
        first, second = (standardize(model.score(users)) for model in (self.first, self.second))
        return (1 - self.weight) * first + self.weight * second
