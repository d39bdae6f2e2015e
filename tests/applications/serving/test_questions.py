"""What a question may hold, and what it holds if nothing is said."""

import pytest
from pydantic import TypeAdapter

from plmrec_lite.applications.serving.questions import question_forms

ASKED = {
    "recommend": {"person": 1},
    "explain": {"person": 1, "item": 2},
    "search": {"query": "war"},
}


@pytest.mark.parametrize("form", ASKED)
@pytest.mark.parametrize(("n_items", "k"), [(1, 1), (7, 7), (10, 10), (200, 10)])
def test_a_question_that_names_no_k_is_within_the_limits(form, n_items, k):
    """A default is not validated: it must fit a small shop by itself."""
    forms, words = question_forms(n_items)
    question = TypeAdapter(forms[form]).validate_python(ASKED[form])
    assert question.k == k
    assert words["k"] == f"how many items, 1 to {min(100, n_items)}"
