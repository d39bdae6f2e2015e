"""The films that a prompt names, and the place of one film in an order."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders.generative.shortlists import (
    chance_ndcg,
    dated_titles,
    liked_in_order,
    place_among,
)


def test_liked_items_stand_in_order_of_time_and_low_ratings_are_left_out():
    log = Interactions([0, 0, 0, 1], [3, 1, 2, 0], [5.0, 4.0, 3.0, 2.0], [30, 10, 20, 5], 2, 4)
    assert liked_in_order(log) == {0: [1, 3]}
    assert liked_in_order(log, least=3) == {0: [1, 2, 3]}


def test_events_of_one_second_are_ordered_by_the_seed_alone():
    n = 30
    log = Interactions([0] * n, range(n), [5.0] * n, [7] * n, 1, n)
    assert liked_in_order(log) == liked_in_order(log)
    assert liked_in_order(log)[0] != liked_in_order(log, seed=1)[0]


def test_a_year_that_is_not_known_is_not_written():
    items = pd.DataFrame({"title": ["Alien", "unknown"], "year": [1979, pd.NA]})
    assert dated_titles(items.astype({"year": "Int64"})) == ["Alien (1979)", "unknown"]


def test_ties_keep_the_order_of_the_candidates():
    assert [place_among([7, 3, 5], [1, 1, 2], film) for film in (5, 7, 3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="item 9 is none of the 3"):
        place_among([7, 3, 5], [1, 1, 2], 9)


def test_chance_is_the_mean_over_all_orders():
    rng = np.random.default_rng(0)
    places = rng.integers(30, size=200_000)
    drawn = np.where(places < 10, 1 / np.log2(places + 2), 0).mean()
    assert chance_ndcg(30) == pytest.approx(drawn, abs=0.003)
    assert chance_ndcg(1) == 1.0
    with pytest.raises(ValueError, match="n_candidates"):
        chance_ndcg(0)
