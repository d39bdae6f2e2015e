"""The book as an EPUB 3: one file a chapter, formulas as MathML, diagrams as pictures."""

import mimetypes
import re
import uuid
import zipfile
from datetime import UTC, datetime
from html import escape

from bs4 import BeautifulSoup

CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
CHAPTER = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"
      lang="en" xml:lang="en">
<head><meta charset="UTF-8"/><title>{title}</title><link rel="stylesheet" href="book.css"/></head>
<body>
{body}
</body>
</html>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:rights>Text and figures: CC BY 4.0; code: MIT</dc:rights>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">Figures have alternatives in words.</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""
LOOKS = """body { font-family: serif; line-height: 1.45; }
h1, h2, h3, h4, h5, table, figcaption, .answer-to, .admonition-title { font-family: sans-serif; }
img { max-width: 100%; }
figure { margin: 1em 0; }
figcaption { font-size: 0.9em; }
table { border-collapse: collapse; font-size: 0.85em; }
td, th { padding: 0.2em 0.5em; border-bottom: 1px solid #bbb; text-align: left; }
pre { font-size: 0.8em; white-space: pre-wrap; overflow-wrap: anywhere; }
.admonition, .sd-card, .quiz { margin: 1em 0; padding: 0.4em 0.8em; border: 1px solid #bbb; }
.admonition-title, .answer-to, .sd-summary-title, .quiz-number { font-weight: bold; }
.answer { margin: 1em 0; padding-left: 0.8em; border-left: 3px solid #bbb; }
dt { font-weight: bold; }
"""
# What HTML allows and XHTML of an EPUB does not.
BARE = ("aria-label", "role", "data-source", "data-processed", "data-hand", "autocomplete")


def write_epub(page, chapters, config, work, path):
    """Write an EPUB from the opened page of the book; ``work`` holds its pictures."""
    _draw_diagrams(page, chapters, work)
    where, texts = {}, {}
    for chapter in chapters:
        texts[chapter.name] = page.evaluate("(id) => book.asXhtml(id)", chapter.name)
        for place in re.findall(r'\sid="([^"]+)"', texts[chapter.name]):
            where.setdefault(place, chapter.name)
    files = {"book.css": LOOKS.encode()}
    for chapter in chapters:
        body = _mended(texts[chapter.name], chapter.name, where)
        title = BeautifulSoup(chapter.title, "html.parser").get_text()
        html = CHAPTER.format(title=escape(title), body=body)
        files[f"{chapter.name}.xhtml"] = html.encode()
        for name in re.findall(r'src="_images/([^"]+)"', body):
            files[f"_images/{name}"] = (work / "_images" / name).read_bytes()
    files["nav.xhtml"] = _contents(chapters, config).encode()
    _pack(files, chapters, config, path)


def _draw_diagrams(page, chapters, work):
    """Photograph each diagram; asXhtml of print.js gives them the same names."""
    for chapter in chapters:
        for i, box in enumerate(page.query_selector_all(f"#{chapter.name} pre.mermaid > svg")):
            box.screenshot(path=str(work / "_images" / f"diagram-{chapter.name}-{i}.png"))


def _mended(text, name, where):
    """Lead links to the right file, and take off what an EPUB does not know."""

    def lead(found):
        place = found[1]
        file = where.get(place)
        if file is None:
            return "<a"
        return f'<a href="#{place}"' if file == name else f'<a href="{file}.xhtml#{place}"'

    text = re.sub(r'<a href="#([^"]+)"', lead, text)
    for attribute in BARE:
        text = re.sub(rf'\s{attribute}="[^"]*"', "", text)
    return text


def _contents(chapters, config):
    """Write the table of contents of an EPUB."""
    lines, part = [], None
    for chapter in chapters:
        if chapter.part != part:
            lines.append("</ol></li>" if part else "")
            part = chapter.part
            lines.append(f"<li><span>{escape(part)}</span><ol>" if part else "")
        title = BeautifulSoup(chapter.title, "html.parser").get_text()
        number = f"{chapter.number}. " if chapter.number else ""
        lines.append(f'<li><a href="{chapter.name}.xhtml">{number}{escape(title)}</a></li>')
    lines.append("</ol></li>" if part else "")
    body = (
        f'<nav epub:type="toc" id="toc"><h1>{escape(config["title"])}</h1><ol>\n'
        + "\n".join(lines)
        + "\n</ol></nav>"
    )
    return CHAPTER.format(title="Contents", body=body)


def _pack(files, chapters, config, path):
    """Write the files with their list and their order."""
    manifest = []
    for i, (name, content) in enumerate(files.items()):
        kind = "application/xhtml+xml" if name.endswith(".xhtml") else mimetypes.guess_type(name)[0]
        knows = ["nav"] if name == "nav.xhtml" else []
        knows += ["mathml"] if b"<math" in content and name.endswith(".xhtml") else []
        knows += ["svg"] if b"<svg" in content and name.endswith(".xhtml") else []
        marks = f' properties="{" ".join(knows)}"' if knows else ""
        key = "nav" if name == "nav.xhtml" else f"f{i}"
        manifest.append((name, key, f'<item id="{key}" href="{name}" media-type="{kind}"{marks}/>'))
    keys = {name: key for name, key, _ in manifest}
    order = ["nav", *(keys[f"{chapter.name}.xhtml"] for chapter in chapters)]
    package = PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, config["title"]),
        title=escape(config["title"]),
        author=escape(config["author"]),
        modified=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        manifest="\n".join(item for *_, item in manifest),
        spine="\n".join(f'<itemref idref="{key}"/>' for key in order),
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("EPUB/package.opf", package)
        for name, content in files.items():
            book.writestr(f"EPUB/{name}", content)
