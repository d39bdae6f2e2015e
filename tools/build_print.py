"""Write the book on paper into _build/print: one PDF, and one EPUB.

python tools/build_print.py          both, from the built site in _build/html
"""

import os
import shutil
import sys
from datetime import date
from html import escape
from pathlib import Path

import whole_folder as whole
import yaml
from book_files import ROOT, page_files
from chromium import browser
from page_pdf import name_bookmarks, pages_of_places, write_pdf
from print_chapters import appendix, read_chapter
from steps import StepError
from write_epub import write_epub

LOOKS = Path(__file__).parent / "print"
SITE, TARGET = ROOT / "_build" / "html", ROOT / "_build" / "print"
NAME = "language-models-for-recommendation"
SHEETS = [
    f"_static/{name}.css" for name in ("pygments", "sphinx-design.min", "quiz", "hand/hand", "book")
]
SHEETS += ["print.css"]
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="author" content="{author}">
{links}
<script src="_static/vendor/mermaid.min.js"></script>
<script src="print.js"></script>
<script defer src="_static/vendor/tex-svg-full.js"></script>
</head>
<body>
<div class="cover"><p class="title">{title}</p><p class="author">{author}</p>
<p class="made">Made from the tested pages on {day}. Code that imports, draws or formats is left
out: the pages have it. Solutions and answers stand at the end.</p></div>
<article class="bd-article">
<nav class="contents" aria-label="Contents"><h2>Contents</h2>
{contents}</nav>
{body}
</article>
</body>
</html>
"""


def chapters_of(site, pages):
    """List the chapters in the order of the table of contents, the appendix last."""
    chapters = [read_chapter(site, page, set(pages)) for page in pages]
    return [*chapters, appendix(chapters)]


def contents_of(chapters):
    """Write the table of contents; print.js adds the numbers of the pages."""
    lines, part = ["<ol>"], None
    for chapter in chapters:
        if chapter.part != part:
            part = chapter.part
            lines.append(f'<li class="part-name">{escape(part)}</li>' if part else "")
        number = f"{chapter.number}. " if chapter.number else ""
        name = f"<span>{number}{chapter.title}</span>"
        lines.append(f'<li><a href="#{chapter.name}">{name}</a></li>')
    return "\n".join([*lines, "</ol>"])


def body_of(chapters):
    """Write all chapters, each part below its name."""
    written, part = [], ""
    for chapter in chapters:
        if chapter.part != part:
            part = chapter.part
            written.append(f'<section class="part"><h1>{escape(part)}</h1></section>')
        written.append(str(chapter.body))
    return "\n".join(written)


def write_page(chapters, config):
    """Write the whole book as one page of HTML."""
    sheets = [f'<link rel="stylesheet" href="{one}">' for one in SHEETS]
    return PAGE.format(
        title=escape(config["title"]),
        author=escape(config["author"]),
        day=date.today().isoformat(),
        links="\n".join(sheets),
        contents=contents_of(chapters),
        body=body_of(chapters),
    )


def open_book(window, path):
    """Open the book's page, and wait until diagrams and formulas are drawn."""
    page = window.new_context(offline=True).new_page()
    page.set_default_timeout(300_000)
    page.goto(path.as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === 'yes'")
    return page


def build_print(site=SITE, target=TARGET, pages=None):
    """Write the PDF and the EPUB of all pages, or of some, and return their paths."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    if pages is None:
        files = [path.relative_to(ROOT / "book") for path in page_files()]
        pages = [path.with_suffix("").as_posix() for path in files]
    fresh = target.with_name("unfinished-print")
    whole.throw_away(fresh, ours=True)
    work = fresh / "work"
    work.mkdir(parents=True)
    for name in ("_static", "_images"):
        shutil.copytree(site / name, work / name)
    for looks in LOOKS.iterdir():
        shutil.copyfile(looks, work / looks.name)
    chapters, path = chapters_of(site, pages), work / "book.html"
    path.write_text(write_page(chapters, config), encoding="utf-8")
    paper = fresh / f"{NAME}.pdf"
    with browser() as window:
        print("Typesetting the book ...", flush=True)
        page = open_book(window, path)
        if wide := page.evaluate("book.tooWide()"):
            raise StepError("wider than the paper: " + "; ".join(wide))
        print("Writing the PDF ...", flush=True)
        write_pdf(page, paper)
        # Once more, now that the page of each place is known.
        page.evaluate("(pages) => book.numberPages(pages)", pages_of_places(paper))
        write_pdf(page, paper)
        name_bookmarks(paper, page.evaluate("book.headings()"))
        print("Writing the EPUB ...", flush=True)
        write_epub(page, chapters, config, work, fresh / f"{NAME}.epub")
    shutil.rmtree(work)
    whole.throw_away(target, ours=True)
    os.rename(str(fresh), str(target))
    return target / f"{NAME}.pdf", target / f"{NAME}.epub"


def main():
    """Write both, and say where they are."""
    try:
        for path in build_print():
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1e6:.1f} MB")
    except StepError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
