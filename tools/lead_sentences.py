"""What a slide keeps of a paragraph: its first sentences, whole, and the one that leads on."""

import copy
import re

from bs4 import NavigableString

MOST_WORDS, FEWEST_WORDS = 28, 8  # a title in bold letters alone says too little
ENDS = re.compile(r"[.?!][”\")]?(?=\s|$)")
# A full stop that ends no sentence.
SHORT_FORMS = re.compile(r"\b(?:e\.g|i\.e|et al|cf|vs|Fig|Eq|Dr|No|[A-Z])\.$")
STOPS = re.compile(r"[.?!][”\")]*$")
FORMULA = "\ufffc"


def lead_of(block, most=MOST_WORDS):
    """Return a copy of a paragraph or list item with its first sentences.

    At least one sentence stays, and more while all together have no more words than ``most``. A
    last sentence that leads to what stands below, such as a formula, stays too.
    """
    ends = sentence_ends(block)
    if len(ends) < 2:
        return copy.copy(block)
    words = _words_before(block, ends)
    kept = max([i for i, n in enumerate(words) if n <= most], default=0)
    kept = max(kept, next((i for i, n in enumerate(words) if n >= FEWEST_WORDS), 0))
    lead = _cut(block, 0, ends[kept])
    if kept < len(ends) - 1 and leads_on(block):
        last = _cut(block, ends[-2], ends[-1])
        for child in list(last.children):
            lead.append(child.extract())
    return lead


def leads_on(block):
    """Tell whether a paragraph leads to what stands below: it ends with no full stop."""
    return block.name == "p" and not STOPS.search(block.get_text().rstrip())


def sentence_ends(block):
    """List the places, in characters of the text, where the sentences of a block end."""
    text = _text(block)
    ends = []
    for found in ENDS.finditer(text):
        before, after = text[: found.end()], text[found.end() :].lstrip()
        if SHORT_FORMS.search(before):
            continue
        if after and not re.match(r"[A-Z0-9“\"(*‘" + FORMULA + "]", after):
            continue
        ends.append(found.end())
    if not ends or text[ends[-1] :].strip():
        ends.append(len(text))
    return ends


def sentences_of(block):
    """List the sentences of a block, each as a copy of the block with nothing else."""
    ends = sentence_ends(block)
    return [_cut(block, a, b) for a, b in zip([0, *ends], ends, strict=False)]


def _text(block):
    """Return the text of a block; what stands in a formula or in code ends no sentence."""
    parts = []
    for piece in block.find_all(string=True):
        inside = any(
            "math" in p.get("class", []) or p.name == "code" for p in _parents(piece, block)
        )
        parts.append(FORMULA * len(piece) if inside else str(piece))
    return "".join(parts)


def _parents(piece, block):
    """Walk from a piece of text up to the block."""
    for parent in piece.parents:
        if parent is block:
            return
        yield parent


def _words_before(block, ends):
    """Count the words up to each end; a formula counts as one."""
    text = _text(block)
    return [len(re.sub(f"{FORMULA}+", "x", text[:end]).split()) for end in ends]


def _cut(block, start, end):
    """Copy a block with the text from ``start`` to ``end`` alone."""
    part, at = copy.copy(block), 0
    for piece in list(part.find_all(string=True)):
        first, last = at, at + len(piece)
        at = last
        kept = str(piece)[max(0, start - first) : max(0, end - first)]
        if kept == str(piece):
            continue
        if kept:
            piece.replace_with(NavigableString(kept))
            continue
        parent = piece.parent
        piece.extract()
        while parent is not None and parent is not part and not parent.get_text():
            above = parent.parent
            parent.extract()
            parent = above
    return part
