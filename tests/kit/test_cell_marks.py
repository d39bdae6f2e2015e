"""Every text cell of a page is marked in the site, with its tags and in its order."""

import re

import nbformat
import pytest
from book_files import ROOT
from plmrec_book.cells import tags_of

NOTEBOOKS = sorted((ROOT / "book").glob("*/*.ipynb"))


def marks(site, path):
    """The tags of each mark in a page of the site."""
    html = site / "book" / path.parent.name / f"{path.stem}.html"
    return [found.split() for found in re.findall(r"<!--cell ?([^>]*)-->", html.read_text("utf-8"))]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_text_cells_are_marked(path, site):
    cells = nbformat.read(path, as_version=4).cells
    texts = [list(c.metadata.get("tags", [])) for c in cells if c.cell_type == "markdown"]
    assert marks(site, path) == texts


def test_a_page_without_code_is_marked_where_it_is_cut(site):
    path = ROOT / "book" / "ideas" / "why-plm.md"
    lines = re.findall(r"^\+\+\+(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert marks(site, path) == [tags_of(line) for line in lines]
    assert len(lines) > 3


@pytest.mark.parametrize("line", ["", " no JSON", ' {"tags": [', ' {"other": 1}'])
def test_a_cut_without_tags_has_none(line):
    assert tags_of(line) == []
