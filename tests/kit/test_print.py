"""Four pages of the book on paper: the PDF and the EPUB."""

import subprocess
import sys
import zipfile

import build_print
import pytest
from bs4 import BeautifulSoup
from printed_book import faults_of_epub, faults_of_pdf, outline_of
from pypdf import PdfReader
from steps import StepError


def test_the_pdf_has_bookmarks_contents_numbers_and_links_that_lead(small_print):
    titles = ["1. Why language models for recommendation?", "7. Ranking losses and calibration"]
    titles += ["Glossary", "Bibliography", "Solutions and answers"]
    assert faults_of_pdf(small_print[0], titles) == []


def test_its_bookmarks_are_parts_chapters_and_sections(small_print):
    marks = [(depth, title) for depth, title, _ in outline_of(PdfReader(str(small_print[0])))]
    assert (0, "Ideas") in marks
    assert (1, "7. Ranking losses and calibration") in marks
    assert (2, "The question") in marks


def test_solutions_stand_in_the_appendix_alone(small_print):
    reader = PdfReader(str(small_print[0]))
    starts = {title: page for _, title, page in outline_of(reader)}
    before = "".join(p.extract_text() for p in reader.pages[: starts["Solutions and answers"] - 1])
    after = "".join(p.extract_text() for p in reader.pages[starts["Solutions and answers"] - 1 :])
    assert "is not right." not in before
    assert "is not right." in after
    assert "Solution on page" in " ".join(before.split())


def test_the_epub_is_whole(small_print):
    assert faults_of_epub(small_print[1]) == []


def test_its_formulas_are_mathml_and_its_diagrams_pictures(small_print):
    with zipfile.ZipFile(small_print[1]) as book:
        losses = BeautifulSoup(book.read("EPUB/math--ranking-losses.xhtml"), "html.parser")
        assert len(losses.find_all("math")) > 50
        assert all(one["alttext"] for one in losses.find_all("math"))
        package = book.read("EPUB/package.opf").decode()
    assert 'properties="mathml"' in package
    assert package.count("<itemref") == 6


def test_what_is_wider_than_the_paper_is_named(site, tmp_path, monkeypatch):
    wide = '<div style="width: 400mm">A wide thing</div>'
    monkeypatch.setattr(
        build_print, "body_of", lambda chapters: f'<p class="chapter" id="x">{wide}'
    )
    with pytest.raises(StepError, match=r"wider than the paper: .*A wide thing"):
        build_print.build_print(site, tmp_path / "print", ["back/faq"])
    assert not (tmp_path / "print").exists()


def test_the_large_tests_run_only_where_they_are_named():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist"]

    def listed(*words):
        done = subprocess.run([*command, *words], cwd=build_print.ROOT, capture_output=True,
                              text=True, check=False)  # fmt: skip
        return done.stdout

    assert "test_the_epub_is_an_epub_3" not in listed("tests/kit")
    assert "test_the_epub_is_an_epub_3" in listed("tests/kit/release")
