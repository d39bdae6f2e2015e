"""The decks of the built site, made once for all workers, and a browser to look at them."""

import os
import shutil

import pytest
from build_slides import build_slides, pages_with_slides
from chromium import browser as chromium_browser
from filelock import FileLock


@pytest.fixture(scope="session")
def decks(site, tmp_path_factory):
    """The folder of the decks of all pages."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / "decks.lock"):
        if not (shared / "decks" / "index.html").is_file():
            shutil.rmtree(shared / "decks", ignore_errors=True)
            build_slides(pages_with_slides(), site, shared / "decks")
    return shared / "decks"


@pytest.fixture(scope="session")
def window():
    """A browser window of the size of a slide, without a network."""
    with chromium_browser() as browser:
        yield browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
