"""What the pages do with the words and the code that they are given."""

import pytest
from docutils import nodes
from plmrec_book import listings, typography


def paragraph_of(*parts):
    """A document of one paragraph; what begins with a dollar sign is a formula."""
    document = nodes.document(None, None)
    paragraph = nodes.paragraph()
    document += paragraph
    for part in parts:
        paragraph += nodes.math(part[1:], part[1:]) if part[0] == "$" else nodes.Text(part)
    return document


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (["so ", "$a", ", ", "$b", ", and ", "$c", ", "], ["a,", "b,", "c,"]),
        (["with (", "$d = 2", ") and ", "$e", " here"], ["(d = 2)"]),
        (["$x"], []),
        (["one, two, ", "$a", " and ", "$b", "."], ["b."]),
    ],
)
def test_a_formula_keeps_its_comma_and_its_brackets_and_no_letter_moves(parts, joined):
    document = paragraph_of(*parts)
    before = document.astext()
    typography._join_formulas(None, document, "page")
    assert document.astext() == before
    assert [node.astext() for node in document.findall(nodes.inline)] == joined


def cell_of(source, printed):
    """A document of one cell as myst-nb builds it: the source, and what the cell printed."""
    document = nodes.document(None, None)
    cell = nodes.container(nb_element="cell_code")
    document += cell
    cell += nodes.literal_block(source, source, language="ipython3")
    cell += nodes.literal_block(printed, printed, language="myst-ansi")
    return document, cell


@pytest.mark.parametrize(
    ("source", "language", "text"),
    [
        ("# the loop\nprint(code_of(train))", "python", "x = 1\n# why\ny = 2"),
        ("print(code_of(train))\nprint(loss)", "myst-ansi", None),
    ],
)
def test_code_that_a_cell_prints_is_code(source, language, text):
    printed = "\n    x = 1\n    y = 2" + " " * 90 + "  # why\n" if text else "0.5\n"
    document, cell = cell_of(source, printed)
    listings._show_as_code(None, document)
    assert cell[1]["language"] == language
    lines = [line.rstrip() for line in cell[1].astext().splitlines()]
    assert lines == (text.splitlines() if text else ["0.5"])
