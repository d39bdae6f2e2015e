"""A tiny BERT of three layers with two heads each."""

import pytest
from trainings import tiny_bert

from plmrec_lite.text import TextEncoder


@pytest.fixture(scope="session")
def encoder():
    return TextEncoder(tiny_bert(0.0, 3), device="cpu")
