"""Every page in _toc.yml keeps the rules of ``page_rules``; no key is used twice."""

from collections import Counter

import page_rules as rules
import pytest
from book_files import ROOT, page_files

FILES = page_files()
PAGES = {path.relative_to(ROOT).as_posix(): rules.read_page(path) for path in FILES}
NOTEBOOKS = [name for name in PAGES if name.endswith(".ipynb")]
CHAPTERS = [name for name, page in PAGES.items() if rules.is_chapter(page) or name in NOTEBOOKS]


@pytest.mark.parametrize("rule", rules.CODE_RULES)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_keeps(name, rule):
    assert rule(PAGES[name]) == []


@pytest.mark.parametrize("rule", rules.CHAPTER_RULES)
@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_keeps(name, rule):
    assert rule(PAGES[name]) == []


@pytest.mark.parametrize("rule", rules.FORM_RULES)
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_form_of_a_page_is_kept_by(name, rule):
    assert rule(PAGES[name]) == []


def test_no_two_claims_share_a_key():
    keys = Counter(claim["key"] for page in PAGES.values() for claim in rules.claims_of(page))
    assert [key for key, times in keys.items() if times > 1] == []


def test_at_most_one_cell_in_twenty_is_not_compared():
    cells = [cell for name in NOTEBOOKS for cell in rules.code_cells(PAGES[name])]
    exempt = [cell.id for cell in cells if rules.EXEMPT in cell.metadata.get("tags", [])]
    assert len(exempt) <= len(cells) / 20, exempt


def test_every_page_is_listed_and_every_notebook_is_tested():
    written = {p for suffix in ("md", "ipynb") for p in ROOT.glob(f"book/*/*.{suffix}")}
    drafts = {p for p in written if any(part.startswith(("_", ".")) for part in p.parts)}
    assert written - drafts - set(FILES) == set()
    assert NOTEBOOKS
