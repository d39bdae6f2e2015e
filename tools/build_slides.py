"""Write the slides of the pages into _build/slides: one deck a page, an index, what they load.

    python tools/build_slides.py                       every page with slides
    python tools/build_slides.py math/cross-entropy    one page

The pages are read from the built site in _build/html. A deck needs no network and no server.
"""

import argparse
import json
import os
import shutil
import sys
from html import escape
from pathlib import Path

import whole_folder as whole
from book_files import ROOT, page_files
from page_tests import page_named
from site_pages import read_site_page
from slide_deck import deck_of
from steps import StepError

LOOKS = Path(__file__).parent / "slides"
SITE, TARGET = ROOT / "_build" / "html", ROOT / "_build" / "slides"
REVEAL = ("reset.css", "reveal.css", "reveal.js", "plugin/notes.js")
OF_SITE = ("book.css", "pygments.css", "favicon.svg", "vendor", "fonts", "hand")
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – slides</title>
<link rel="icon" href="{up}assets/favicon.svg">
{links}
</head>
{body}
</html>
"""
SLIDE = """<section class="{kind}" data-timing="{seconds}">
<div class="frame"><h2>{title}{beyond}</h2><div class="content">
{blocks}
</div></div>
<aside class="notes"><p><strong>{minutes}.</strong></p>
{notes}</aside>
</section>
"""
DECK = """<body class="measuring">
<main class="reveal"><div class="slides">
{slides}</div></main>
<footer class="deck-foot"><a href="../index.html">{book}</a> · {title}</footer>
{scripts}
</body>"""
MATHJAX = {
    "options": {"enableMenu": False, "processHtmlClass": "math", "ignoreHtmlClass": "slides"},
    "svg": {"fontCache": "local"},
}
HELP = (
    "Arrow keys turn the slides, S opens the notes with minutes, T changes light and dark, F fills "
    "the screen, O shows all slides. For a PDF open a deck with ?print-pdf and print it."
)


def pages_with_slides(root=ROOT):
    """List the pages that have cells with the tag `slide`, such as ``math/cross-entropy``."""
    pages = [path for path in page_files(root) if '"slide"' in path.read_text(encoding="utf-8")]
    return [path.relative_to(root / "book").with_suffix("").as_posix() for path in pages]


def write_slide(slide, page):
    """Write one slide as HTML."""
    minutes = max(1, round(slide.minutes)) if slide.minutes else 0
    said = f"{minutes} minute{'s' if minutes > 1 else ''}" if minutes else "No time of its own"
    title = slide.title
    if slide.kind == "title" and page.number:
        title = f'<span class="chapter">{page.number}</span> {title}'
    return SLIDE.format(
        kind=slide.kind,
        seconds=round(60 * slide.minutes),
        beyond="" if slide.short else ' <span class="beyond">beyond the short path</span>',
        title=title,
        blocks="\n".join(map(str, slide.blocks)),
        minutes=said if slide.short else f"{said}, beyond the short path",
        notes="\n".join(map(str, slide.notes)),
    )


def write_deck(page, slides, book, assets):
    """Write a deck as HTML; it stands in a folder beside ``assets``."""
    written = "".join(write_slide(slide, page) for slide in slides)
    sheets = ["reveal/reset.css", "reveal/reveal.css", "pygments.css", "book.css", "hand/hand.css"]
    links = [f'<link rel="stylesheet" href="../assets/{one}">' for one in [*sheets, "deck.css"]]
    scripts = ["reveal/reveal.js", "reveal/plugin/notes.js"]
    if "mermaid" in written:
        scripts.append("vendor/mermaid.min.js")
    hands = sorted(name.split('"')[0] for name in written.split('data-hand="')[1:])
    scripts += [f"hand/{name}.js" for name in (["hand", *dict.fromkeys(hands)] if hands else [])]
    lines = [f"<script>window.MathJax = {json.dumps(MATHJAX)};</script>"]
    lines += [
        f'<script src="../assets/{one}"></script>'
        for one in [*scripts, "deck.js", "vendor/tex-svg-full.js"]
    ]
    body = DECK.format(
        slides=written, book=escape(book), title=page.title, scripts="\n".join(lines)
    )
    return PAGE.format(title=page.title, up="../", links="\n".join(links), body=body)


def copy_assets(target, modules=ROOT / "node_modules", site=SITE):
    """Copy what the decks load: reveal.js, the site's fonts and scripts, and the looks."""
    for name in REVEAL:
        there = target / "reveal" / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / "reveal.js" / "dist" / name, there)
    shutil.copyfile(modules / "reveal.js" / "LICENSE", target / "reveal" / "LICENSE")
    for name in OF_SITE:
        if (site / "_static" / name).is_dir():
            shutil.copytree(site / "_static" / name, target / name)
        else:
            shutil.copyfile(site / "_static" / name, target / name)
    shutil.rmtree(target / "vendor" / "fontawesome", ignore_errors=True)
    for looks in LOOKS.iterdir():
        shutil.copyfile(looks, target / looks.name)


def write_index(rows, book):
    """Write the page that lists the decks, part by part."""
    parts = {}
    for page, slides in rows:
        parts.setdefault(page.part, []).append((page, slides))
    listed = ""
    for part, found in parts.items():
        items = "".join(
            f'<li><a href="{page.name}.html">{page.number} {page.title}</a> '
            f"<span>{len(slides)} slides, {round(sum(s.minutes for s in slides))} min</span></li>\n"
            for page, slides in found
        )
        listed += f"<h2>{escape(part)}</h2>\n<ul>\n{items}</ul>\n"
    body = f'<body class="index"><main><h1>{escape(book)}: slides</h1>\n<p>{HELP}</p>\n{listed}'
    links = "".join(
        f'<link rel="stylesheet" href="assets/{one}">' for one in ("book.css", "deck.css")
    )
    script = '<script src="assets/deck.js"></script>'
    return PAGE.format(
        title=escape(book), up="", links=links, body=f"{body}</main>\n{script}</body>"
    )


def build_slides(names, site=SITE, target=TARGET, root=ROOT):
    """Write the decks of pages, and return them: pairs of a page and its slides."""
    fresh = target.with_name("unfinished-slides")
    whole.throw_away(fresh, ours=True)
    (fresh / "images").mkdir(parents=True)
    copy_assets(fresh / "assets", root / "node_modules", site)
    made = []
    for name in names:
        page = read_site_page(site, name)
        slides = deck_of(page)
        made.append((page, slides))
        path = fresh / f"{name}.html"
        path.parent.mkdir(exist_ok=True)
        html = write_deck(page, slides, page.book, fresh / "assets")
        path.write_text(html, encoding="utf-8")
        for slide in slides:
            for block in [*slide.blocks, *slide.notes]:
                for image in block.find_all("img"):
                    drawn = image["src"].rsplit("/", 1)[-1]
                    shutil.copyfile(site / "_images" / drawn, fresh / "images" / drawn)
    index = write_index(made, made[0][0].book)
    (fresh / "index.html").write_text(index, encoding="utf-8")
    whole.throw_away(target, ours=True)
    os.rename(str(fresh), str(target))
    return made


def main(arguments=None):
    """Write the decks of some pages, or of all."""
    parser = argparse.ArgumentParser(description="Write the slides of the pages.")
    parser.add_argument("page", nargs="*", help="such as math/cross-entropy; all when none")
    options = parser.parse_args(arguments)
    try:
        paths = [page_named(ROOT, name) for name in options.page]
    except StepError as error:
        parser.error(str(error))
    chosen = [p.relative_to(ROOT / "book").with_suffix("").as_posix() for p in paths]
    known = pages_with_slides()
    for name in chosen:
        if name not in known:
            parser.error(f"{name} has no cell with the tag `slide`; these have: {', '.join(known)}")
    made = build_slides(chosen or known)
    slides = sum(len(slides) for _, slides in made)
    print(f"{len(made)} decks, {slides} slides: open {(TARGET / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
