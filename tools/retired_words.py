"""Words and phrases that the book does not use, each with what to write instead.

``python tools/retired_words.py ideas/recommenders README.md`` prints each place and its cure;
without a name it reads everything. ``tests/book/test_words.py`` runs the same on every page.
What is read: text cells, the strings with a space and the comments of code cells, the words for
figures, and Markdown files; not code in backticks, formulas, addresses, keys and labels.
"""

import ast
import io
import json
import re
import sys
import tokenize
from typing import NamedTuple

from book_files import ROOT, page_files
from page_tests import page_named

OTHER_FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
ON_THE_ARTICLE = {"book/start/how-to-use.md", "book/back/errata.md"}  # these may speak of it


class Retired(NamedTuple):
    """A pattern, what to write instead, a sentence that it finds, and one that it leaves alone."""

    pattern: str
    cure: str
    found: str
    left: str = ""


NUMBERED = r"(?:a|an|one|two|three|four|five|six|ten|\d+)"
THING = (
    r"(?:user|person|item|film|class|text|token|word|place|piece|seed|row|head|layer|group|page|"
    r"method|split|example|company|question|position)"
)
INVERTED = "subject, verb, object: say who does what first"
RETIRED = [
    # Home-made words in place of the field's.
    Retired(r"\bwhoever\b|\bwhomever\b", "anyone who, a reader who", "Whoever reads this", "who"),
    Retired(r"\bmend(?:s|ed|ing)?\b", "fix, correct, repair", "The mend is easy.", "recommends"),
    Retired(
        r"\bt(?:ells?|elling|old)\b[^.;:!?]{0,40}\bapart\b",
        "distinguish, separate",
        "It tells the two stars apart.",
        "It tells you so. They are apart.",
    ),
    Retired(r"\btold from\b", "distinguished from", "Praise is told from blame.", "told by"),
    Retired(
        r"\b(?:nobody|no ?one|people|persons?|users?|somebody|they|who|has|have|had|never|not|was|"
        r"were|is|are) (?:ever )?met\b|\bmet by\b|\bfilms met\b",
        "unseen or cold (of items); rated, watched, interacted with (of people)",
        "Films that nobody has met are hard.",
        "The conditions of the theorem; a condition that we meet.",
    ),
    Retired(
        rf"\b{NUMBERED} walks?\b|\bwalks? (?:through|over) (?:the )?(?:data|texts|corpus|training)",
        "epoch",
        "After three walks it has learned.",
        "Walk through the words with the Tab key.",
    ),
    Retired(
        r"(?<![-/{])\bsurprises?\b(?![-}])",
        "negative log-likelihood (of the model); unexpected result (of an experiment)",
        "The mean surprise falls.",
        "surprisingly, surprisal, {surprise}",
    ),
    Retired(
        r"\b(?:the|its|a) pull\b(?! request)|\bpull(?:s|ed)? (?:every|all|the|weights?)\b"
        r"[^.]{0,30}\bto (?:0|zero)\b",
        "weight decay, regularisation",
        "the pull of every score to 0",
        "a pull request; it pulls vectors close",
    ),
    Retired(
        r"\bgames?\b(?! of chess)",
        "objective, task",
        "The guessing game decides.",
        "gamma, a game of chess",
    ),
    Retired(
        r"\bplay(?:s|ing|ed)? cold[- ]start\b|\bguess who\b|\bmatch in a batch\b",
        "cold-start loss, softmax over users, in-batch softmax",
        "Train it to play cold start.",
        "The cold-start loss plays a part.",
    ),
    Retired(
        r"\b(?:rows?|columns?|numbers?|vectors?|logits?|weights?|values?|bars?|ones?|scores?|"
        rf"ratings?|films|lists?|slopes?|models?) an? {THING}\b",
        "for each …, per …: a vector of length 384 for each text",
        "384 numbers a text",
        "the row of a user; numbers in a text",
    ),
    Retired(
        r"\b(?:the|with|of|is|and|what is|for|hides|hide) filling\b(?! (?:in|gaps|the|many))",
        "padding",
        "Nobody may listen to the filling.",
        "learning by filling gaps",
    ),
    Retired(r"\bfill(?:s|ed|ing)? up\b", "pad, padded, padding", "filled up with [PAD]", "fill in"),
    Retired(
        r"\bsmall net(?:work)?s?\b(?! of| with)",
        "feed-forward network",
        "a small network for each token",
        "a small network of friends",
    ),
    Retired(
        r"\bprices? (?:on|λ|for large)\b|\b(?:high|low|higher|lower) price\b",
        "penalty, regularisation",
        "a price on large weights",
        "the price of a ticket",
    ),
    Retired(r"\bloss (?:\w+ )?sinks?\b|\bsinks? to the\b", "falls", "The loss sinks.", "a sink"),
    Retired(
        r"\btimid\b|\b(?:the|a) bold\b(?! (?:face|letter|type|small))|\bbold (?:one|classifier)\b",
        "underconfident, overconfident",
        "a timid classifier",
        "bold and small",
    ),
    Retired(r"\bshouts?\b|\bdeaf\b", "assigns extreme scores; ignores", "a model that shouts"),
    Retired(
        r"\bmillion numbers\b|\bof the numbers\b(?! of)|\bnumbers to learn\b|\bnumbers that it has",
        "parameters, weights",
        "22.7 million numbers",
        "the number of numbers",
    ),
    Retired(
        r"\bpersons\b",
        "people, users (the interval is over people)",
        "a bootstrap over persons",
        "in person",
    ),
    Retired(r"\bnewcomers?\b", "new user, new users", "a newcomer's words", "new film"),
    Retired(
        r"\bresemblance\b", "similarity", "attention by resemblance", "the vectors resemble others"
    ),
    Retired(
        r"\bcounting words\b|\bword[- ]counting\b",
        "bag of words, TF-IDF",
        "ahead of counting words",
        "counting the words",
    ),
    Retired(
        r"\bEASE that (?:fades|reads)\b|\bfad(?:ing|ed) (?:EASE|text|content|item)|"
        r"\bmemory that fades\b|\b(?:item2vec|neighbours|item-kNN|EASE), fading\b",
        "with time decay: EASE with time decay, recency-weighted text; EASE with text",
        "Once EASE that fades is there",
        "the image fades",
    ),
    Retired(
        r"\bbends? (?:it|the|any)\b|\bthe bend in the network\b",
        "activation function, nonlinearity",
        "GELU bends it.",
        "a bend in the curve",
    ),
    Retired(
        r"\b(?:at|for) (?:each|every|all|which|some) places?\b|\bpadded places?\b|"
        r"\bhidden places?\b|\bplaces? \$[tsi]\$|\bplace \d+\b",
        "position (of a token or an event)",
        "A decoder asks at every place.",
        "take place; the first place",
    ),
    Retired(
        r"\b(?:who|words|tokens) may (?:look at|see) (?:whom|which|what)\b|"
        r"\bwho may (?:see|look)\b|\bwho sees whom\b",
        "which tokens may attend to which (the attention mask)",
        "who may look at whom",
        "you may look at the table",
    ),
    Retired(
        r"\bdealt out\b|\bdeals? (?:the|each|all|its|their)\b[^.]{0,40}\bout\b",
        "shuffled, assigned at random",
        "Deal the texts out to the films.",
        "a great deal of text",
    ),
    Retired(
        r"\b(?:by|within|than) (?:what|that) matters\b|\bless than matters\b|\bwhat matters\b",
        "the smallest effect: by more than, within, less than the smallest effect",
        "not worse, by what matters",
        "the text that matters most",
    ),
    Retired(
        r"\bweak(?:est)? (?:reader|adviser)\b|\bgood adviser\b",
        "content is weakest alone but helps every blend",
        "A weak reader is a good adviser.",
    ),
    # English that reads like a translation.
    Retired(
        r"\bhang(?:s|ing)? together\b|\bhung together\b",
        "are connected, are related",
        "how they hang together",
        "hang",
    ),
    Retired(
        r"\bspeaks? against (?:it|that|this)\b|\bagainst it (?:would )?speaks?\b|\bwould speak\b",
        "it would be refuted if …, evidence against it",
        "Against it would speak that the gap grows.",
        "speak about it",
    ),
    Retired(
        r", (?:says|tells|shows|decides|answers|knows|measures|asks) (?:the|a|an|its|this|our)"
        r" [\w-]+(?: [\w-]+)?[.;:]",
        INVERTED,
        "How similar two texts are, says the cosine.",
        "A mask, it says, hides the future.",
    ),
    Retired(
        r"\b(?:this|that) much (?:is|was|we|holds)\b", INVERTED, "This much is known.", "this is"
    ),
    Retired(r"\bof little knowledge\b", "with few facts", "Of little knowledge, words make more."),
    Retired(
        r"\bintervals? (?:\w+ )?(?:holds?|reach(?:es)?|touch(?:es)?) (?:both|zero|0\b|to\b|above|"
        r"below)",
        "contains zero, includes, extends to",
        "The interval just holds zero.",
        "The interval contains zero.",
    ),
    Retired(
        r"\bsays? (?:nothing|little|something|much|more|less) of\b",
        "says … about",
        "It says nothing of a film.",
        "It says nothing about films.",
    ),
    Retired(r"\banew\b", "again, from scratch", "Run the page anew.", "a new page"),
    Retired(
        r"\bfrom nothing\b|\bin small\b(?! (?:steps|parts|print|letters))",
        "from scratch; at a small scale",
        "pre-trained in small",
        "in small steps",
    ),
    Retired(r"\bwhich share\b", "what share", "Which share is filled?", "the share which"),
    Retired(
        r"\b(?:why|how|what|when|that|which is why|if|,) one (?:speaks|divides|takes|calls|asks|"
        r"can|reads|sees|must|gets|may (?:hope|mean))\b|^One (?:speaks|takes|calls|divides)\b",
        "you, we (not the German *man*)",
        "That is why one speaks of learning.",
        "the one that calls",
    ),
    Retired(
        r"\bless (?:that of|behaviour alone)\b",
        "minus",
        "the score of one less that of the other",
        "no less than that",
    ),
    Retired(
        r"\bstands? (?:here|there\b|in (?!for)|on |under |at |beside |behind )|\bstood there\b",
        "is in, is listed in, appears in",
        "The symbols stand in the notation.",
        "It stands for a text; it stands in for all.",
    ),
    Retired(r"\bthe very (?:code|score|same|text)\b", "the same", "the very code", "very few"),
    Retired(r"\bparts? (?:words|paragraphs) from\b", "separates", "parts words from commas"),
    Retired(
        r"\b(?:by|of) who (?:may|says|knows)\b",
        "of someone who",
        "of who says so",
        "of who watched",
    ),
    Retired(r"\bstop(?:s|ped)? to trust\b", "stop trusting", "When to stop to trust it"),
    Retired(r"\btells? (?:people|users|films) from\b", "distinguishes", "tells films from books"),
    # Fillers.
    Retired(
        r"\bsimply\b|\bobviously\b|\bof course\b|\bneedless to say\b|\btrivially\b",
        "(leave it out)",
        "You simply add them.",
        "simple",
    ),
    Retired(
        r"\bjust\b(?! (?:as|after|before)\b)",
        "(leave it out; barely, only)",
        "one of five just is",
        "just as many; adjust",
    ),
]
THE_ARTICLE = Retired(
    r"\b(?:the|source|this) (?:source )?article(?:'s)?\b(?! \d)",
    "tell the subject; what the article got wrong goes into a fold (dropdown) or the errata",
    "The article divides by 1.",
    "an article on film; its article 22",
)


class Place(NamedTuple):
    """Some text of a file: where it is, and whether it is folded or code."""

    where: str
    text: str
    open: bool = True


def complaints(path, retired=RETIRED):
    """List what a file says in retired words, each with its cure.

    Parameters
    ----------
    path : pathlib.Path
        A page, or another Markdown file, of the book.
    retired : list of Retired, default: all
        What to look for.

    Returns
    -------
    list of str
    """
    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    places = places_of(path)
    found = [line for place in places for line in _complain(name, place, retired)]
    if name.startswith("book/") and name not in ON_THE_ARTICLE:
        visible = [place for place in places if place.open]
        found += [line for place in visible for line in _complain(name, place, [THE_ARTICLE])]
    return found


def find(text, word):
    """Return each match of a retired word in a text."""
    return re.finditer(word.pattern, text, re.IGNORECASE | re.MULTILINE)


def _complain(name, place, retired):
    """Say of one text where and what, with some words around it."""
    for word in retired:
        for match in find(place.text, word):
            line = place.text.count("\n", 0, match.start()) + 1
            around = place.text[max(match.start() - 30, 0) : match.end() + 30]
            yield (
                f"{name}, {place.where}line {line}: {match.group()!r} in "
                f"'… {' '.join(around.split())} …' -> {word.cure}"
            )


def places_of(path):
    """List the texts of a notebook or a Markdown file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return _pieces("", source, False)[0]
    places, gated = [], False
    for cell in json.loads(source)["cells"]:
        where = f"cell {cell.get('id', '?')}, "
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            found, gated = _pieces(where, text, gated)
            places += found
        elif cell["cell_type"] == "code":
            places += [Place(where, words, open=False) for words in words_of_code(text)]
        shown = cell.get("metadata", {}).get("mystnb", {})
        words = [*shown.get("image", {}).values(), *shown.get("figure", {}).values()]
        places += [Place(f"{where}figure, ", w, open=False) for w in words if isinstance(w, str)]
    return places


def _pieces(where, source, gated):
    """Split Markdown into what is seen at once and what is folded; line numbers stay."""
    seen, folded = [], []
    for pattern in FORMULAS:
        source = pattern.sub(_blank, source)
    lines, stack = source.split("\n"), []
    for n, line in enumerate(lines):
        fence, text = FENCE.match(line), line
        hidden = gated or any(kind == "fold" for _, kind in stack)
        if fence and stack and _closes(fence, stack[-1][0]):
            stack.pop()
            text = ""
        elif stack and stack[-1][1] == "code":
            text = ""
        elif fence:
            name, title = fence[2], fence[3]
            gated = {"solution-start": True, "solution-end": False}.get(name, gated)
            stack.append((fence[1], _kind(name, lines[n + 1 :])))
            text = title if name in TITLED else ""
        seen.append("" if hidden else text)
        folded.append(text if hidden else "")
    found = [(seen, True), (folded, False)]
    return [Place(where, _plain("\n".join(part)), is_open) for part, is_open in found], gated


FENCE = re.compile(r"^\s*(:{3,}|`{3,})(?:\{([\w-]+)\})?(.*)$")
TITLED = {"dropdown", "admonition", "quiz", "exercise", "card", "grid-item-card", "note", "tip"}
CODE = {None, "code", "code-block", "code-cell", "math", "bibliography"}
FORMULAS = [re.compile(r"\$\$.*?\$\$", re.DOTALL)]
NO_WORDS = [
    re.compile(r"(?<!\\)\$[^$\n]+\$"),
    re.compile(r"\{(?:doc|ref|cite:\w+|glue:\w+|numref|eq)\}`[^`<]*`"),
    re.compile(r"\]\([^)\s]*\)"),
    re.compile(r"</?[a-z!][^>\n]*>"),
    re.compile(r"<[\w/.#-]+>(?=`)"),
    re.compile(r"https?://\S+"),
    re.compile(r"^\s*:[\w-]+:.*$", re.MULTILINE),
    re.compile(r"^\([\w-]+\)=$", re.MULTILINE),
    re.compile(r"(?<![}`])`[^`\n]+`"),
]


def _closes(fence, opened):
    """Tell whether a line of colons or backticks ends the block that was opened last."""
    return not fence[2] and not fence[3].strip() and fence[1].startswith(opened)


def _kind(name, rest):
    """Say whether a block is folded, code, or neither; its options follow its first line."""
    if name in CODE:
        return "code"
    options = []
    for line in rest:
        if not re.match(r"\s*:[\w-]+:", line):
            break
        options.append(line)
    return "fold" if name == "dropdown" or "dropdown" in " ".join(options) else "plain"


def _plain(text):
    """Blank out what is no words in Markdown."""
    for pattern in NO_WORDS:
        text = pattern.sub(_blank, text)
    return text


def _blank(found):
    return "\n" * found.group().count("\n") or " "


def words_of_code(source):
    """List the strings with a space in them, and the comments, of a code cell."""
    source = "\n".join("" if line.startswith(("%", "!")) else line for line in source.split("\n"))
    words = [token.string for token in _tokens(source) if token.type == tokenize.COMMENT]
    words += _Strings().read(ast.parse(source))
    return [w for w in words if re.search(r"\S\s+\S", w)]


def _tokens(source):
    return tokenize.generate_tokens(io.StringIO(source).readline)


class _Strings(ast.NodeVisitor):
    """Collects strings; of an f-string its words, with … for each value."""

    def read(self, tree):
        self.found = []
        self.visit(tree)
        return self.found

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self.found.append(node.value)

    def visit_JoinedStr(self, node):
        parts = [p.value if isinstance(p, ast.Constant) else "…" for p in node.values]
        self.found.append("".join(parts))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)


def files_of(names):
    """The files with these names; of none, all pages and the other texts."""
    if not names:
        return [*page_files(), *(ROOT / name for name in OTHER_FILES)]
    return [ROOT / name if (ROOT / name).is_file() else page_named(ROOT, name) for name in names]


def main(names):
    """Print every complaint; return 1 if there is one."""
    found = [line for path in files_of(names) for line in complaints(path)]
    print("\n".join(found) if found else "no retired word")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
