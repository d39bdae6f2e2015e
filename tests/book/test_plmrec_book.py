"""The book's Sphinx extension: claims, diagrams, buttons."""

import json
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from plmrec_book import claims, diagrams, repository
from small_book import REWORDED, SENTENCE


def test_claims_are_read_from_the_outputs_of_a_notebook(template_page):
    [record] = claims.claims_of(template_page)
    assert record["key"] == "sample-square-is-even"
    assert record["holds"] is True


def test_the_title_of_a_page_is_its_first_line(template_page):
    assert claims.title_of(template_page) == "Sample"


def test_the_records_are_hidden_from_myst_nb_and_nothing_else(template_page):
    text = template_page.read_text(encoding="utf-8")
    source = [text]
    env = SimpleNamespace(doc2path=lambda name: f"{name}.ipynb")
    claims._hide_records(SimpleNamespace(env=env), "page", source)
    assert claims.CLAIM_MIME not in source[0]
    left, before = json.loads(source[0]), json.loads(text)
    assert [c["source"] for c in left["cells"]] == [c["source"] for c in before["cells"]]
    shown = [list(o["data"]) for c in left["cells"] for o in c.get("outputs", []) if "data" in o]
    assert ["text/html", "text/plain"] in shown


def test_every_article_claim_and_every_page_stands_on_the_claims_page(site):
    soup = BeautifulSoup((site / "book/back/claims.html").read_text(), "html.parser")
    rows = {row.td.get_text().split()[0]: row for row in soup.select("table.verdicts tbody tr")}
    assert list(rows) == list(claims.ARTICLE)
    for row in rows.values():
        verdict, *found = (mark.get_text().lstrip("✓◐✗ ") for mark in row.select(".claim-mark"))
        assert verdict == claims.overall(found)
        for finding in row.select("li"):
            claim, page = (link["href"] for link in finding.select("a"))
            assert claim.split("#")[0] == page
    links = soup.select("table.claims a")
    assert links
    for mark in soup.select("table.claims .claim-mark"):
        assert mark.get_text() in ("✓ holds", "✗ fails")


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        ([], "not yet tested"),
        (["holds", "holds"], "holds"),
        (["does not hold"], "does not hold"),
        (["holds", "does not hold"], "holds in part"),
        (["holds in part", "holds"], "holds in part"),
    ],
)
def test_findings_that_differ_make_a_claim_hold_in_part(verdicts, result):
    assert claims.overall(verdicts) == result


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
