"""What a printed book must be: the same for two pages in every test and for all in a release."""

import posixpath
import re
import zipfile
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from pypdf import PdfReader

XHTML = "{http://www.w3.org/1999/xhtml}"


def outline_of(reader):
    """List the bookmarks of a PDF: depth, words, page."""

    def walk(entries, depth):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, depth + 1)
            else:
                yield depth, entry.title, reader.get_destination_page_number(entry) + 1

    return list(walk(reader.outline, 0))


def squeezed(text):
    """A text without spaces, as two ways of reading a page break lines differently."""
    return re.sub(r"\s+", "", text)


def faults_of_pdf(path, titles):
    """List what is wrong with a PDF that must have chapters with these titles."""
    reader, faults = PdfReader(str(path)), []
    texts = [page.extract_text() for page in reader.pages]
    marks = {}
    for depth, title, page in outline_of(reader):  # the appendix names the chapters again
        if depth <= 1:  # deeper are the sections, such as Claims on each page
            marks.setdefault(squeezed(title), page)
    for title in titles:
        page = next((n for mark, n in marks.items() if mark.endswith(squeezed(title))), None)
        if page is None:
            faults.append(f"no bookmark leads to {title}")
            continue
        if squeezed(title) not in squeezed(texts[page - 1]):
            faults.append(f"the bookmark of {title} leads to page {page}, which is another one")
        contents = squeezed("".join(texts[1:4]))
        if f"{squeezed(title)}{page}" not in contents:
            faults.append(f"the contents do not give page {page} for {title}")
    for number, text in enumerate(texts[1:], start=2):
        if text.split()[:1] != [str(number)]:  # pypdf reads the foot of a page first
            faults.append(f"page {number} does not have its number: {text[:30]!r}")
        if found := re.search(r"\\(?:frac|mathbf|text|sum|begin|sqrt)\b|flowchart", text):
            faults.append(f"page {number} has an undrawn {found[0]!r}")
    places = {name.lstrip("/") for name in reader.named_destinations}
    links = [
        str(note.get_object()["/Dest"]).lstrip("/")
        for page in reader.pages
        for note in page.get("/Annots", [])
        if "/Dest" in note.get_object()
    ]
    faults += [f"a link leads nowhere: {name}" for name in set(links) - places]
    if len(links) < 10 * len(titles):
        faults.append(f"only {len(links)} links")
    if "/StructTreeRoot" not in reader.trailer["/Root"]:
        faults.append("no tags for screen readers")
    return faults


def faults_of_epub(path):
    """List what is wrong with the files of an EPUB."""
    faults, texts, places = [], {}, set()
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        first = book.infolist()[0]
        if (first.filename, first.compress_type) != ("mimetype", zipfile.ZIP_STORED):
            faults.append("the first file is not the bare mimetype")
        for name in (name for name in names if name.endswith(".xhtml")):
            text = book.read(name).decode()
            texts[name] = ElementTree.fromstring(text)
            ids = [part.get("id") for part in texts[name].iter() if part.get("id")]
            faults += [f"{name} has {one} twice" for one in set(ids) if ids.count(one) > 1]
            places |= {f"{name}#{one}" for one in ids} | {name}
            words = BeautifulSoup(text, "html.parser")
            for part in words.find_all(["math", "pre", "code"]):
                part.decompose()
            if found := re.search(r"\\[()\[\]]|flowchart", words.body.get_text()):
                faults.append(f"{name} has an undrawn {found[0]!r}")
    for name, tree in texts.items():
        for link in tree.iter(f"{XHTML}a"):
            target = link.get("href")
            if target and not target.startswith(("http", "mailto:")):
                whole = f"EPUB/{target}" if not target.startswith("#") else f"{name}{target}"
                if whole not in places:
                    faults.append(f"{name} leads to {target}, which is not there")
        for image in tree.iter(f"{XHTML}img"):
            if posixpath.join("EPUB", image.get("src")) not in names:
                faults.append(f"{name} lacks the picture {image.get('src')}")
            if not image.get("alt"):
                faults.append(f"{name} has a picture without words: {image.get('src')}")
    return faults
