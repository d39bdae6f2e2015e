"""The decks of this book: each number is the page's, and a deck opens and fits."""

import re

import pytest
from book_files import ROOT
from bs4 import BeautifulSoup
from build_slides import pages_with_slides
from slide_measures import MEASURE, faults_of, open_deck

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MOST_MINUTES, PAGE = 45, "math/ranking-losses"


def soup_of(path):
    """Read a file of HTML."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def numbers_of(element):
    """The numbers in the words of an element."""
    return set(NUMBER.findall(element.get_text(" ")))


@pytest.mark.parametrize("name", pages_with_slides())
def test_a_number_on_a_slide_stands_on_the_page(name, decks, site):
    page = soup_of(site / "book" / f"{name}.html").article
    cited = " ".join(link.get("title", "") for link in page.find_all("a"))
    given = numbers_of(page) | set(NUMBER.findall(cited))
    for slide in soup_of(decks / f"{name}.html").select(".slides > section"):
        assert numbers_of(slide.select_one(".frame")) <= given, slide.h2.get_text()


@pytest.mark.parametrize("name", pages_with_slides())
def test_a_deck_asks_shows_and_ends_within_a_class(name, decks):
    slides = soup_of(decks / f"{name}.html").select(".slides > section")
    kinds = [slide["class"][0] for slide in slides]
    assert kinds[0] == "title" and slides[0].select_one(".question")
    assert kinds.count("quiz") >= 3
    assert any(slide.select("figure, table, .math") for slide in slides)
    short = [slide for slide in slides if not slide.select_one(".beyond")]
    assert sum(int(slide["data-timing"]) for slide in short) <= 60 * MOST_MINUTES
    for slide in slides:
        assert slide.select_one("aside.notes").get_text().strip()
        for image in slide.select("img"):
            assert image["alt"] and (decks / "images" / image["src"].split("/")[-1]).is_file()


def test_the_tables_of_a_slide_are_the_outputs_of_the_notebook(decks):
    import nbformat

    page = nbformat.read(ROOT / "book" / "bert" / "fine-tuning.ipynb", as_version=4)
    tables = set()
    for cell in page.cells:
        for output in cell.get("outputs", []):
            html = BeautifulSoup(output.get("data", {}).get("text/html", ""), "html.parser")
            tables |= {
                tuple(td.get_text() for td in t.find_all("td")) for t in html.select("table")
            }
    shown = soup_of(decks / "bert" / "fine-tuning.html").select("table.dataframe")
    assert len(shown) >= 4
    for table in shown:
        cells = [td.get_text().replace("\xa0", " ") for td in table.find_all("td")]
        assert tuple(cells) in tables


def test_the_index_leads_to_every_deck(decks):
    links = [a["href"] for a in soup_of(decks / "index.html").select("main a")]
    assert links == [f"{name}.html" for name in pages_with_slides()]
    assert all((decks / link).is_file() for link in links)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_deck_opens_without_a_network_and_no_slide_overflows(theme, decks, window):
    page, errors = open_deck(window, decks / f"{PAGE}.html", theme=theme)
    assert (errors, faults_of(page.evaluate(MEASURE))) == ([], [])
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper))) > 384) == (theme == "light")
    page.close()


def test_keys_turn_slides_show_the_answer_and_change_the_theme(decks, window):
    page, _ = open_deck(window, decks / f"{PAGE}.html", theme="light")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == 1
    quiz = page.evaluate("[...document.querySelectorAll('.slides > section')]"
                         ".findIndex((one) => one.matches('.quiz'))")  # fmt: skip
    page.evaluate(f"Reveal.slide({quiz}, 0, -1)")
    reason = page.locator("section.present .reason")
    assert not reason.is_visible()
    page.keyboard.press("ArrowRight")
    assert reason.is_visible()
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.close()


def test_a_slide_that_is_too_tall_is_cut_and_nothing_is_lost(decks, window, tmp_path):
    rows = "".join(f"<tr><td>row {i}</td><td>{i * 37}</td></tr>" for i in range(60))
    lines = "\n".join(f"line {i}" for i in range(70))
    items = "".join(f"<li><p>Item {i} of a list that is long.</p></li>" for i in range(40))
    text = "".join(f"<p>Paragraph {i}. {'Many words stand here. ' * 12}</p>" for i in range(12))
    blocks = [
        f"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>{rows}</tbody></table>",
        f'<pre class="highlight printed">{lines}</pre>',
        f"<ol>{items}</ol>",
        text,
    ]
    html = (decks / f"{PAGE}.html").read_text(encoding="utf-8")
    start, end = html.index("<section"), html.rindex("</section>") + len("</section>")
    slides = "".join(
        '<section class="text"><div class="frame"><h2>Tall</h2><div class="content">'
        f'{block}</div></div><aside class="notes">x</aside></section>'
        for block in blocks
    )
    (decks / "tall").mkdir(exist_ok=True)
    path = decks / "tall" / f"{tmp_path.name}.html"
    path.write_text(html[:start] + slides + html[end:], encoding="utf-8")
    page, errors = open_deck(window, path)
    assert (errors, faults_of(page.evaluate(MEASURE))) == ([], [])
    shown = page.evaluate("document.querySelector('.slides').textContent")
    assert len(page.query_selector_all(".slides > section")) > 2 * len(blocks)
    assert all(f"row {i}{i * 37}" in shown for i in range(60))
    assert [int(n) for n in re.findall(r"line (\d+)", shown)] == list(range(70))
    assert [int(n) for n in re.findall(r"Item (\d+)", shown)] == list(range(40))
    assert [int(n) for n in re.findall(r"Paragraph (\d+)", shown)] == list(range(12))
    heads = page.evaluate(
        "[...document.querySelectorAll('.slides table')].map((t) => t.tHead.rows.length)"
    )
    assert set(heads) == {1}
    path.unlink()
    page.close()


def test_a_deck_prints_one_page_a_slide(decks, window, tmp_path):
    from pypdf import PdfReader

    page, errors = open_deck(window, decks / f"{PAGE}.html", print_pdf="")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    slides = len(page.query_selector_all(".slides section:not(.stack)"))
    page.pdf(path=str(tmp_path / "deck.pdf"), prefer_css_page_size=True, print_background=True)
    reader = PdfReader(str(tmp_path / "deck.pdf"))
    assert (errors, len(reader.pages)) == ([], slides)
    assert "Ranking losses" in reader.pages[0].extract_text()
    page.close()
