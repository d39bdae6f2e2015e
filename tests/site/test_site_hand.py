"""Figures that answer to the hand: by keyboard, from a file, with the right numbers."""

import math
import re

import pytest
import torch
from bs4 import BeautifulSoup
from hand_book import COMPLAINTS, FIGURES, WORDS
from make_hand import maker, read
from plmrec_book.hand import BUDGET
from screens import PAGES, PHONE
from test_site_access import violations

from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.nn.softmax import softmax

MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def pages(hand_book):
    log = (hand_book / "good.txt").read_text()
    assert log.endswith("ended 0"), log[-3000:]
    return hand_book / "good" / "_build" / "html"


@pytest.fixture
def open_figure(reader, pages):
    """A way to open the page of one figure: the page, with ``errors`` of its scripts."""

    def new(name, **options):
        one = reader(**options)
        one.site = pages
        page = one.open(f"book/{name}.html")
        page.errors, page.refused = one.errors, one.refused
        return page

    return new


def says(page):
    return page.locator("figure.hand [role=status]").inner_text()


def bars(page):
    """The rows of the bars: name and value."""
    rows = page.locator(".hand-bars tbody tr")
    return [[row.locator("th").inner_text(), row.locator("td").last.inner_text()]
            for row in rows.all()]  # fmt: skip


def press(page, role, name, *keys):
    """Reach a control by keyboard and press keys on it."""
    page.get_by_role(role, name=name, exact=True).focus()
    for key in keys:
        page.keyboard.press(key)


def number(text):
    return float(text.replace(MINUS, "-").replace(",", "").split()[0])


def test_broken_figures_stop_the_build(hand_book):
    log = (hand_book / "broken.txt").read_text()
    assert not log.endswith("ended 0")
    for complaint in COMPLAINTS:
        assert complaint in log


@pytest.mark.parametrize("name", FIGURES)
def test_it_works_from_a_file_without_a_network(open_figure, name):
    page = open_figure(name)
    assert (page.errors, page.refused) == ([], [])
    assert page.url.startswith("file:")
    assert page.locator("figure.hand.hand-ready .hand-board > *").count() >= 2
    assert re.match(r"Fig\. \d+", page.locator("figure.hand figcaption").inner_text())
    assert len(says(page)) > 20


@pytest.mark.parametrize("name", FIGURES)
def test_the_words_stand_on_paper_and_unfold_by_keyboard(open_figure, name):
    page = open_figure(name)
    words = page.locator("figure.hand .hand-words")
    assert not words.is_visible()
    press(page, "button", "The figure in words", "Enter")
    assert words.inner_text() == WORDS
    press(page, "button", "The figure in words", "Enter")
    page.emulate_media(media="print")
    assert words.is_visible()
    assert not page.locator(".hand-controls").first.is_visible()


@pytest.mark.parametrize("name", FIGURES)
def test_without_a_script_the_words_stand(browser, pages, name):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((pages / "book" / f"{name}.html").as_uri())
    assert page.locator("figure.hand .hand-words").inner_text() == WORDS
    assert page.locator("figure.hand .hand-board").inner_text() == ""
    context.close()


@pytest.mark.parametrize("name", FIGURES)
def test_axe_finds_nothing_serious_and_every_control_shows_its_focus(open_figure, name):
    page = open_figure(name, color_scheme="light")
    page.add_style_tag(content="* { transition: none !important }")
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        page.wait_for_function("l => document.documentElement.dataset.theme === l", arg=light)
        assert violations(page) == []
    controls = page.locator("figure.hand :is(input, select, button:not([tabindex='-1'])):enabled")
    assert controls.count() >= 2
    for control in controls.all():
        control.focus()
        page.keyboard.press("Shift")  # makes the focus one of the keyboard
        style = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
        assert control.evaluate(style) == "solid3px"


@pytest.mark.parametrize("name", FIGURES)
def test_a_phone_shows_it_whole(open_figure, name):
    page = open_figure(name, viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="The figure in words").tap()
    assert page.locator(".hand-words").is_visible()
    cut = page.locator("figure.hand :is(table, svg, .hand-board)").evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1 ||"
        " e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 80))"
    )
    assert cut == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_book_carries_more_data_than_its_budget(site, name):
    soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    data = soup.select("figure.hand script[type='application/json']")
    assert sum(len(one.string.encode()) for one in data) <= BUDGET


def test_softmax_answers_to_temperature_scores_and_truth(open_figure):
    page = open_figure("softmax-temperature")
    logits = torch.tensor([2.0, 0.7, 0.0])
    assert [value for _, value in bars(page)] == [f"{p:.1%}".replace("%", " %")
                                                  for p in softmax(logits)]  # fmt: skip
    press(page, "slider", "temperature T", "End")  # T = 10
    press(page, "slider", "score of horror", *["ArrowRight"] * 4)  # 0.4
    press(page, "radio", "comedy", "ArrowDown", "ArrowDown")
    logits = torch.tensor([2.0, 0.7, 0.4]) / 10
    p = softmax(logits)
    assert [value for _, value in bars(page)] == [f"{100 * x:.1f} %" for x in p]
    entropy, loss = -(p * p.log()).sum(), cross_entropy(logits[None], torch.tensor([2]))
    assert f"Entropy {entropy:.3f} nats (at most {math.log(3):.3f})" in says(page)
    assert f"Negative log-likelihood of horror: {loss:.3f} nats" in says(page)
    press(page, "slider", "temperature T", "Home")  # T = 0.1
    loss = cross_entropy(torch.tensor([[20.0, 7.0, 4.0]]), torch.tensor([2]))
    assert f"Negative log-likelihood of horror: {loss:.3f} nats" in says(page)


def test_ease_lists_what_the_library_lists(open_figure):
    page = open_figure("ease-lambda")
    ease = maker("ease-lambda")
    press(page, "checkbox", "Alien", "Space")
    press(page, "checkbox", "Fargo", "Space")
    press(page, "slider", "penalty λ", "End", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    _, titles, seeds, model = ease.fitted(3000)
    chosen = [ease.SEEDS.index(film) for film in ("Star Wars", "Fargo")]
    scores = model.B_[[seeds[k] for k in chosen]].sum(0)
    scores[[seeds[k] for k in chosen]] = -math.inf
    best = (-scores).argsort(kind="stable")[:10]
    shown = bars(page)
    assert [film for film, _ in shown] == titles[best].tolist()
    assert [number(value) for _, value in shown] == pytest.approx(scores[best], abs=6e-4)
    assert "λ = 3,000: NDCG@10 on validation 0.066." in says(page)
    press(page, "checkbox", "Star Wars", "Space")
    press(page, "checkbox", "Fargo", "Space")
    assert bars(page) == []
    assert "at least one film" in says(page)


def test_masks_change_the_weights_as_in_the_library(open_figure):
    page = open_figure("masks")
    data = read("masks")
    scores, real = torch.tensor(data["scores"]), torch.tensor(data["real"]).bool()

    def shown():
        rows = page.locator(".hand-grid tbody tr").all()
        cells = [row.locator("td").all_inner_texts() for row in rows]
        return [[0 if text == "×" else int(text) for text in row] for row in cells]

    def table(weights):
        rounded = (100 * weights).round().int().tolist()
        return [
            [*row, round(100 * w.sum().item())] for row, w in zip(rounded, weights, strict=True)
        ]

    assert shown() == table(softmax(scores[0]))
    press(page, "radio", "8", "ArrowRight")  # the second head
    press(page, "checkbox", "padding", "Space")
    press(page, "checkbox", "causal", "Space")
    allowed = real[None, :] & torch.ones(len(real), len(real)).tril().bool()
    masked = softmax(scores[1].masked_fill(~allowed, -math.inf))
    assert shown() == table(masked)
    press(page, "radio", "adds −∞ before the softmax", "ArrowDown")
    wrong = softmax(scores[1]) * allowed
    assert shown() == table(wrong)
    press(page, "radio", "funny", "ArrowRight")
    assert says(page) == (
        "prison gives 0 % of its weight to padding and 0 % to later tokens. "
        f"Its weights sum to {100 * wrong[4].sum():.0f} %."
    )
