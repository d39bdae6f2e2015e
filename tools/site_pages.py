"""The pages of the built site, cut into the cells that they were made from.

Slides and the printed book take what they show from here: the site has every citation, reference
and number resolved. `plmrec_book.cells` marks where a text cell begins.
"""

import copy
import dataclasses

from bs4 import BeautifulSoup, Comment, Tag

HEADINGS = ("h1", "h2", "h3", "h4")
FURNITURE = "a.headerlink, button, style, script:not([type='application/json']), .quiz-said"


@dataclasses.dataclass
class Cell:
    """One cell of a page: its tags, its blocks of HTML, and the headings that it stands under."""

    tags: frozenset
    is_code: bool
    blocks: list
    under: tuple  # (section, subsection) as HTML, "" where there is none

    @property
    def text(self):
        """All its words."""
        return " ".join(" ".join(block.get_text(" ").split()) for block in self.blocks)


@dataclasses.dataclass
class SitePage:
    """One page of the site."""

    name: str  # such as math/cross-entropy
    title: str  # as HTML
    number: str  # "6", or "" where the page has none
    part: str  # of the table of contents, such as Mathematics
    book: str  # the title of the book
    article: Tag

    def cells(self):
        """List the cells in their order; what a solution holds belongs to one block."""
        found, under = [], ["", ""]
        for block in _flat(self.article):
            if isinstance(block, Comment):
                tags = frozenset(block.split()[1:])
                found.append(Cell(tags, False, [], tuple(under)))
                continue
            if block.name in HEADINGS[1:3]:
                under[1:] = [""] if block.name == "h2" else []
                under[int(block.name[1]) - 2 :] = [heading_html(block)]
                under = [*under, ""][:2]
            if "cell" in block.get("class", []):
                tags = frozenset(c[4:] for c in block["class"] if c.startswith("tag_"))
                found.append(Cell(tags, True, [block], tuple(under)))
                continue
            if not found or found[-1].is_code:
                found.append(Cell(frozenset(), False, [], tuple(under)))
            if not found[-1].blocks:
                found[-1].under = tuple(under)
            found[-1].blocks.append(block)
        return found


def read_site_page(site, name):
    """Read a page such as ``math/cross-entropy`` from the folder of the built site."""
    html = (site / "book" / f"{name}.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(html, "html.parser")
    article = soup.select_one("article.bd-article")
    here = soup.select_one(".bd-docs-nav li.current")
    part = here.find_previous(class_="caption").get_text().strip() if here else ""
    book = soup.select_one(".logo__title").get_text().strip()
    for one in article.select(FURNITURE):
        one.decompose()
    heading = article.find("h1")
    number = heading.find(class_="section-number")
    numeral = number.get_text().strip().rstrip(".") if number else ""
    return SitePage(name, heading_html(heading), numeral, part, book, article)


def heading_html(heading):
    """Return what stands in a heading, without its number, as HTML: it may hold a formula."""
    heading = copy.copy(heading)
    for part in heading.select(".section-number, .headerlink"):
        part.decompose()
    return heading.decode_contents().strip()


def _flat(parent):
    """Walk through sections, as if there were none: marks of cells, and blocks."""
    for child in parent.children:
        if isinstance(child, Comment):
            if child.split()[:1] == ["cell"]:
                yield child
        elif isinstance(child, Tag):
            if child.name == "section":
                yield from _flat(child)
            else:
                yield child
