"""The slides of a page, made from its cells with the tag `slide`; notes from the others.

The rules: the first slide asks the page's question. A text cell makes a slide for each heading
and for each figure, table or formula in it; long text is cut to its first sentences, and the
speaker's notes hold it whole. A figure or table that follows a short text stands on its slide.
"""

import copy
import dataclasses
from html import escape

from lead_sentences import lead_of, leads_on, sentences_of
from site_pages import heading_html
from slide_blocks import (
    WHOLE_WORDS,
    element,
    is_fold,
    plain,
    shortened,
    shown_blocks,
    sources_of,
    weight,
)

WORDS_A_MINUTE = 130  # spoken
LARGE_MINUTES = 1.0  # to explain a figure, a table or a formula
ASKED_MINUTES = {"title": 1.0, "predict": 2.0, "quiz": 1.0, "findings": 1.5, "sources": 0.0}
MOST_MINUTES = 45
MOST_WORDS, ORPHAN_WORDS, FEWEST_WORDS, MOST_FINDINGS = 80, 25, 10, 6
MERGED_WORDS, QUESTION_WORDS = 45, 40


@dataclasses.dataclass
class Slide:
    """One slide: what it shows, and what the speaker has in the notes."""

    kind: str  # title, text, show (figure, table, code), predict, quiz, findings, sources
    title: str
    blocks: list
    notes: list = dataclasses.field(default_factory=list)
    short: bool = True  # on the short path
    words: int = 0  # of the page's text that it stands for
    section: str = ""

    @property
    def minutes(self):
        """How long the speaker takes."""
        large = sum(weight(block) for block in self.blocks)
        return (
            ASKED_MINUTES.get(self.kind, 0.0) + self.words / WORDS_A_MINUTE + large * LARGE_MINUTES
        )

    @property
    def shown_words(self):
        """Count the words that it shows outside of figures, tables and formulas."""
        told = [block for block in self.blocks if not weight(block)]
        return sum(len(block.get_text(" ").split()) for block in told)


def deck_of(page):
    """List the slides of a page."""
    cells = page.cells()
    slides, cited = [_title(page, cells)], []
    for at, cell in enumerate(cells):
        if "notes" in cell.tags:
            slides[-1].notes += [copy.copy(block) for block in cell.blocks]
        slides += _predictions(cell)
        if "quiz" in cell.tags:
            slides += _findings(page) + _quiz(cell)
        if "slide" not in cell.tags or _asks(cell):
            continue
        made = _shown(cell, cells, at) if cell.is_code else _told(cell)
        if cell.is_code and made and _belong_together(slides[-1], made[0]):
            slides[-1].blocks += made[0].blocks
            slides[-1].notes += made[0].notes
            slides[-1].kind = "show"
            made = made[1:]
        slides += made
        cited += [source for block in cell.blocks for source in sources_of(block)]
    slides = _without_scraps(slides)
    summary = [slide for slide in slides if slide.section == "Summary"]
    slides = [slide for slide in slides if slide.section != "Summary"] + summary
    if cited:
        listed = "".join(f"<li>{escape(source)}</li>" for source in dict.fromkeys(cited))
        slides.append(Slide("sources", "Sources", [element(f"<ul class='sources'>{listed}</ul>")]))
    for slide in slides:
        slide.blocks = [plain(block) for block in slide.blocks]
        slide.notes = [plain(block) for block in slide.notes]
    return slides


def _asks(cell):
    """Tell whether a cell holds the page's question and prediction."""
    return any("predict" in block.get("class", []) for block in cell.blocks)


def _title(page, cells):
    """Make the first slide: the title, and the question of the page."""
    asking = next((c for c in cells if _asks(c) or c.under[0] == "The question"), None)
    text = [block for block in asking.blocks if block.name == "p"] if asking else []
    asked = [s for block in text for s in sentences_of(block) if s.get_text().endswith("?")]
    shown = asked[-1:] or [lead_of(block, QUESTION_WORDS) for block in text[:1]]
    for block in shown:
        block["class"] = ["question"]
    return Slide("title", page.title, shown, [copy.copy(block) for block in text])


def _predictions(cell):
    """Make the slide that asks for a prediction."""
    found = [b for b in cell.blocks if "predict" in b.get("class", [])]
    made = []
    for box in found:
        blocks = [copy.copy(b) for b in box.find_all(True, recursive=False)]
        title = blocks.pop(0).get_text() if "admonition-title" in blocks[0].get("class", []) else ""
        made.append(Slide("predict", title, blocks, short="short" in cell.tags))
    return made


def _told(cell):
    """Make the slides of a text cell."""
    blocks = [b for b in cell.blocks if not is_fold(b)]
    words = len(" ".join(b.get_text(" ") for b in blocks).split())
    long = words > WHOLE_WORDS and cell.under[0] != "Summary"  # its five lines stay whole
    title = cell.under[1] or cell.under[0]
    made, new = [], Slide("text", title, [], section=cell.under[0])
    for block in cell.blocks:
        if block.name in ("h1", "h2", "h3", "h4"):
            made.append(new)
            title = heading_html(block)
            section = title if block.name == "h2" else new.section
            new = Slide("text", title, [], section=section)
            continue
        new.notes.append(copy.copy(block))
        new.words += len(block.get_text(" ").split()) if not weight(block) else 0
        if is_fold(block) or (block is cell.blocks[-1] and _is_about_code(block)):
            continue
        shown = shortened(block, long)
        if _is_full(new, block, shown):
            leading = new.blocks[-1:] if leads_on(new.blocks[-1]) and len(new.blocks) > 1 else []
            new.blocks = new.blocks[: len(new.blocks) - len(leading)]
            made.append(new)
            new = Slide("text", title, leading, new.notes[-1:], section=new.section)
            made[-1].notes = made[-1].notes[:-1]
        new.blocks.append(shown)
    made = [slide for slide in [*made, new] if slide.blocks]
    for slide in made:
        slide.short = "short" in cell.tags
    return _without_orphans(made)


def _without_scraps(slides):
    """Put a slide of a few words into the notes of the one before: it says nothing alone."""
    kept = slides[:1]
    for slide in slides[1:]:
        scrap = slide.kind == "text" and not any(map(weight, slide.blocks))
        if scrap and slide.shown_words < FEWEST_WORDS:
            kept[-1].notes += slide.notes
        else:
            kept.append(slide)
    return kept


def _without_orphans(slides):
    """Put a few last words on the slide before, where that shows no figure and no table."""
    kept = []
    for slide in slides:
        before = kept[-1] if kept else None
        few = slide.shown_words <= ORPHAN_WORDS and not any(map(weight, slide.blocks))
        if before and few and before.title == slide.title and sum(map(weight, before.blocks)) < 1:
            before.blocks += slide.blocks
            before.notes += slide.notes
            before.words += slide.words
        else:
            kept.append(slide)
    return kept


def _is_full(slide, block, shown):
    """Tell whether a block begins a new slide: one large thing a slide, and few words."""
    if not slide.blocks or (leads_on(slide.blocks[-1]) and not any(map(weight, slide.blocks))):
        return False
    if _goes_on(block):
        return False
    held = sum(weight(one) for one in slide.blocks)
    if held and held + weight(block) > 1:
        return True
    words = 0 if weight(shown) else len(shown.get_text(" ").split())
    return slide.shown_words + words > MOST_WORDS or held >= 1


def _is_about_code(block):
    """Tell whether a last paragraph only leads to the code cell below it."""
    return block.name == "p" and (leads_on(block) or block.get_text().startswith("The code"))


def _goes_on(block):
    """Tell whether a paragraph goes on with a sentence that a formula interrupted."""
    text = block.get_text().lstrip() if block.name == "p" else ""
    return bool(text) and (text[0].islower() or text[0] in ",.;")


def _shown(cell, cells, at):
    """Make the slides of a code cell: one for each large thing that it shows."""
    title, made = cell.under[1] or cell.under[0], []
    notes = _around(cells, at)
    for block in shown_blocks(cell):
        small = block.name == "pre" and block.get_text().count("\n") <= 6
        if not made or not (small or _is_small(made[-1])):
            made.append(Slide("show", title, [], section=cell.under[0]))
        made[-1].blocks.append(block)
    for slide in made:
        slide.notes, slide.short = [copy.copy(b) for b in notes], "short" in cell.tags
    return made


def _is_small(slide):
    """Tell whether a slide holds nothing but a few printed lines."""
    return all(b.name == "pre" and b.get_text().count("\n") <= 6 for b in slide.blocks)


def _around(cells, at):
    """List what the page says right before and after a cell, where no slide says it."""
    found = []
    for step in (-1, 1):
        there = at + step
        while 0 <= there < len(cells) and cells[there].is_code and "slide" not in cells[there].tags:
            there += step
        beside = cells[there] if 0 <= there < len(cells) else cells[at]
        if not (beside.is_code or beside.tags & {"slide", "notes", "quiz", "solution"}):
            found += [b for b in beside.blocks if b.name in ("p", "ul", "ol", "dl")]
    return found


def _belong_together(told, shown):
    """Tell whether a figure or table stands beside the short text before it."""
    if told.kind != "text" or told.section != shown.section or not told.blocks:
        return False
    held = sum(map(weight, told.blocks))
    return not held and told.shown_words <= MERGED_WORDS and len(shown.blocks) <= 2


def _findings(page):
    """Make the slide of the page's findings: the first six, those that do not hold among them."""
    table = next(
        (t for t in page.article.select("table.claims") if "Finding" in t.thead.get_text()), None
    )
    rows = table.tbody.find_all("tr") if table else []
    if not rows:
        return []
    others = [row for row in rows if not row.find(class_="verdict-holds")]
    chosen = others[: MOST_FINDINGS // 2]
    chosen += [row for row in rows if row not in chosen][: MOST_FINDINGS - len(chosen)]
    kept = copy.copy(table)
    kept.tbody.clear()
    for row in rows:
        if row in chosen:
            kept.tbody.append(copy.copy(row))
    title = "What the page found" + ("" if len(chosen) == len(rows) else ", a selection")
    return [Slide("findings", title, [kept], [copy.copy(table)])]


def _quiz(cell):
    """Make a slide of each question: the options, then the right one with its reason."""
    made = []
    for box in [b for b in cell.blocks if "quiz" in b.get("class", [])]:
        question = copy.copy(box.legend)
        number = question.find(class_="quiz-number").extract().get_text()
        question.name, question["class"] = "p", ["asked"]
        options = element("<ol class='options'></ol>")
        answers = box.select(".quiz-answer")
        for option, answer in zip(box.select(".quiz-option"), answers, strict=True):
            item = element("<li></li>")
            item.append(copy.copy(option.find(class_="quiz-text")))
            if answer["data-right"] == "1":
                reason = copy.copy(answer.find(class_="quiz-reason"))
                reason["class"] = ["fragment", "reason"]
                item["class"] = ["right"]
                item.append(reason)
            options.append(item)
        notes = [copy.copy(answer) for answer in answers]
        made.append(Slide("quiz", number, [question, options], notes))
    return made
