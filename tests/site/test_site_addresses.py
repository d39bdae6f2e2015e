"""Buttons that lead out of the book: none without an address, the right ones with it."""

from bs4 import BeautifulSoup
from small_book import HUB, OWNER, SAMPLE

FILE = f"{SAMPLE}.ipynb"
BUTTONS = {
    "Repository": OWNER,
    "Suggest edit": f"{OWNER}/edit/main/{FILE}",
    "Open issue": f"{OWNER}/issues/new?title=Issue%20on%20page%20%2Fbook/ideas/sample.html",
    "Colab": f"https://colab.research.google.com/github/owner/name/blob/main/{FILE}",
    "Binder": f"https://mybinder.org/v2/gh/owner/name/main?urlpath=lab/tree/{FILE}",
    "JupyterHub": f"{HUB}/hub/user-redirect/git-pull?repo=https%3A//github.com/"
    f"owner/name&urlpath=lab/tree/name/{FILE}&branch=main",
}


def links_at_the_top(path):
    """The links among the buttons at the top of a page, by their text."""
    page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    links = page.select(".article-header-buttons a[href^=http]")
    return {link.get_text(strip=True): link["href"] for link in links}


def test_with_an_address_every_button_leads_to_its_place(small_books):
    found = links_at_the_top(small_books / "first" / "sample.html")
    found["Open issue"] = found["Open issue"].split("&body")[0]
    assert found == BUTTONS
    assert f"plmrec-lite[pages] @ git+{OWNER}@main" in (small_books / "new.ipynb").read_text()


def test_without_an_address_there_is_no_button(small_books):
    page = small_books / "without an address" / "sample.html"
    assert links_at_the_top(page) == {}
    assert "launch-buttons" not in page.read_text(encoding="utf-8")
