"""A small book in a folder of its own, and the editions of the real book, made once."""

import pytest
from book_files import ROOT
from editions import make_edition, read_book, secrets_of
from small_kit import write_small_book

from plmrec_lite.book import sealed


@pytest.fixture(scope="session", autouse=True)
def quick_seals():
    """Hash a few times instead of thousands of times; `tests/book/test_sealed.py` does it all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "ROUNDS", 2)
        yield


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
    return make_edition(ROOT, "student", tmp_path_factory.mktemp("editions") / "student")


@pytest.fixture(scope="session")
def instructor_book(tmp_path_factory):
    """The instructor edition of the book."""
    return make_edition(ROOT, "instructor", tmp_path_factory.mktemp("editions") / "instructor")
