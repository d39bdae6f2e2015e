"""A hybrid that asks two models for their order only: reciprocal-rank fusion."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.blend import Blend


class RankFusion(Blend):
    r"""Add up one over the place that two models give an item.

    The score of an item at place :math:`r_1` of the first list and :math:`r_2` of the second is
    :math:`(1 - w) / (c + r_1) + w / (c + r_2)`. Places count from 1 among the items that the
    user has not met; equal scores share the mean of their places. Unlike ``Blend`` it does not
    ask how the scores are spread.

    Parameters
    ----------
    first, second : Recommender; the models; ``fit`` fits both
    weight : float; :math:`w`, the share of ``second``, 0 to 1. It may be changed after ``fit``:
        choose it on validation.
    constant : float; :math:`c`, in places: how slowly an item loses as it goes down; 0 or more.
        Cormack and others found 60 to serve in general.

    Source: Cormack, Clarke & Buettcher 2009.
    """

    def __init__(self, first, second, weight=0.5, constant=60.0):
        super().__init__(first, second, weight)
        self.constant = constant

    @property
    def name(self):
        """What tables call the model: the names of its parts, if no other was set."""
        return vars(self).get("name", f"{self.first.name} + {self.second.name}, by rank")

    @name.setter
    def name(self, name):
        vars(self)["name"] = name

    def _check_settings(self):
        super()._check_settings()
        check_number("constant", self.constant, least=0)

    def _score(self, users):
        self._check_settings()
        first, second = (
            1 / (self.constant + self._places(model, users)) for model in (self.first, self.second)
        )
        return (1 - self.weight) * first + self.weight * second

    def _places(self, model, users):
        """Return the place of each item in a model's list (n, n_items); the met ones come last."""
        scores = model.score(users)
        scores[self.first.seen_[users].nonzero()] = -np.inf
        return rankdata(-scores, axis=1)
