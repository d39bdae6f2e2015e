"""One slide: what it shows, what the speaker says, and how long that takes."""

import dataclasses

from slide_blocks import weight

WORDS_A_MINUTE = 130  # spoken
LARGE_MINUTES = 1.0  # to explain a figure, a table or a formula
ASKED_MINUTES = {"title": 1.0, "predict": 2.0, "quiz": 1.0, "findings": 1.5, "sources": 0.0}


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
