"""The minutes on the card: what is counted, what is not, and that the card says the sum."""

import minutes
import nbformat
import pytest
from minutes import Piece, pieces_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

WORDS = " ".join(["word"] * 30)
CODE = "x = 1\n\n# a comment\ny = 2"


def page_of(*cells):
    """A page of texts and cells; a pair is a text with tags."""
    made = []
    for cell in cells:
        text, *tags = cell if isinstance(cell, tuple) else (cell,)
        made.append(
            new_markdown_cell(text, metadata={"tags": tags}) if isinstance(text, str) else text
        )
    return new_notebook(cells=made)


def code(source=CODE, *tags, shown=""):
    outputs = [new_output("stream", name="stdout", text=shown)] if shown else []
    return new_code_cell(source, metadata={"tags": list(tags)}, outputs=outputs)


def total(*cells):
    """Words, lines, exercises and questions of a page of these cells."""
    found = pieces_of(page_of(*cells))
    return (
        sum(piece.words for piece in found),
        sum(piece.lines for piece in found),
        [kind for piece in found for kind in piece.exercises],
        sum(piece.questions for piece in found),
    )


@pytest.mark.parametrize(
    ("text", "words", "lines"),
    [
        (WORDS, 30, 0),
        ("one {term}`two three <four>` {doc}`/book/x`, {cite:p}`a,b`.", 5, 0),
        ("see {term}`cold start` and [the site](https://example.org/a b)", 6, 0),
        ("with $a + b = c$ in it, and `code` too", 7, 0),
        ("so\n\n$$\na = b \\\\\nc = d\n$$\n\nholds", 2, 2),
        ("| a | b |\n|---|---|\n| 1 | two |", 4, 0),
        ("% a remark to writers\n(label)=\n## Two words\n<!-- nothing\nhere -->", 2, 0),
        (f":::{{dropdown}} Folded\n{WORDS}\n:::\nseen", 1, 0),
        (f":::{{admonition}} Folded\n:class: note dropdown\n{WORDS}\n:::\nseen", 1, 0),
        (f":::{{admonition}} Shown\n:class: note\n{WORDS}\n:::\nseen", 32, 0),
        (f"::::{{card}}\nin\n:::{{dropdown}} no\n{WORDS}\n:::\n::::\nafter", 2, 0),
        ("```python\na = 1\n\nb = 2\n```", 0, 2),
        ("```{mermaid}\ngraph TD\n  a --> b\n```", 0, 0),
        ("```{page-claims}\n```", 0, 0),
        (f":::{{hand}} masks\n:caption: A caption.\n\n{WORDS}\n:::\nseen", 1, 0),
        ("**Minutes** 12: 8 to read\n\n**Short path** 5 min: A · B\n\n**Measured cost** 3 s", 0, 0),
    ],
)
def test_text_is_counted_as_it_is_shown(text, words, lines):
    assert total(text)[:2] == (words, lines)


@pytest.mark.parametrize(
    ("tag", "lines"),
    [
        ("short", 3),
        ("hide-output", 3),
        ("hide-input", 0),
        ("hide-cell", 0),
        ("remove-input", 0),
        ("remove-cell", 0),
    ],
)
def test_code_counts_unless_it_is_folded(tag, lines):
    assert total(code(CODE, tag)) == (0, lines, [], 0)


def test_library_code_that_a_cell_prints_counts_even_where_its_own_line_is_folded():
    printing, shown = "print(code_of(EASE._fit))", "def _fit(self):\n\n    return 1\n"
    assert total(code(printing, shown=shown))[1] == 3
    assert total(code(printing, "hide-input", shown=shown))[1] == 2
    assert total(code(printing, "hide-cell", shown=shown))[1] == 0
    assert total(code("print(table)", shown=shown))[1] == 1


def test_exercises_count_by_kind_and_their_solutions_do_not():
    found = total(
        f":::{{exercise}} Recall: an exact value\n:label: a\n\n{WORDS}\n:::",
        ":::{solution-start} a\n:class: dropdown\n:::",
        WORDS,
        code(),
        f"{WORDS}\n\n:::{{solution-end}}\n:::\n\n:::{{exercise}}\n:label: b\n\n{WORDS}\n:::",
        code(),
        "seen",
    )
    assert found == (1, 3, ["Recall", ""], 0)
    assert Piece("", False, exercises=["Recall", ""]).minutes == 2 + minutes.UNNAMED_MINUTES


def test_a_quiz_counts_its_questions_and_the_words_of_question_and_options():
    quiz = ":::{quiz} How many?\n- [ ] One.\n  Not so, since.\n- [x] Two of them.\n  Yes.\n:::"
    words, lines, _, questions = total(quiz + "\n\n" + quiz)
    assert (lines, questions) == (0, 2)
    assert words == 2 * (2 + 1 + 3)


def test_the_minutes_of_a_page_by_hand():
    page = page_of(
        "# Title\n\n**Minutes** ?",
        ("## First\n\n" + WORDS * 10, "short"),
        code("x = 1\n" * 20, "short"),
        "## Second\n\n" + WORDS * 15,
        ":::{exercise} Open\n:label: a\n:::",
    )
    # The title; a heading and 291 words; one and 436 (where 30 words end, two run together).
    words = 1 + 292 + 437
    assert sum(piece.words for piece in pieces_of(page)) == words
    assert minutes.minutes_of(page) == (round(words / 150 + 2 + 6), round(292 / 150 + 2))
    line = minutes.write_minutes(page)
    assert line == "**Minutes** 13: 7 to read, 6 for the exercises\n\n**Short path** 4 min: First"
    assert page.cells[0].source == f"# Title\n\n{line}"
    assert minutes.write_minutes(page) == line
    assert page.cells[0].source == f"# Title\n\n{line}"


def test_a_card_of_the_old_form_gets_the_new_lines():
    page = page_of("# T\n\n**Reading** 40 min · **Exercises** 60 min\n\n**Measured cost** 1 s")
    minutes.write_minutes(page)
    assert page.cells[0].source == (
        "# T\n\n**Minutes** 0: 0 to read, 0 for the exercises\n\n**Measured cost** 1 s"
    )


def test_a_card_without_a_line_gets_one_before_the_cost():
    page = page_of("# T\n\n**Measured cost** 1 s")
    line = minutes.write_minutes(page)
    assert page.cells[0].source == f"# T\n\n{line}\n\n**Measured cost** 1 s"


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book of one page with code and one without."""
    (tmp_path / "book" / "a").mkdir(parents=True)
    page = page_of("# T\n\n**Minutes** ?", ("## One\n\n" + WORDS * 10, "short"))
    nbformat.write(page, tmp_path / "book" / "a" / "code.ipynb")
    text = f'# T\n\n**Minutes** ?\n\n+++ {{"tags": ["short"]}}\n\n## One\n\n{WORDS * 10}\n'
    (tmp_path / "book" / "a" / "text.md").write_text(text + f"\n+++\n\n## Two\n\n{WORDS * 10}\n")
    monkeypatch.setattr(minutes, "ROOT", tmp_path)
    monkeypatch.setattr(
        minutes, "page_files", lambda: [tmp_path / "book/a/code.ipynb", tmp_path / "book/a/text.md"]
    )
    return tmp_path / "book" / "a"


def test_the_command_says_where_the_minutes_go(book, capsys):
    assert minutes.main(["a/text"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split() for line in said if line.endswith(("One", "Two"))] == [
        ["1.9", "1.9", "292", "0", "One"],
        ["1.9", "0.0", "292", "0", "Two"],
    ]
    assert minutes.main([]) == 0
    assert capsys.readouterr().out == (
        "   2 min, short path   2  a/code\n   4 min, short path   2  a/text\n"
    )


def test_the_command_writes_on_the_card_of_both_kinds_of_page(book, capsys):
    assert minutes.main(["a/code", "a/text", "--write"]) == 0
    path = "**Short path** 2 min: One"
    first = nbformat.read(book / "code.ipynb", 4).cells[0].source
    assert first == f"# T\n\n**Minutes** 2: 2 to read, 0 for the exercises\n\n{path}"
    text = (book / "text.md").read_text()
    assert text.startswith(f"# T\n\n**Minutes** 4: 4 to read, 0 for the exercises\n\n{path}\n\n+++")


def test_the_command_says_which_pages_there_are(book, capsys):
    with pytest.raises(SystemExit, match="2"):
        minutes.main(["a/none"])
    assert "no page 'a/none'; the notebooks are: a/code" in capsys.readouterr().err
