"""A small book with one page for each figure that answers to the reader's hand."""

from book_files import ROOT
from small_book import build_book, empty_book

SCRIPTS = ROOT / "book" / "_static" / "hand"
FIGURES = sorted(path.stem for path in SCRIPTS.glob("*.js") if path.stem != "hand")
WORDS = "What the figure shows, in words."
PAGE = """# {name}

:::{{hand}} {name}
:caption: A figure of *{name}*.

{words}
:::

See {{numref}}`hand-{name}`.
"""
BROKEN = {
    "no-such-figure": ":::{hand} no-such-figure\n:caption: A figure.\n\nWords.\n:::",
    "without-caption": ":::{hand} masks\n\nWords.\n:::",
    "without-words": ":::{hand} masks\n:caption: A figure.\n:::",
}
COMPLAINTS = ("no figure 'no-such-figure'", "needs a :caption:", "needs a text alternative")


def build_hand_book(folder):
    """Build it; then again with pages that are broken in one way each. Keep both logs."""
    book = empty_book(folder / "source")
    (book / "book" / "hand").symlink_to(ROOT / "book" / "hand")
    for name in FIGURES:
        (book / "book" / f"{name}.md").write_text(PAGE.format(name=name, words=WORDS))
    _build(book, folder, FIGURES, "good")
    for name, text in BROKEN.items():
        (book / "book" / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    _build(book, folder, BROKEN, "broken")


def _build(book, folder, names, target):
    listed = "".join(f"  - file: book/{name}\n" for name in names)
    toc = f"format: jb-book\nroot: book/index\nchapters:\n{listed}"
    (book / "_toc.yml").write_text(toc)
    done = build_book(book, folder / target)
    (folder / f"{target}.txt").write_text(f"{done.stdout}{done.stderr}\nended {done.returncode}")
