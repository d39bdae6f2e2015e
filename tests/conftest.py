"""What the tests of the book and of its site share: the tools' folders, and one build."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
# Doctests are looked for in every module; two of the name conftest would be one too many.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "book" / "_ext"), str(ROOT / "tests" / "book")]


def _build_book(source, target):
    """Build a book from nothing, strictly, and return the finished process with its output."""
    command = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    strict = ["--warningiserror", "--nitpick", "--keep-going"]
    return subprocess.run(
        [command, "build", str(source), "--path-output", str(target), *strict],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
    )


@pytest.fixture(scope="session")
def build_book():
    """A function that builds the book in one folder into another, strictly."""
    return _build_book


@pytest.fixture
def small_book(tmp_path):
    """A folder with this book's settings and looks, a cover, and no page yet."""
    for folder in ("book/_ext", "book/_static"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("book/references.bib", "_config.yml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "book" / "index.md").write_text("# Cover\n")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\nparts:\n")
    return tmp_path


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of a strict build of this book, made once however many workers test it.

    Beside ``html`` it holds ``log.txt`` (what the build said) and ``code.txt`` (how it ended).
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "book"
    with FileLock(shared / "book.lock"):
        if not (folder / "code.txt").is_file():
            done = _build_book(ROOT, folder)
            (folder / "log.txt").write_text(done.stdout + done.stderr)
            (folder / "code.txt").write_text(str(done.returncode))
    return folder


@pytest.fixture(scope="session")
def site(built):
    """The built pages: a folder of HTML."""
    html = built / "_build" / "html"
    if not (html / "search.html").is_file():
        pytest.fail(f"the book was not built:\n{(built / 'log.txt').read_text()[-3000:]}")
    return html
