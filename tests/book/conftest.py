"""A page made from the template and run: the good page that tests measure with and break."""

import shutil

import nbformat
import pytest
from book_files import ROOT
from new_page import new_page
from run_page import run_page


@pytest.fixture(scope="session")
def template_page(tmp_path_factory):
    """The file of a page as ``make page`` and ``make notebook`` leave it."""
    root = tmp_path_factory.mktemp("repository")
    (root / "book").mkdir()
    shutil.copyfile(ROOT / "_config.yml", root / "_config.yml")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nparts:\n")
    path = new_page("ideas/sample", root)
    run_page(path)
    return path


@pytest.fixture
def good_page(template_page):
    """That page, read afresh, to be broken."""
    return nbformat.read(template_page, as_version=4)
