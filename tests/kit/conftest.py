"""What tests of the kit share: small book, editions, decks, the book on paper, a browser."""

import os

import pytest
from book_files import ROOT
from build_print import build_print
from build_slides import build_slides, pages_with_slides
from chromium import browser as chromium_browser
from editions import make_edition, read_book, secrets_of
from filelock import FileLock
from small_kit import write_small_book

from plmrec_lite.book import sealed

SMALL = ["ideas/why-plm", "math/ranking-losses", "back/glossary", "back/bibliography"]
ROUNDS = 2  # `tests/book/test_sealed.py` hashes as often as a seal of the book


@pytest.fixture(autouse=True)
def quick_seals(monkeypatch):
    """Hash twice instead of thousands of times."""
    monkeypatch.setattr(sealed, "ROUNDS", ROUNDS)


def quick_edition(edition, folder):
    """Make an edition of the book with seals that are quick to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "ROUNDS", ROUNDS)
        return make_edition(ROOT, edition, folder / edition)


@pytest.fixture
def small_root(tmp_path):
    """A small book in a folder of its own."""
    write_small_book(tmp_path)
    return tmp_path


@pytest.fixture
def small_secrets(small_root):
    """What only the solutions of the small book hold."""
    return secrets_of(small_root, *read_book(small_root))


@pytest.fixture(scope="session")
def book_pages():
    """All pages of the book, and what the kit says of their exercises."""
    return read_book(ROOT)


@pytest.fixture(scope="session")
def student_book(tmp_path_factory):
    """The student edition of the book."""
    return quick_edition("student", tmp_path_factory.mktemp("editions"))


@pytest.fixture(scope="session")
def instructor_book(tmp_path_factory):
    """The instructor edition of the book."""
    return quick_edition("instructor", tmp_path_factory.mktemp("editions"))


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
