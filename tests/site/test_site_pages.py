"""What the pages hold and where they lead; in a browser, test_site_visits has every page."""

import functools

import pytest
from bs4 import BeautifulSoup
from screens import GENERATED, PAGES

ALL = [*PAGES, *GENERATED, "index.html"]


@functools.cache
def soup_of(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@functools.cache
def ids_of(path):
    return {tag["id"] for tag in soup_of(path).select("[id]")}


def test_the_cover_has_the_concept_map(reader):
    page = reader().open("book/index.html")
    names = " ".join(page.locator(".diagram .node").all_text_contents())
    for family in ("Collaborative", "Content-based", "Hybrid", "Pre-trained language model"):
        assert family in names


@pytest.mark.parametrize("name", PAGES)
def test_figures_have_words(site, name):
    for image in soup_of(site / name).select("article img"):
        words = image.get("alt", "")
        assert len(words) >= 20, f"{image.get('src')}: alt={words!r}"
        assert not words.endswith((".png", ".svg", ".jpg"))


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_built_in_from_outside(site, name):
    linked = [
        tag.get("src") or tag.get("href")
        for tag in soup_of(site / name).select("script, img, iframe, link, source, object")
    ]
    assert [u for u in linked if u and (u.startswith(("http:", "https:", "//")))] == []


@pytest.mark.parametrize("name", ALL)
def test_links_inside_the_book_lead_somewhere(site, name):
    folder = (site / name).parent
    for link in soup_of(site / name).select("a[href]"):
        target, _, anchor = link["href"].partition("#")
        if ":" in target:
            continue
        path = (folder / target).resolve() if target else (site / name)
        assert path.is_file(), f"{name} links to {link['href']}"
        if anchor and path.suffix == ".html" and not anchor.startswith("__"):
            assert anchor in ids_of(path), f"{name} links to {link['href']}"


def test_the_fonts_come_with_the_book(reader):
    page = reader().open("book/index.html")
    for font in ("Book Serif", "Book Sans"):
        assert page.evaluate(f"document.fonts.check('16px \"{font}\"')")
        assert page.evaluate(
            f"[...document.fonts].some(f => f.family.includes('{font}') && f.status === 'loaded')"
        )


def test_the_browser_would_notice_a_request_that_leaves(reader, site, tmp_path):
    page = tmp_path / "leaks.html"
    page.write_text("<script src='https://example.org/a.js'></script><script>nope()</script>")
    one = reader()
    one.site = tmp_path
    one.open("leaks.html")
    assert one.refused == ["https://example.org/a.js"]
    assert any("nope" in error for error in one.errors)
