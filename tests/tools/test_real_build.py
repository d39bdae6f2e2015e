"""A real build that is killed in the middle leaves nothing that is taken for a book."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import build_book
import pytest
from small_book import empty_book
from steps import StepError

TOOLS = Path(build_book.__file__).parent
PAGES = 12
DRIVER = f"""
import pathlib, sys
sys.path.insert(0, {str(TOOLS)!r})
import build_book, make
build_book.build_book(pathlib.Path(sys.argv[1]), sys.executable)
"""


@pytest.fixture
def book_of_pages(tmp_path):
    """A small book with some pages, each with a word of its own."""
    book, chapters = empty_book(tmp_path / "book"), []
    for number in range(PAGES):
        text = f"# Page {number}\n\nAbout the quokka{number}.\n"
        (book / "book" / f"page{number}.md").write_text(text)
        chapters.append(f"      - file: book/page{number}\n")
    head = "format: jb-book\nroot: book/index\nparts:\n  - caption: A\n    chapters:\n"
    (book / "_toc.yml").write_text(head + "".join(chapters))
    return book


def searched(html):
    """The words of the search index."""
    text = (html / "searchindex.js").read_text(encoding="utf-8")
    return set(json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))["terms"])


def kill_in_the_middle(root):
    """Start a build; kill all of it when some of the pages are written."""
    child = subprocess.Popen([sys.executable, "-c", DRIVER, root])
    fresh = root / "_build" / "unfinished" / "_build" / "html" / "book"
    deadline = time.monotonic() + 120
    while len(written := list(fresh.glob("page*.html"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    [step] = subprocess.run(
        ["pgrep", "-P", str(child.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    os.kill(child.pid, signal.SIGKILL)
    os.killpg(int(step), signal.SIGKILL)
    child.wait()
    assert len(written) > 0
    assert not (fresh.parent / "searchindex.js").exists()


def test_a_killed_build_is_no_book_and_the_next_one_is_whole(book_of_pages):
    html = book_of_pages / "_build" / "html"
    kill_in_the_middle(book_of_pages)
    assert not html.exists()
    cover = build_book.build_book(book_of_pages, sys.executable)
    assert cover == html / "index.html"
    assert {f"quokka{number}" for number in range(PAGES)} <= searched(html)
    assert len(list(html.glob("book/page*.html"))) == PAGES
    # Another edition that is killed leaves this one whole; one that complains does too.
    (book_of_pages / "book" / "page3.md").write_text("# Page 3\n\nAbout the numbat.\n")
    kill_in_the_middle(book_of_pages)
    assert "quokka3" in searched(html)
    (book_of_pages / "book" / "page3.md").write_text("# Page 3\n\nSee {ref}`nowhere`.\n")
    with pytest.raises(StepError, match="build of the pages ended with 1"):
        build_book.build_book(book_of_pages, sys.executable)
    assert "quokka3" in searched(html)
    assert len(list(html.glob("book/page*.html"))) == PAGES
