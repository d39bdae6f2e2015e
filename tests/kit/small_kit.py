"""A small book with an exercise of each kind: its pages, and what the kit says of them."""

import base64

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PICTURE = base64.b64encode(b"the picture of a solution" * 20).decode()
CARD = "# Sample\n\n**You will be able to**\n\n- add (exercise 1, question 1)\n"
EXERCISE = ":::{{exercise}} {title}\n:label: {label}\n\nWhat is it?\n:::"
START = ":::{{solution-start}} {label}\n:class: dropdown\n:::"
SECRET = "The secret reason is that seven and eight make fifteen."
KIT = """
sample-sum:
  answers:
    total:
      ask: the sum
      value: 15
      from: seven + 8
      wrong:
        - {value: 56, say: You have multiplied.}
sample-function:
  code: |
    def twice(number):
        ...
  solved: |
    def twice(number):
        return 2 * number
  answers:
    doubled:
      ask: twice three and twice four
      call: "[twice(3), twice(4)]"
      value: [6, 8]
      wrong:
        - {value: [9, 16], say: You have squared.}
sample-words:
  rubric: {full: All of it., half: Half of it., none: None of it.}
  mistakes: [To say nothing.]
"""
TEXT = """# Words

:::{exercise} Compute: a value within 0.01
:label: words-share

What share?
:::

:::{solution} words-share
:class: dropdown

The hidden share of this page is one of four parts.
:::

+++ {"tags": ["quiz"]}

## Quiz
"""
TEXT_KIT = """
words-share:
  answers:
    quarter:
      ask: the share
      value: 0.25
      from: 1 / 4
      wrong:
        - {value: 4, say: It is the other way round.}
"""


def solution(label, code, outputs, words):
    """The cells of a solution."""
    tags = {"tags": ["solution"]}
    return [
        new_markdown_cell(START.format(label=label), metadata=tags),
        new_code_cell(code, metadata=tags, outputs=outputs, execution_count=1),
        new_markdown_cell(f"{words}\n\n:::{{solution-end}}\n:::", metadata=tags),
    ]


def exercise(title, label):
    """The cell of an exercise."""
    return new_markdown_cell(EXERCISE.format(title=title, label=label))


def sample_page():
    """A page with an exercise of each kind."""
    picture = new_output("display_data", {"image/png": PICTURE})
    printed = new_output("stream", text="the sum is 15 by seven and eight\n")
    cells = [
        new_markdown_cell(CARD),
        new_code_cell("seven = 7", execution_count=1),
        new_markdown_cell("A word for the speaker.", metadata={"tags": ["notes"]}),
        exercise("Recall: an exact value", "sample-sum"),
        *solution("sample-sum", "seven + 8  # the secret sum", [printed, picture], SECRET),
        exercise("Code: a function", "sample-function"),
        *solution("sample-function", "def twice(number):\n    return 2 * number", [], "So it is."),
        exercise("Open", "sample-words"),
        *solution("sample-words", "print('many')", [], "Whoever asks may find another answer."),
    ]
    return new_notebook(cells=cells)


def write_small_book(root):
    """Write the small book into a folder."""
    book = root / "book"
    for folder in ("book/ideas", "book/kit/ideas", "book/hand", "book/experiments", "_build"):
        (root / folder).mkdir(parents=True)
    (root / "_config.yml").write_text("title: Small\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nparts:\n  - caption: A\n    chapters:\n"
        "      - file: book/ideas/sample\n      - file: book/ideas/words\n"
    )
    (book / "index.md").write_text("# Cover\n")
    (book / "hand" / "figure.json").write_text('{"title": "The first figure of all of these"}')
    (book / "experiments" / "long.py").write_text("SEEDS = (0,)\n")
    nbformat.write(sample_page(), book / "ideas" / "sample.ipynb")
    (book / "ideas" / "words.md").write_text(TEXT)
    (book / "kit" / "ideas" / "sample.yml").write_text(KIT)
    (book / "kit" / "ideas" / "words.yml").write_text(TEXT_KIT)
