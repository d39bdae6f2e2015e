"""The book builds from nothing without a warning: no broken reference, citation or term."""

import pytest
from plmrec_book.assets import copy_assets, find_modules
from small_book import BROKEN
from sphinx.errors import ConfigError


def test_the_book_builds_strictly(built):
    log = (built / "log.txt").read_text(encoding="utf-8")
    assert (built / "code.txt").read_text() == "0", log[-4000:]
    assert "WARNING" not in log


def test_the_strict_build_sees_what_is_broken(small_books):
    log = (small_books / "first" / "log.txt").read_text(encoding="utf-8")
    assert not log.endswith("ended with 0")
    for number, name in enumerate(BROKEN):
        assert f"page{number}.md:" in log, f"{name} was not noticed:\n{log[-3000:]}"


def test_without_the_npm_packages_the_build_names_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="npm ci --ignore-scripts"):
        copy_assets(tmp_path / "node_modules", tmp_path / "vendor")


def test_the_npm_packages_are_found_beside_the_sources_or_above(tmp_path):
    edition = tmp_path / "_build" / "editions" / "student"
    edition.mkdir(parents=True)
    assert find_modules(edition) == edition / "node_modules"
    (tmp_path / "node_modules").mkdir()
    assert find_modules(edition) == tmp_path / "node_modules"
    (edition / "node_modules").mkdir()
    assert find_modules(edition) == edition / "node_modules"
