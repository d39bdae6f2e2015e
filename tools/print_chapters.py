"""The chapters of the printed book, made from the pages of the built site.

What folds on the screen is decided once for paper: code that only imports, draws or formats is
left out, other folds are open, solutions and answers stand in an appendix, and a figure that
answers to the hand is replaced by its words.
"""

import dataclasses
import posixpath
import re

from bs4 import BeautifulSoup, Tag
from site_pages import read_site_page

SOLUTIONS = "solutions"  # the name of the appendix
LEFT_OUT = (
    "details.hide, .diagram details, .hand-board, .hand script, .quiz input, svg.sd-octicon, "
    ".toctree-wrapper, .sd-summary-state-marker, .sd-summary-icon, .bd-article-header, script"
)
OPENED = {"details": "div", "summary": "p", "fieldset": "div", "legend": "p", "label": "p"}


@dataclasses.dataclass
class Chapter:
    """One page on paper: its anchor is its name, and every id in it begins with that."""

    name: str  # such as math--cross-entropy
    title: str  # as HTML
    number: str
    part: str
    body: Tag
    answers: list  # what the appendix has of it, in its order


def anchor(page, inner=""):
    """Name a place in the printed book: a page, or an id in it.

    >>> anchor("math/cross-entropy"), anchor("back/glossary", "term-MiniLM")
    ('math--cross-entropy', 'back--glossary--term-MiniLM')
    """
    name = "--".join([page, inner] if inner else [page])
    return re.sub(r"[^\w.-]+", "--", name)


def read_chapter(site, page, known):
    """Read a page of the site as a chapter; ``known`` are the names of all pages."""
    found = read_site_page(site, page)
    body = found.article
    body.name, body.attrs = "section", {"class": ["chapter"], "id": anchor(page)}
    for heading in body.find_all(re.compile("^h[1-5]$"))[::-1]:
        heading.name = f"h{int(heading.name[1]) + 1}"
        for words in heading.find_all(string=True):
            words.replace_with(re.sub(r"\s+", " ", words))
    if page.startswith("back/") or body.select_one("table.claims"):
        for box in body.select(".claim"):
            box.decompose()
    for part in body.select(LEFT_OUT):
        part.decompose()
    _name_places(body, page)
    _lead_links(body, page, known)
    for image in body.find_all("img"):
        image["src"] = posixpath.join("_images", posixpath.basename(image["src"]))
        image.attrs.pop("style", None)
    answers = _take_answers(body, page)
    for part in [body, *answers]:
        _open_folds(part)
    return Chapter(anchor(page), found.title, found.number, found.part, body, answers)


def _name_places(body, page):
    """Begin every id with the name of the page, so that it is used once in the book."""
    for part in body.find_all(id=True):
        part["id"] = anchor(page, part["id"])
    for part in body.find_all(attrs={"aria-controls": True}):
        del part["aria-controls"]


def _lead_links(body, page, known):
    """Make every link to a page of the site one to a place in the book; take off the others."""
    for link in body.find_all("a"):
        target = link.get("href", "")
        if re.match(r"(https?|mailto):", target):
            link.attrs = {"href": target}
            continue
        path, _, inner = target.partition("#")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        there = re.sub(r"\.html$", "", re.sub(r"^\.\./book/|^book/", "", there))
        if there in known and target:
            link.attrs = {"href": f"#{anchor(there, inner)}"}
        else:
            link.unwrap()


def _take_answers(body, page):
    """Move solutions, and answers to the quiz, to the appendix; leave a link to each."""
    taken, exercise = [], None
    for at, box in enumerate(body.select(".exercise, .solution, .quiz-answers")):
        if "exercise" in box.get("class", []):
            exercise = box
            continue
        quiz = "quiz-answers" in box.get("class", [])
        asked = box.find_parent(class_="quiz") if quiz else exercise
        if quiz:
            name = asked.find(class_="quiz-number").get_text()
            box.summary.decompose()
        else:
            number = asked.select_one(".caption-number") if asked else None
            name = number.get_text().strip() if number else "Exercise"
            title = box.find(class_="admonition-title")
            if title:
                title.decompose()
        place = anchor(page, f"answer-{at}")
        back = f'<a href="#{asked["id"]}">{name}</a>' if asked else name
        answer = _element(f'<div class="answer" id="{place}"><p class="answer-to">{back}</p></div>')
        what = "Answer" if quiz else "Solution"
        lead = _element(f'<p class="see"><a href="#{place}">{what}</a></p>')
        if quiz:
            box.replace_with(lead)
        else:
            box.insert_before(lead)
            box.extract()
        for child in list(box.children):
            answer.append(child.extract())
        taken.append(answer)
    return taken


def _open_folds(body):
    """Write folds and forms as what they are on paper: boxes and paragraphs."""
    for part in body.find_all(list(OPENED)):
        part.name = OPENED[part.name]
        part.attrs = {key: part[key] for key in ("class", "id") if part.has_attr(key)}
    for part in body.find_all(tabindex=True):
        del part["tabindex"]
    for box in body.select(".pst-scrollable-table-container, .figure-scroll"):
        box.unwrap()
    for table in body.find_all("table"):
        for part in [table, *table.find_all(["tr", "td", "th"])]:
            for name in ("style", "border", "valign", "halign"):
                part.attrs.pop(name, None)


def appendix(chapters):
    """Write the appendix of solutions and answers, chapter by chapter."""
    body = _element(
        f'<section class="chapter" id="{SOLUTIONS}"><h2>Solutions and answers</h2></section>'
    )
    for chapter in chapters:
        if not chapter.answers:
            continue
        number = f'<span class="section-number">{chapter.number}. </span>' if chapter.number else ""
        head = f'<h3><a href="#{chapter.name}">{number}{chapter.title}</a></h3>'
        body.append(_element(head))
        for answer in chapter.answers:
            body.append(answer)
    return Chapter(SOLUTIONS, "Solutions and answers", "", "Back", body, [])


def _element(html):
    """Make one element of HTML."""
    return BeautifulSoup(html, "html.parser").find(True)
