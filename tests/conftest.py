"""What the tests share: the tools' folders, what is built once for all workers, and the order."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
import setuptools  # noqa: F401  torch.compile loads it, which fails once a test imported pip
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
# Doctests are looked for in every module; two of the name conftest would be one too many.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "book" / "_ext"), str(ROOT / "tests" / "book")]

# Seconds that long tests take; a notebook's are in its metadata, a recording's in the recording.
LONG = {
    "test_the_book_builds_strictly": 100,
    "test_the_strict_build_sees_what_is_broken": 60,
    "test_a_killed_build_is_no_book_and_the_next_one_is_whole": 40,
    "test_the_build_complains_of_broken_figures_and_of_no_other": 20,
}
# Minutes of work, and Java: `make release-check` proves it, and `make test` does not.
RELEASE = ROOT / "tests" / "kit" / "release"
HALVES = 2  # of the list of tests: each of the two workers begins with one


def pytest_ignore_collect(collection_path, config):
    """Leave what only a release proves to those who name it."""
    named = [Path(str(word).split("::")[0]).resolve() for word in config.args]
    if collection_path == RELEASE and not any(path.is_relative_to(RELEASE) for path in named):
        return True
    return None


def pytest_collection_modifyitems(items):
    """Put the longest tests first in each half, so that no worker ends on one alone."""
    cost = {item: _seconds(item) for item in items}
    longest = sorted((item for item in items if cost[item]), key=lambda item: -cost[item])
    rest = [item for item in items if not cost[item]]
    middle = (len(items) + 1) // HALVES - len(longest[::HALVES])
    items[:] = [*longest[::HALVES], *rest[:middle], *longest[1::HALVES], *rest[middle:]]


def _seconds(item):
    """Guess how long a test takes; 0 for a short one."""
    arguments = getattr(getattr(item, "callspec", None), "params", {})
    if item.name.startswith("test_notebook_says_again"):
        page = json.loads(arguments["path"].read_text(encoding="utf-8"))
        return page["metadata"]["plmrec"]["cost"]["cpu_s"]
    if item.name.startswith("test_one_seed_run_again"):
        recordings = ROOT / "plmrec_lite" / "book" / "recordings"
        path = recordings / f"{arguments['name']}.json"
        return json.loads(path.read_text(encoding="utf-8"))["check"][0]["seconds"] + 1
    names = {item.name, *getattr(item, "fixturenames", ())}
    return max(seconds if name in names else 0 for name, seconds in LONG.items())


def _once(tmp_path_factory, name, make):
    """Return a folder that ``make(folder)`` fills, once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not (folder / "made").is_file():
            shutil.rmtree(folder, ignore_errors=True)  # a worker that died left it unfinished
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def template_page(tmp_path_factory):
    """The file of a page as ``make page`` and ``make notebook`` leave it."""
    from new_page import new_page
    from run_page import run_page

    def make(root):
        (root / "book").mkdir()
        shutil.copyfile(ROOT / "_config.yml", root / "_config.yml")
        (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nparts:\n")
        run_page(new_page("ideas/sample", root))

    return _once(tmp_path_factory, "template", make) / "book" / "ideas" / "sample.ipynb"


@pytest.fixture
def good_page(template_page):
    """That page, read afresh, to be broken."""
    import nbformat

    return nbformat.read(template_page, as_version=4)


@pytest.fixture(scope="session")
def small_books(tmp_path_factory, template_page):
    """The folder of a small book that was built in three ways; see ``small_book``."""
    import nbformat
    from small_book import build_small_books

    page = nbformat.read(template_page, as_version=4)
    return _once(tmp_path_factory, "small", lambda folder: build_small_books(folder, page))


@pytest.fixture(scope="session")
def hand_book(tmp_path_factory):
    """The folder of a small book of all figures that answer to the hand; see ``hand_book``."""
    from hand_book import build_hand_book

    return _once(tmp_path_factory, "hand", build_hand_book)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of a strict build of this book.

    Beside ``html`` it holds ``log.txt`` (what the build said) and ``code.txt`` (how it ended).
    """
    from small_book import build_book

    def make(folder):
        done = build_book(ROOT, folder)
        (folder / "log.txt").write_text(done.stdout + done.stderr)
        (folder / "code.txt").write_text(str(done.returncode))

    return _once(tmp_path_factory, "book", make)


@pytest.fixture(scope="session")
def site(built):
    """The built pages: a folder of HTML."""
    html = built / "_build" / "html"
    if not (html / "search.html").is_file():
        pytest.fail(f"the book was not built:\n{(built / 'log.txt').read_text()[-3000:]}")
    return html
