"""``make page``: copies the template, names it, and lists it in its part."""

import re

import nbformat
import pytest
import yaml
from book_files import ROOT
from new_page import CAPTIONS, TEMPLATE, listed, new_page

TOC = """# A comment.
format: jb-book
root: book/index
parts:
  - caption: Start
    chapters:
      - file: book/start/setup
  - caption: Back
    chapters:
      - file: book/back/claims
"""


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "_config.yml").write_text((ROOT / "_config.yml").read_text(encoding="utf-8"))
    (tmp_path / "_toc.yml").write_text(TOC)
    return tmp_path


def chapters(toc):
    parts = yaml.safe_load(toc)["parts"]
    return {part["caption"]: [c["file"] for c in part["chapters"]] for part in parts}


def test_the_cells_of_the_template_have_ids_of_their_own_and_numbers_in_order():
    ids = [cell.id for cell in nbformat.read(TEMPLATE, as_version=4).cells]
    assert len(set(ids)) == len(ids)
    for kind in ("exercise", "solution"):
        numbers = [int(found[1]) for own in ids if (found := re.fullmatch(rf"{kind}-(\d+)", own))]
        assert numbers == list(range(1, len(numbers) + 1)), kind
        assert numbers


def test_a_new_page_has_its_own_title_and_labels(repository):
    page = nbformat.read(new_page("ideas/cold-start", repository), 4)
    text = "\n".join(cell.source for cell in page.cells)
    assert text.startswith("# Cold start\n")
    for left in ("TITLE", "SLUG", "template-"):
        assert left not in text
    assert ":label: cold-start-recall" in text
    assert '"cold-start-square-is-even"' in text
    assert "book/ideas/cold-start" in (repository / "_toc.yml").read_text()


def test_a_page_joins_its_part_and_a_new_part_its_place():
    toc = listed(listed(listed(TOC, "start/how"), "math/attention"), "ideas/why")
    assert toc.startswith("# A comment.\n")
    assert chapters(toc) == {
        "Start": ["book/start/setup", "book/start/how"],
        "Ideas": ["book/ideas/why"],
        "Mathematics": ["book/math/attention"],
        "Back": ["book/back/claims"],
    }


def test_a_part_that_comes_last_goes_last():
    toc = TOC.split("  - caption: Back")[0]
    assert list(chapters(listed(toc, "back/faq"))) == ["Start", "Back"]


def test_the_parts_of_this_book_are_known():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    captions = [part["caption"] for part in toc["parts"]]
    assert captions == [caption for caption in CAPTIONS.values() if caption in captions]


@pytest.mark.parametrize("name", ["ideas", "Ideas/Why", "ideas/../x", "ideas/why/more", "no/page"])
def test_a_name_that_cannot_be_is_refused(repository, name):
    with pytest.raises(ValueError, match=r"^(page|part) "):
        new_page(name, repository)


def test_a_page_that_is_there_is_not_overwritten(repository):
    new_page("ideas/why", repository)
    with pytest.raises(FileExistsError, match="ideas/why"):
        new_page("ideas/why", repository)
