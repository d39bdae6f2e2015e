"""Small copies of the repository for the tests of its commands."""

import pytest
from stand_in import StandIn


@pytest.fixture
def stand_in(tmp_path):
    """A small repository, in a folder whose name has a space and an accent."""
    folder = tmp_path / "the bóok"
    folder.mkdir()
    return StandIn(folder)


@pytest.fixture
def made(stand_in):
    """A small repository where `make book` has run."""
    code, words = stand_in.make("book")
    assert code == 0, words
    stand_in.installed()
    return stand_in
