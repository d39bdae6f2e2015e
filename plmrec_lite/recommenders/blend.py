"""A small hybrid: two models' scores, brought to one scale and added."""

from __future__ import annotations

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.base import Recommender
from plmrec_lite.vectors import standardize


class Blend(Recommender):
    """Add two models' scores, each standardised per user.

    Parameters
    ----------
    first, second : Recommender; the models; ``fit`` fits both
    weight : float; the share of ``second``, 0 to 1. It may be changed after ``fit``: choose it on
        validation.

    Source: Burke 2002 ("weighted").
    """

    def __init__(self, first, second, weight=0.5):
        self.first = first
        self.second = second
        self.weight = weight

    @property
    def name(self):
        """What tables call the model: the names of its parts, if no other was set."""
        return vars(self).get("name", f"{self.first.name} + {self.second.name}")

    @name.setter
    def name(self, name):
        vars(self)["name"] = name

    @property
    def needs_item_vectors(self):
        """Whether one of the two models needs item vectors."""
        return self.first.needs_item_vectors or self.second.needs_item_vectors

    def _check_settings(self):
        check_number("weight", self.weight, least=0, most=1)

    def _check_memory(self, train, item_vectors):
        for model in (self.first, self.second):
            model._check_memory(train, item_vectors)

    def _fit(self, train, item_vectors):
        self.first.fit(train, item_vectors)
        self.second.fit(train, item_vectors)

    def _score(self, users):
        self._check_settings()  # the weight may have changed since fit
        first, second = (standardize(model.score(users)) for model in (self.first, self.second))
        return (1 - self.weight) * first + self.weight * second
