"""A small book in a folder of its own, and the editions of the real book, made once."""

import pytest
from book_files import ROOT
from editions import make_edition, read_book, secrets_of
from small_kit import write_small_book

from plmrec_lite.book import sealed

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
