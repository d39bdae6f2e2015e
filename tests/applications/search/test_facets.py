"""What kinds were found, and one kind alone."""

import numpy as np
import pandas as pd
import pytest

from plmrec_lite.applications.search.facets import allowed, facet_counts, filter_scores
from plmrec_lite.ranking import top_k

ITEMS = pd.DataFrame(
    {
        "division": ["General", "Petite", "General", "General", "Petite"],
        "kind": ["Skirts", "Jeans", "Skirts", "", "Dresses"],
    }
)


def test_counts_are_of_what_was_found():
    assert facet_counts(ITEMS, [0, 1, 2, 3, -1], "kind").to_dict() == {"Skirts": 2, "Jeans": 1}
    assert list(facet_counts(ITEMS, [1, 4], "kind").index) == ["Dresses", "Jeans"]
    assert facet_counts(ITEMS, [-1], "kind").empty


def test_filters_are_joined_by_and_and_their_values_by_or():
    assert allowed(ITEMS).all()
    assert allowed(ITEMS, division="Petite").tolist() == [False, True, False, False, True]
    assert allowed(ITEMS, kind=["Jeans", "Skirts"], division="General").tolist() == [
        *(True, False, True, False, False)
    ]


def test_a_filter_before_ranking_fills_the_list():
    scores = np.array([[0.9, 0.8, 0.1, 0.7, 0.6]])
    barred = filter_scores(scores, allowed(ITEMS, kind="Skirts"))
    assert top_k(barred, 3).tolist() == [[0, 2, -1]]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"colour": "red"}, "facet='colour': use one of 'division', 'kind'"),
        ({"kind": "Hats"}, "kind='Hats': use one of 'Dresses', 'Jeans', 'Skirts'"),
        ({"kind": [""]}, "kind='': use"),
    ],
)
def test_what_is_not_there_is_named(filters, message):
    with pytest.raises(ValueError, match=message):
        allowed(ITEMS, **filters)


def test_an_unknown_facet_is_named():
    with pytest.raises(ValueError, match="facet='colour'"):
        facet_counts(ITEMS, [0], "colour")
