"""A letter means one thing in each table of the notation."""

import re
from collections import Counter

from book_files import ROOT

TEXT = (ROOT / "book" / "back" / "notation.md").read_text(encoding="utf-8")


def twice_in(text):
    """The symbols that stand twice in one table, by the table's heading."""
    found = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        cells = re.findall(r"^\| (\$.*?\$(?:, \$.*?\$)*)[^|]*\|", part, re.MULTILINE)
        counts = Counter(symbol for cell in cells for symbol in re.findall(r"\$(.+?)\$", cell))
        if twice := [symbol for symbol, times in counts.items() if times > 1]:
            found[part.splitlines()[0]] = twice
    return found


def test_no_symbol_has_two_meanings_in_one_field():
    assert twice_in(TEXT) == {}


def test_a_symbol_with_two_meanings_would_be_found():
    start = "## Recommenders\n\n| Formula | Words |\n|---|---|\n"
    rows = "| $\\alpha$ | a |\n| $n$, $\\alpha$ | b |\n"
    assert twice_in(start + rows) == {"Recommenders": ["\\alpha"]}
    assert twice_in(start + rows.replace("| $n$", "\n## Text\n| $n$")) == {}
    assert len(re.findall(r"^\| \$", TEXT, re.MULTILINE)) > 70
