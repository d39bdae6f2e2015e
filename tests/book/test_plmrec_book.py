"""The book's Sphinx extension: claims, diagrams, buttons."""

import json
import re
from collections import Counter
from types import SimpleNamespace

import pytest
from book_files import page_files
from bs4 import BeautifulSoup
from plmrec_book import chance, claims, diagrams, records, repository, verdicts
from small_book import REWORDED, SENTENCE

from plmrec_lite.book.claim_line import CLAIM_MIME
from plmrec_lite.book.verdicts import SMALLEST_EFFECTS, judged
from plmrec_lite.evaluation.estimate import Estimate

NOTEBOOKS = [path for path in page_files() if path.suffix == ".ipynb"]


def test_claims_are_read_from_the_outputs_of_a_notebook(template_page):
    one, other = records.claims_of(template_page)
    assert (one["kind"], one["key"], one["holds"]) == ("check", "sample-square-is-even", True)
    assert (other["kind"], other["verdict"], other["over"]) == ("finding", "holds", "persons")


def test_the_title_of_a_page_is_its_first_line(template_page):
    assert records.title_of(template_page) == "Sample"


def test_the_records_are_hidden_from_myst_nb_and_nothing_else(template_page):
    text = template_page.read_text(encoding="utf-8")
    source = [text]
    env = SimpleNamespace(doc2path=lambda name: f"{name}.ipynb")
    claims._hide_records(SimpleNamespace(env=env), "page", source)
    assert CLAIM_MIME not in source[0]
    left, before = json.loads(source[0]), json.loads(text)
    assert [c["source"] for c in left["cells"]] == [c["source"] for c in before["cells"]]
    shown = [list(o["data"]) for c in left["cells"] for o in c.get("outputs", []) if "data" in o]
    assert ["text/html", "text/plain"] in shown


def test_every_article_claim_and_every_page_stands_on_the_claims_page(site):
    soup = BeautifulSoup((site / "book/back/claims.html").read_text(), "html.parser")
    rows = {row.td.get_text().split()[0]: row for row in soup.select("table.verdicts tbody tr")}
    assert list(rows) == list(verdicts.ARTICLE)
    for row in rows.values():
        verdict, *found = (mark.get_text().lstrip("✓◐✗○ ") for mark in row.select(".claim-mark"))
        assert verdict == verdicts.overall(found)
        for finding in row.select("li"):
            claim, page = (link["href"] for link in finding.select("a"))
            assert claim.split("#")[0] == page
    shown = Counter(mark.get_text() for mark in soup.select("table.claims .claim-mark"))
    kept = [r for page in NOTEBOOKS for r in records.claims_of(page)]
    wanted = Counter(r["verdict"] if r["kind"] == "finding" else "holds" for r in kept)
    assert {word[2:]: n for word, n in shown.items()} == wanted
    assert len(soup.select("details table.claims")) == len(NOTEBOOKS)
    sizes = [
        float(code.get_text()) for code in soup.select("table.claims td:nth-child(2) > p > code")
    ]
    assert sizes == [effect.size for effect in SMALLEST_EFFECTS.values()]


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ([], "not yet tested"),
        (["holds", "holds"], "holds"),
        (["holds", "does not hold"], "holds in part"),
        (["not shown", "does not hold"], "not shown"),
    ],
)
def test_what_several_pages_find_comes_to_one_verdict(found, result):
    assert verdicts.overall(found) == result


def record(key, *ends, effect="gain", n=None):
    value = Estimate((ends[0] + ends[1]) / 2, *ends, over="persons")
    one = {"name": "", "value": value.value, "low": ends[0], "high": ends[1], "over": "persons"}
    one["verdict"] = judged(value, 0.01, effect)
    return {"key": key, "estimates": [one], "smallest_effect": 0.01, "effect": effect, "n": n}


def test_chance_is_counted_over_what_is_asserted():
    clear, open_ = record("clear", 0.02, 0.03), record("open", -0.1, 0.1)
    none, near = record("none", -0.001, 0.001), record("near", 0.001, 0.05)
    found = chance.multiplicity([clear, open_, none, near])
    assert (found.findings, found.values, found.asserted) == (4, 4, 3)
    assert found.wrong == pytest.approx(3 * 0.025)
    assert found.fallen == []
    found = chance.multiplicity([clear] * 20 + [near])
    assert [r["key"] for r in found.fallen] == []  # the last of Holm's steps is not corrected
    assert chance.multiplicity([near, open_]).fallen == []
    found = chance.multiplicity([near] * 2)
    assert [r["key"] for r in found.fallen] == ["near"]


def test_few_choices_weigh_as_few():
    many, few = record("a", 0.01, 0.05), record("a", 0.01, 0.05, n=3)
    assert chance.multiplicity([many] * 8).fallen == []
    assert [r["key"] for r in chance.multiplicity([few] * 8).fallen] == ["a"]


def test_a_surprise_shows_what_was_predicted_and_what_came(small_books):
    soup = BeautifulSoup((small_books / "first" / "all.html").read_text(), "html.parser")
    (box,) = soup.select(".surprise")
    words = " ".join(box.get_text().split())
    assert words == f"2026-11-24 · Sample We predicted that squares may be negative. {SENTENCE} 1"
    assert box.em.get_text() == "negative"
    assert [a["href"].partition("#")[2] for a in box.select("a")][
        1
    ] == "claim-sample-square-is-even"


def test_figures_of_a_finding_stand_in_a_sentence(small_books, template_page):
    soup = BeautifulSoup((small_books / "first" / "all.html").read_text(), "html.parser")
    (line,) = (p for p in soup.select("p") if p.get_text().startswith("A square is larger"))
    (_, found) = records.claims_of(template_page)
    assert line.code.get_text() == found["measured"]


def test_the_cover_shows_three_findings_as_the_last_run_left_them(site):
    soup = BeautifulSoup((site / "book/index.html").read_text(), "html.parser")
    kept = {r["key"]: r for page in NOTEBOOKS for r in records.claims_of(page)}
    boxes = soup.select(".headline")
    shown = [box.select("a")[-1]["href"].partition("#claim-")[2] for box in boxes]
    assert len(shown) == 3
    for box, key in zip(boxes, shown, strict=True):
        assert box.select_one(".claim-mark").get_text()[2:] == kept[key]["verdict"]
        assert box.code.get_text() == kept[key]["measured"]
        assert "persons" not in box.get_text()


def test_an_entry_of_the_glossary_leads_to_a_page_and_says_what_is_chinese(site):
    soup = BeautifulSoup((site / "book/back/glossary.html").read_text(), "html.parser")
    terms = soup.select("dl.glossary > dt")
    assert [t.get("lang") for t in terms[:2]] == [None, "zh-Hans"]
    chinese = [t for t in terms if re.search(r"[\u4e00-\u9fff]", t.get_text())]
    assert all(t.get("lang") == "zh-Hans" for t in chinese)
    assert len(chinese) == len(soup.select("dl.glossary > dd"))
    links = soup.select("dd .taught a")
    assert len(links) > 150
    assert all((site / "book/back" / link["href"]).is_file() for link in links)


def test_the_small_book_counts_its_findings(small_books):
    soup = BeautifulSoup((small_books / "first" / "all.html").read_text(), "html.parser")
    words = " ".join(soup.get_text().split())
    assert "Of the 1 findings of this book 1 hold, 0 hold in part, 0 do not hold and 0 are" in words
    assert "every assertion stands" in words
    rows = [1, len(SMALLEST_EFFECTS), 1]
    assert [len(t.select("tbody tr")) for t in soup.select("table.claims")] == rows


def test_a_notebook_that_changes_changes_the_claims_page(small_books):
    before, after = ((small_books / b / "all.html").read_text() for b in ("first", "reworded"))
    assert SENTENCE in before
    assert REWORDED not in before
    assert SENTENCE not in after
    assert REWORDED in after


def test_a_diagram_says_what_it_shows_on_one_line_or_many():
    code = "graph TD\n  accTitle: A map\n  accDescr {\n    Two\n    boxes.\n  }\n  a --> b"
    assert diagrams.words(code) == ("A map", "Two boxes.")
    assert diagrams.words("graph TD\naccDescr: One box.\na") == ("", "One box.")


@pytest.mark.parametrize(("address", "shown"), [("", False), ("https://example.org/o/n", True)])
def test_buttons_follow_the_address(address, shown):
    options = {"repository_url": address, "launch_buttons": {"colab_url": "https://c.example"}}
    repository._show_buttons(None, SimpleNamespace(html_theme_options=options))
    assert [options[button] for button in repository.BUTTONS] == [shown] * 3
    assert bool(options["launch_buttons"]) == shown
