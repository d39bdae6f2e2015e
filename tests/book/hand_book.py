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

See {{numref}}`fig-{name}`.
"""
BROKEN = {
    "no-such-figure": ":::{hand} no-such-figure\n:caption: A figure.\n\nWords.\n:::",
    "without-caption": ":::{hand} masks\n\nWords.\n:::",
    "without-words": ":::{hand} masks\n:caption: A figure.\n:::",
    "without-such-a-word": ":::{hand} masks\n:caption: A figure.\n\nIt is [[worst]].\n:::",
}
COMPLAINTS = {
    "no-such-figure": "no figure 'no-such-figure'",
    "without-caption": "needs a :caption:",
    "without-words": "needs a text alternative",
    "without-such-a-word": "the data of 'masks' has no word 'worst'",
}


def build_hand_book(folder):
    """Build it, with a page more for each way to break one; keep what the build says."""
    book = empty_book(folder / "source")
    (book / "book" / "hand").symlink_to(ROOT / "book" / "hand")
    pages = {name: PAGE.format(name=name, words=WORDS) for name in FIGURES}
    pages |= {name: f"# {name}\n\n{text}\n" for name, text in BROKEN.items()}
    for name, text in pages.items():
        (book / "book" / f"{name}.md").write_text(text)
    listed = "".join(f"  - file: book/{name}\n" for name in pages)
    toc = f"format: jb-book\nroot: book/index\nchapters:\n{listed}"
    (book / "_toc.yml").write_text(toc)
    done = build_book(book, folder)
    (folder / "log.txt").write_text(f"{done.stdout}{done.stderr}")
