"""Popularity of late: the rival that knows only what people do now."""

from __future__ import annotations

import math

import numpy as np

from plmrec_lite.checks import check_number
from plmrec_lite.recommenders.popularity import Popularity


class RecentPopularity(Popularity):
    """Rank items by how many of the latest events they have.

    Parameters
    ----------
    share : float; the latest share of all events of the training is counted: 1 counts all, as
        ``Popularity`` does. Above 0, at most 1. Events at the time of the first one counted are
        counted too.

    Raises
    ------
    ValueError: by ``fit``, if ``share`` is below 1 and the log has no times

    Source: Ji et al. 2020, with a share of the events in place of days.
    """

    name = "recent popularity"

    def __init__(self, share=0.1):
        self.share = share

    def _check_settings(self):
        check_number("share", self.share, above=0, most=1)

    def _fit(self, train, item_vectors):
        if self.share < 1 and len(train):
            times = np.asarray(train.require("timestamps", f"share={self.share}"))
            n_counted = math.ceil(self.share * len(times))
            first = np.partition(times, len(times) - n_counted)[len(times) - n_counted]
            train = train.select(times >= first)
        super()._fit(train, item_vectors)
