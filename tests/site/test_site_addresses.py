"""Buttons that lead out of the book: none without an address, the right ones with it."""

import re

import pytest
from bs4 import BeautifulSoup
from new_page import new_page

OWNER = "https://github.com/owner/name"
FILE = "book/ideas/sample.ipynb"
BUTTONS = {
    "Repository": OWNER,
    "Suggest edit": f"{OWNER}/edit/main/{FILE}",
    "Open issue": f"{OWNER}/issues/new?title=Issue%20on%20page%20%2Fbook/ideas/sample.html",
    "Colab": f"https://colab.research.google.com/github/owner/name/blob/main/{FILE}",
    "Binder": f"https://mybinder.org/v2/gh/owner/name/main?urlpath=lab/tree/{FILE}",
    "JupyterHub": "https://hub.example.edu/hub/user-redirect/git-pull?repo=https%3A//github.com/"
    f"owner/name&urlpath=lab/tree/name/{FILE}&branch=main",
}


@pytest.fixture
def page_with(small_book, build_book):
    """A function that builds a page of a book with the given addresses."""

    def build(url, hub):
        path = small_book / "_config.yml"
        config = path.read_text(encoding="utf-8")
        config = re.sub(r'^  url: "[^"]*"', f'  url: "{url}"', config, flags=re.MULTILINE)
        config = re.sub(r'(?<=jupyterhub_url: )"[^"]*"', f'"{hub}"', config)
        path.write_text(config, encoding="utf-8")
        new_page("ideas/sample", small_book)
        build_book(small_book, small_book / "out")
        return small_book / "out" / "_build" / "html" / FILE.replace(".ipynb", ".html")

    return build


def links_at_the_top(path):
    """The links among the buttons at the top of a page, by their text."""
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    links = page.select(".article-header-buttons a[href^=http]")
    return {link.get_text(strip=True): link["href"] for link in links}


def test_with_an_address_every_button_leads_to_its_place(page_with, small_book):
    found = links_at_the_top(page_with(OWNER, "https://hub.example.edu"))
    found["Open issue"] = found["Open issue"].split("&body")[0]
    assert found == BUTTONS
    assert f"plmrec-lite[pages] @ git+{OWNER}@main" in (small_book / FILE).read_text()


def test_without_an_address_there_is_no_button(page_with):
    page = page_with("", "https://hub.example.edu")
    assert links_at_the_top(page) == {}
    assert "launch-buttons" not in page.read_text(encoding="utf-8")
