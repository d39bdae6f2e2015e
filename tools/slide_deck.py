"""The slides of a page, made from its cells with the tag `slide`; notes from the others.

The rules: the first slide asks the page's question. A text cell makes a slide for each heading
and for each figure, table or formula in it; long text is cut to its first sentences, and the
speaker's notes hold it whole. A figure or table that follows a short text stands on its slide.
"""

import copy
from html import escape

from lead_sentences import lead_of, leads_on, sentences_of
from site_pages import heading_html
from slide import Slide
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
from slide_questions import findings_of, predictions_of, questions_of

MOST_WORDS, ORPHAN_WORDS, FEWEST_WORDS = 80, 25, 10
MERGED_WORDS, QUESTION_WORDS = 45, 40


def deck_of(page):
    """List the slides of a page."""
    cells = page.cells()
    slides, cited = [_title(page, cells)], []
    for at, cell in enumerate(cells):
        if "notes" in cell.tags:
            slides[-1].notes += [copy.copy(block) for block in cell.blocks]
        slides += predictions_of(cell)
        if "quiz" in cell.tags:
            slides += findings_of(page) + questions_of(cell)
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
