"""Decks and the book on paper, made once for all workers, and a browser to look at them."""

import os

import pytest
from build_print import build_print
from build_slides import build_slides, pages_with_slides
from chromium import browser as chromium_browser
from filelock import FileLock

SMALL = ["ideas/why-plm", "math/ranking-losses", "back/glossary", "back/bibliography"]


def _once(tmp_path_factory, name, make):
    """Return a folder that ``make(folder)`` puts in place whole, once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with FileLock(shared / f"{name}.lock"):
        if not (shared / name).is_dir():
            make(shared / name)
    return shared / name


@pytest.fixture(scope="session")
def decks(site, tmp_path_factory):
    """The folder of the decks of all pages."""

    def make(folder):
        build_slides(pages_with_slides(), site, folder)

    return _once(tmp_path_factory, "decks", make)


@pytest.fixture(scope="session")
def small_print(site, tmp_path_factory):
    """The PDF and the EPUB of four pages."""
    folder = _once(tmp_path_factory, "small-print", lambda to: build_print(site, to, SMALL))
    return next(folder.glob("*.pdf")), next(folder.glob("*.epub"))


@pytest.fixture(scope="session")
def printed(site, tmp_path_factory):
    """The PDF and the EPUB of the whole book: minutes of work."""
    folder = _once(tmp_path_factory, "print", lambda to: build_print(site, to))
    return next(folder.glob("*.pdf")), next(folder.glob("*.epub"))


@pytest.fixture(scope="session")
def window():
    """A browser window of the size of a slide, without a network."""
    with chromium_browser() as browser:
        yield browser.new_context(offline=True, viewport={"width": 1280, "height": 720})
