"""The blocks of a page as they stand on a slide: shortened text, bare tables, the picture itself.

What a slide leaves out stays in its notes, so nothing that the page says is lost to the speaker.
"""

import copy
import re

from bs4 import BeautifulSoup
from lead_sentences import lead_of

WHOLE_WORDS = 60  # a text of so few words is not shortened
ITEM_WORDS = 24
FOLDS = ("dropdown", "toggle")
INTERVAL = re.compile(r"\[[^\]]{1,24}\]|± \S+")  # breaks over no two lines
PROVENANCE = "Recorded by"  # a line on seeds, machine and commit: for readers, not for a hall
LINE = 100  # letters; a longer printed line is a sentence and wraps
DROPPED = "details, .hand-fold, .solution, .exercise"


def is_fold(block):
    """Tell whether a block is folded on the page: it goes to the notes."""
    classes = block.get("class", [])
    return block.name == "details" or any(c in classes for c in FOLDS)


def weight(block):
    """Say how much of a slide a block takes: a figure, a table or code all, a formula half."""
    classes = block.get("class", [])
    if block.name in ("figure", "table") or block.find(["figure", "table", "img"]):
        return 1.0
    if "math" in classes or block.name == "pre":
        return 0.5
    return 0.0


def shortened(block, long):
    """Copy a block of text for a slide; in a long text each paragraph and item gets shorter."""
    if block.name == "p":
        return lead_of(block) if long else copy.copy(block)
    block = copy.copy(block)
    if long and block.name in ("ul", "ol", "dl"):
        for item in block.find_all(["p", "dd"]):
            if not (item.name == "dd" and item.find("p")) and not item.find(
                class_="math", name="div"
            ):
                item.replace_with(lead_of(item, ITEM_WORDS))
    return block


def shown_blocks(cell):
    """List what a code cell shows: its code unless that is folded, and its outputs."""
    box, found = cell.blocks[0], []
    code = box.find("div", class_="cell_input", recursive=False)
    if code is not None:
        found.append(_pre(code, "code"))
    for output in box.find_all("div", class_="cell_output", recursive=False):
        for part in output.find_all(True, recursive=False):
            if part.name == "figure":
                found.append(copy.copy(part))
            elif part.find("table"):
                found += [copy.copy(table) for table in part.find_all("table")]
            elif part.find("img"):
                found.append(copy.copy(part))
            elif part.find("pre") and not part.get_text().lstrip().startswith(PROVENANCE):
                found.append(_pre(part, "printed"))
            elif part.find(class_=re.compile("^(attention|heat)")) or part.find("svg"):
                found.append(copy.copy(part))
    return found


def _pre(box, name):
    """Copy the text of code or of what it prints, with its colours."""
    pre = copy.copy(box.find("pre"))
    pre["class"] = ["highlight", name]
    if max(map(len, pre.get_text().split("\n"))) > LINE:
        pre["class"].append("wraps")
    return pre


def plain(block, images="../images/"):
    """Take off what leads away from the slide: links into the site, ids, fixed sizes."""
    if "pst-scrollable-table-container" in block.get("class", []):
        block = block.table.extract()
    for part in block.select(DROPPED):
        part.decompose()
    for box in block.select(".pst-scrollable-table-container, .figure-scroll"):
        box.unwrap()
    for link in block.find_all("a"):
        if re.match(r"https?://", link.get("href", "")):
            link.attrs = {"href": link["href"]}
        else:
            link.unwrap()
    for part in [block, *block.find_all(True)]:
        for name in ("id", "tabindex", "border"):
            if name != "id" or part.find_parent("svg") is None:
                part.attrs.pop(name, None)
        if part.name in ("tr", "table"):
            part.attrs.pop("style", None)
        if part.name == "img":
            part["src"] = images + part["src"].rsplit("/", 1)[-1]
            part.attrs.pop("style", None)
    for cell in block.select("td, th"):
        for piece in cell.find_all(string=INTERVAL):
            piece.replace_with(INTERVAL.sub(lambda m: m[0].replace(" ", "\xa0"), str(piece)))
    return block


def sources_of(block):
    """List the sources that a block cites, in full, as the bibliography has them."""
    cited = block.select("a[href*='bibliography.html#']")
    return [link["title"] for link in cited if link.get("title")]


def element(html):
    """Make one element of HTML."""
    return BeautifulSoup(html, "html.parser").find(True)
