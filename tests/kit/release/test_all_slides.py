"""Every deck in the browser."""

import pytest
from build_slides import pages_with_slides
from slide_measures import MEASURE, faults_of, open_deck


@pytest.mark.parametrize("name", pages_with_slides())
def test_no_slide_overflows(name, decks, window):
    page, errors = open_deck(window, decks / f"{name}.html")
    assert (errors, faults_of(page.evaluate(MEASURE))) == ([], [])
    page.close()
