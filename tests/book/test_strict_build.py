"""The book builds from nothing without a warning: no broken reference, citation or term."""

import pytest
from plmrec_book.assets import copy_assets
from sphinx.errors import ConfigError

BROKEN = {
    "a reference": "See {ref}`nowhere`.",
    "a page": "See {doc}`nowhere`.",
    "a term": "A {term}`flumpet`.",
    "a citation": "As {cite:t}`nobody1900` says.",
    "a figure": "![words](nowhere.png)",
    "claims on a page without code": "```{page-claims}\n```",
    "a diagram without words": "```{mermaid}\ngraph TD\n  a --> b\n```",
}


def test_the_book_builds_strictly(built):
    log = (built / "log.txt").read_text(encoding="utf-8")
    assert (built / "code.txt").read_text() == "0", log[-4000:]
    assert "WARNING" not in log


def test_the_strict_build_sees_what_is_broken(small_book, build_book):
    chapters = []
    for number, (name, text) in enumerate(BROKEN.items()):
        (small_book / "book" / f"page{number}.md").write_text(f"# Without {name}\n\n{text}\n")
        chapters.append(f"      - file: book/page{number}\n")
    with (small_book / "_toc.yml").open("a") as toc:
        toc.write("  - caption: A\n    chapters:\n" + "".join(chapters))
    done = build_book(small_book, small_book / "out")
    log = done.stdout + done.stderr
    assert done.returncode != 0
    for number, name in enumerate(BROKEN):
        assert f"page{number}.md:" in log, f"{name} was not noticed:\n{log[-3000:]}"


def test_without_the_npm_packages_the_build_names_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="npm ci --ignore-scripts"):
        copy_assets(tmp_path / "node_modules", tmp_path / "vendor")
