"""No page says in a retired word what the field has a word for: see ``tools/retired_words.py``.

``pytest tests/book/test_words.py -k ideas/recommenders`` reads one page.
"""

import json

import pytest
import retired_words
from book_files import ROOT
from retired_words import OTHER_FILES, RETIRED, THE_ARTICLE, complaints, find

FILES = {p.relative_to(ROOT).as_posix(): p for p in retired_words.files_of([])}


@pytest.mark.parametrize("name", FILES)
def test_no_retired_word(name):
    assert complaints(FILES[name]) == []


@pytest.mark.parametrize("word", [*RETIRED, THE_ARTICLE], ids=lambda word: word.found)
def test_a_word_is_found_and_its_neighbours_are_left(word):
    assert list(find(word.found, word))
    assert not list(find(word.left, word))


def page(folder, *cells):
    """A notebook of cells, each a kind and a source."""
    path = folder / "page.ipynb"
    cells = [{"id": f"c{n}", "cell_type": k, "source": s} for n, (k, s) in enumerate(cells)]
    path.write_text(json.dumps({"cells": cells}))
    return path


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("markdown", "Words.\n\nWhoever reads this."),
        ("markdown", "See {term}`whoever <user>`."),
        ("markdown", ":::{dropdown} Why?\nWhoever asks.\n:::"),
        ("markdown", ":::{dropdown} Whoever asks?\nWords.\n:::"),
        ("markdown", "```{mermaid}\nflowchart TB\n  a[whoever] --> b\n```"),
        ("code", 'finding("a-b", "Whoever" " reads this.", estimate)'),
        ("code", 'ax.set_title(f"{n} films, whoever")'),
        ("code", "# whoever reads this\nx = 1"),
        ("code", "%pip install whoever\nx = 'for whoever'"),
    ],
)
def test_words_are_read(tmp_path, kind, source):
    (complaint,) = complaints(page(tmp_path, (kind, source)))
    assert "cell c0, line" in complaint and "anyone who" in complaint


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("markdown", "Call `whoever()` of {doc}`/book/whoever`, {ref}`claim-whoever`."),
        ("markdown", "```python\nwhoever = 1\n```"),
        ("markdown", "$whoever$ and [words](https://whoever.org)\n\n$$\nwhoever\n$$"),
        ("markdown", "(whoever)=\n:::{exercise}\n:label: whoever\n\nWords.\n:::"),
        ("code", 'finding("whoever", key["whoever"], whoever)'),
    ],
)
def test_what_is_no_word_is_not_read(tmp_path, kind, source):
    assert complaints(page(tmp_path, (kind, source))) == []


def test_the_line_is_that_of_the_file(tmp_path):
    text = "One.\n\n$$\na\n$$\n\n```python\nx\n```\n\n:::{note} A title\nWhoever.\n:::\n"
    (complaint,) = complaints(page(tmp_path, ("markdown", text)))
    assert "line 12" in complaint


@pytest.mark.parametrize(
    ("cells", "n_open"),
    [
        (["The article errs."], 1),
        ([":::{dropdown} An error\nThe article errs.\n:::\n\nWords."], 0),
        ([":::{dropdown} An error\nWords.\n:::\n\nThe article errs."], 1),
        ([":::{admonition} Errors\n:class: note dropdown\nThe article errs.\n:::"], 0),
        (["::::{dropdown} A\n:::{note}\nB\n:::\nThe article errs.\n::::"], 0),
        ([":::{solution-start} a\n:class: dropdown\n:::", "The article errs."], 0),
        ([":::{solution-start} a\n:::", ":::{solution-end}\n:::", "The article errs."], 1),
    ],
)
def test_the_article_may_be_spoken_of_in_a_fold(tmp_path, cells, n_open):
    path = page(tmp_path, *(("markdown", source) for source in cells))
    visible = [place for place in retired_words.places_of(path) if place.open]
    assert sum(len(list(find(place.text, THE_ARTICLE))) for place in visible) == n_open


def test_every_text_is_read():
    assert set(OTHER_FILES) < set(FILES) and "book/index.md" in FILES


def test_the_tool_prints_line_and_cure(capsys):
    assert retired_words.main(["start/how-to-use"]) == 0
    assert "no retired word" in capsys.readouterr().out
