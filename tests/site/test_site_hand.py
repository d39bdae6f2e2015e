"""Figures that answer to the hand: by keyboard, from a file, with the right numbers."""

import base64
import math
import re

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from hand_book import COMPLAINTS, FIGURES, WORDS
from make_hand import maker, read
from plmrec_book.hand import BUDGET
from scipy.sparse import csr_array
from screens import PAGES, PHONE
from test_site_access import violations

from plmrec_lite.applications.privacy.attack_rates import roc
from plmrec_lite.evaluation.power import people_needed, power_of
from plmrec_lite.nn.attention import scaled_dot_product_attention
from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.nn.softmax import softmax
from plmrec_lite.recommenders.graph.propagation import Propagation, normalized_adjacency
from plmrec_lite.text import TextEncoder

KEYS = {"range": "ArrowRight", "radio": "ArrowRight", "checkbox": "Space"}
CONTROLS = "figure.hand :is(input, select, button:not([tabindex='-1'])):enabled"
FOCUSED = """() => {
    const e = document.activeElement;
    return e.closest("figure.hand") && (e.getAttribute("role") || e.type);
}"""
SHOWN = """() => {
    const figure = document.querySelector("figure.hand");
    const numbers = ["d", "x1", "x2", "cx", "points", "width"];
    const drawn = [...figure.querySelectorAll("svg *")].flatMap(
        (e) => numbers.map((name) => e.getAttribute(name)));
    return [figure.innerText, ...drawn].join();
}"""
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(scope="module")
def pages(hand_book):
    return hand_book / "_build" / "html"


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
    return page.locator("figure.hand [role=status]").inner_text().replace("\u00a0", " ")


def bars(page):
    """The rows of the bars: name and value."""
    rows = page.locator(".hand-bars tbody tr").all()
    rows = [row.locator("th, td").all_inner_texts() for row in rows]
    return [[name, value.replace("\u00a0", " ")] for name, _, value in rows]


def press(page, role, name, *keys):
    """Reach a control by keyboard and press keys on it."""
    page.get_by_role(role, name=name, exact=True).focus()
    for key in keys:
        page.keyboard.press(key)


def number(text):
    return float(text.replace(MINUS, "-").replace(",", "").split()[0])


def signed(value):
    return f"{value:.4f}".replace("-", MINUS)


def test_the_build_complains_of_broken_figures_and_of_no_other(hand_book):
    log = (hand_book / "log.txt").read_text()
    found = re.findall(r"/([\w-]+)\.md:\d+: (?:WARNING|ERROR|CRITICAL): (.*)", log)
    assert dict(found).keys() == COMPLAINTS.keys()
    for name, said in found:
        assert COMPLAINTS[name] in said
    assert log.count("WARNING: ") + log.count("ERROR: ") == len(found)


@pytest.mark.parametrize("name", FIGURES)
def test_it_works_from_a_file_for_every_reader_and_on_paper(open_figure, name):
    page = open_figure(name, color_scheme="light")
    assert (page.errors, page.refused) == ([], [])
    assert page.url.startswith("file:")
    assert page.locator("figure.hand.hand-ready .hand-board > *").count() >= 2
    assert re.match(r"Fig\. \d+", page.locator("figure.hand figcaption").inner_text())
    assert len(says(page)) > 20
    page.add_style_tag(content="* { transition: none !important }")
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        page.wait_for_function("l => document.documentElement.dataset.theme === l", arg=light)
        assert violations(page) == []
    controls = page.locator(CONTROLS)
    assert controls.count() >= 2
    for control in controls.all():
        control.focus()
        page.keyboard.press("Shift")  # makes the focus one of the keyboard
        style = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
        assert control.evaluate(style) == "solid3px"
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
def test_every_stop_of_the_tab_key_answers_the_keyboard_and_keeps_the_focus(open_figure, name):
    page = open_figure(name, reduced_motion="reduce")
    page.locator(CONTROLS).first.focus()
    stops = 0
    while kind := page.evaluate(FOCUSED):
        before = page.evaluate(SHOWN)
        page.keyboard.press(KEYS.get(kind, "ArrowDown" if kind == "select-one" else "Enter"))
        if kind == "text":
            page.keyboard.type(" robots")
        page.wait_for_function(f"before => ({SHOWN})() !== before", arg=before)
        assert page.evaluate(FOCUSED), f"stop {stops} of {name} loses the focus"
        stops += 1
        page.keyboard.press("Tab")
    assert stops >= 2
    assert page.errors == []


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
def test_the_figures_of_a_page_keep_to_its_budget_of_data(site, name):
    soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    figures = soup.select("figure.hand")
    data = [figure.select_one("script[type='application/json']") for figure in figures]
    assert sum(len(one.string.encode()) for one in data) <= BUDGET
    assert len({figure["id"] for figure in figures}) == len(figures)


def test_softmax_answers_to_temperature_scores_and_truth(open_figure):
    page = open_figure("softmax-temperature")
    logits = torch.tensor([2.0, 0.7, 0.0])
    assert [value for _, value in bars(page)] == [f"{100 * p:.1f} %" for p in softmax(logits)]
    press(page, "slider", "temperature τ", "End")  # τ = 10
    press(page, "slider", "score of horror", *["ArrowRight"] * 4)  # 0.4
    press(page, "radio", "comedy", "ArrowDown", "ArrowDown")
    logits = torch.tensor([2.0, 0.7, 0.4]) / 10
    p = softmax(logits)
    assert [value for _, value in bars(page)] == [f"{100 * x:.1f} %" for x in p]
    entropy, loss = -(p * p.log()).sum(), cross_entropy(logits[None], torch.tensor([2]))
    assert f"Entropy {entropy:.3f} nats (at most {math.log(3):.3f})" in says(page)
    assert f"Negative log-likelihood of horror: {loss:.3f} nats" in says(page)
    press(page, "slider", "temperature τ", "Home")  # τ = 0.1
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


def test_heads_show_the_weights_of_minilm(open_figure):
    page = open_figure("heads")
    encoder, heads = TextEncoder(device="cpu"), maker("heads")
    tokens, weights = heads.read(encoder, heads.SENTENCES[0])

    def agrees(layer, head, query):
        shown = bars(page)
        assert [token for token, _ in shown] == tokens
        wanted = 100 * weights[layer, head, query]
        assert [number(value) for _, value in shown] == pytest.approx(wanted, abs=0.71)

    agrees(0, 2, tokens.index("star"))
    press(page, "radio", "layer 1, head 3", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight")
    press(page, "radio", "star", "ArrowLeft", "ArrowLeft")
    agrees(2, 4, tokens.index("star") - 2)
    query = tokens.index("star") - 2
    most = tokens[weights[2, 4, query].argmax()]
    assert f"The word {tokens[query]} gives most to {most} (" in says(page)
    before = weights[2, 4].diagonal(-1).mean()
    assert number(says(page).split("on average ")[1]) == pytest.approx(100 * before, abs=0.71)
    page.get_by_label("Sentence").select_option(heads.SENTENCES[-1])
    tokens, weights = heads.read(encoder, heads.SENTENCES[-1])
    agrees(2, 4, tokens.index("star"))
    page.get_by_role("radio", name="rocket").hover()
    agrees(2, 4, tokens.index("rocket"))


def test_the_small_picture_of_a_head_is_dark_where_its_weights_are(open_figure):
    page = open_figure("heads")
    _, weights = maker("heads").read(TextEncoder(device="cpu"), maker("heads").SENTENCES[0])
    picture = page.get_by_role("radio", name="layer 1, head 3").locator("canvas")
    alpha = picture.evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
        ".filter((_, i) => i % 4 === 3)"
    )
    assert alpha == pytest.approx((255 * weights[0, 2]).ravel().tolist(), abs=1.5)


def test_attention_goes_step_by_step_to_the_output_of_the_library(open_figure):
    page = open_figure("attention-steps")
    data = read("attention-steps")
    X, *W = (torch.tensor(data[name], dtype=float) for name in ("X", "W_Q", "W_K", "W_V"))
    output, weights = scaled_dot_product_attention(*(X @ w for w in W))
    q = X @ W[0]

    def last_row():
        cells = page.locator(".hand-trail tr").last.locator("td").all_inner_texts()
        return [number(cell) for cell in cells]

    def close_to(values):
        return pytest.approx(values.tolist(), abs=6e-4)

    assert says(page).startswith("Step 1 of 6.")
    assert page.get_by_role("button", name="Back").is_disabled()
    wanted = [X, q, q @ q.T, q @ q.T / math.sqrt(3), weights, output]
    for step in wanted[1:]:
        press(page, "button", "Next step", "Enter")
        assert last_row() == close_to(step[0])
    assert says(page).endswith("output: (0.421, 0.521, 0.621).")
    assert page.get_by_role("button", name="Next step").is_disabled()
    assert page.evaluate("document.activeElement.textContent") == "Back"
    press(page, "button", "Back", "Enter")
    assert last_row() == close_to(weights[0])
    press(page, "radio", "apple", "ArrowDown")
    for _ in range(5):
        press(page, "button", "Next step", "Space")
    assert last_row() == close_to(output[1])


def drawn_as_in_the_browser(state):
    """mulberry32, as in ``bootstrap.js``: numbers from 0 to 1."""
    while True:
        state = (state + 0x6D2B79F5) % 2**32
        t = (state ^ state >> 15) * (1 | state) % 2**32
        t ^= (t + (t ^ t >> 7) * (61 | t)) % 2**32
        yield (t ^ t >> 14) / 2**32


def test_the_bootstrap_draws_people_and_ends_at_the_interval_of_the_library(open_figure):
    page = open_figure("bootstrap", reduced_motion="reduce")
    data = read("bootstrap")
    ranks = {
        name: np.frombuffer(base64.b64decode(text), np.uint8).astype(float)
        for name, text in data["places"].items()
    }
    ndcg = {name: np.where(r, 1 / np.log2(np.where(r, r, 1) + 1), 0) for name, r in ranks.items()}
    apart, n = ndcg["EASE"] - ndcg["popularity"], data["people"]
    assert f"mean difference {apart.mean():.4f}" in says(page)
    assert apart.mean() == pytest.approx(data["pairs"][0]["interval"][0], abs=1e-5)
    random = drawn_as_in_the_browser(1)
    people = [int(next(random) * n) for _ in range(n)]
    press(page, "button", "Draw one person", "Enter", "Enter", "Enter")
    assert f"Drawn 3 of {n}: person {people[2] + 1}, EASE" in says(page)
    assert says(page).endswith(f"so far {signed(apart[people[:3]].mean())}.")
    press(page, "button", "Finish this sample", "Enter")
    assert f"the mean of the last is {apart[people].mean():.4f}" in says(page)
    press(page, "button", "Draw 2,000 samples", "Enter")
    assert page.evaluate("document.activeElement.textContent") == "Start again"
    means = [apart[people].mean()]
    means += [apart[[int(next(random) * n) for _ in range(n)]].mean() for _ in range(1999)]
    low, high = np.quantile(means, [0.025, 0.975])
    assert f"2000 samples; the mean of the last is {means[-1]:.4f}" in says(page)
    assert f"The middle 95 % of the means: {low:.4f} to {high:.4f}." in says(page)
    _, *library = data["pairs"][0]["interval"]
    assert "The library, with draws of its own: {:.4f} to {:.4f}.".format(*library) in says(page)
    assert [low, high] == pytest.approx(library, abs=1e-3)
    heights = page.locator(".hand-histogram rect").evaluate_all(
        "bars => bars.map(bar => bar.height.baseVal.value)"
    )
    assert 15 < heights.index(max(heights)) < 25
    press(page, "button", "Start again", "Enter")
    press(page, "radio", "EASE, popularity", "ArrowDown")
    apart = ndcg["EASE + content"] - ndcg["EASE"]
    assert apart.mean() < 0
    assert f"mean difference {signed(apart.mean())}" in says(page)


def test_the_bootstrap_moves_and_stops(open_figure):
    page = open_figure("bootstrap")
    press(page, "button", "Draw 2,000 samples", "Enter")
    page.wait_for_function("document.querySelector('.hand-says').textContent.match(/samples;/)")
    press(page, "button", "Stop", "Enter")
    n = number(says(page))
    assert 0 < n < 2000
    page.wait_for_timeout(200)
    assert number(says(page)) == n


def test_the_share_of_text_changes_value_and_list(open_figure):
    page = open_figure("hybrid-share")
    data = read("hybrid-share")  # what the library computes, says tests/book/test_hand.py
    one, other = data["people"][:2]
    items = page.locator("figure.hand ol li")
    assert items.count() == 10
    assert items.first.inner_text() == data["films"][one["lists"][0][0]] + " (the next film)"
    press(page, "slider", "share of text β", *["ArrowRight"] * 8)
    press(page, "radio", str(one["person"]), "ArrowDown")
    titles = [data["films"][film] for film in other["lists"][8]]
    shown = [text.removesuffix(" (the next film)") for text in items.all_inner_texts()]
    assert shown == titles
    place = titles.index(data["films"][other["next"]]) + 1
    assert f"The next film is at place {place}." in says(page)
    assert "β = 0.40: NDCG@10 on validation" in says(page)
    for split, values in data["ndcg"].items():
        (base, *_), (value, *_) = values[0], values[8]
        assert base > value
        assert f"{split} {value:.4f} ({signed(value - base)})" in says(page)


def test_the_weight_of_the_correction_changes_which_titles_lead(open_figure):
    page = open_figure("fame-weight")
    data = read("fame-weight")  # what the library computes, says tests/book/test_hand.py
    person, leaders = data["people"][0], maker("fame-weight").leaders
    items = page.locator("figure.hand ol li")
    assert items.count() == data["shown"]
    press(page, "slider", "weight of the correction w", *["ArrowRight"] * 20)
    order = leaders(person, 1.0)[: data["shown"]].tolist()
    for text, film in zip(items.all_inner_texts(), order, strict=True):
        assert text.startswith(f"{person['films'][film]}: ")
    assert f"w = 1.00: {person['films'][order[0]]} leads." in says(page)
    mean = sum(person["ratings"][film] for film in order) / len(order)
    assert f"have {mean:.0f} ratings on average" in says(page)


def test_the_first_film_falls_when_the_films_named_are_switched_off(open_figure):
    page = open_figure("reasons")
    data = read("reasons")  # what the library computes, says tests/book/test_hand.py
    films, judge = data["films"], maker("reasons").judged
    weights, watched = maker("reasons").weights_of(data), np.array(data["people"][1]["watched"])
    press(page, "radio", str(data["people"][0]["person"]), "ArrowDown")
    listed, removal = judge(weights, watched)
    gone = watched[removal.rows]
    named = ", ".join(films[film] for film in gone)
    assert f"First is {films[listed[0]]}" in says(page)
    assert f"Switch off {named} ({len(gone)} of {len(watched)})" in says(page)
    terms = np.sort(weights[watched, listed[0]])[::-1] * data["unit"]
    np.testing.assert_allclose([number(value) for _, value in bars(page)], terms, atol=6e-4)
    for film in gone:
        press(page, "checkbox", films[film], "Space")
    assert f"First is {films[removal.rival]}" in says(page)
    assert len(bars(page)) == len(watched) - len(gone)
    for film in np.setdiff1d(watched, gone):
        press(page, "checkbox", films[film], "Space")
    assert "No film is on" in says(page)


def test_a_vector_travels_as_in_the_library(open_figure):
    page = open_figure("light-graph")
    press(page, "slider", "layers L", "ArrowRight")
    events = csr_array([[1.0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    E = Propagation(normalized_adjacency(events), n_layers=2)(torch.eye(7)).numpy()
    found = [number(value) for _, value in bars(page)]
    np.testing.assert_allclose(found, E[:, 0], atol=6e-4)
    scores = E[0] @ E[3:].T
    assert f"The new thread with the highest score is 3, {scores[2]:.3f}." in says(page)
    press(page, "radio", "A", "ArrowDown")  # B has not written in 1 and 4, which are alike
    np.testing.assert_allclose([number(value) for _, value in bars(page)], E[:, 1], atol=6e-4)
    press(page, "radio", "B", "ArrowUp")
    press(page, "checkbox", "B–2", "Space")
    assert "No new thread has a score above 0." in says(page)
    assert "has reached 3 of 7 nodes" in says(page)


def test_the_first_events_move_the_policy(open_figure):
    page = open_figure("first-events")
    data = read("first-events")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "events of the new user", *["ArrowRight"] * 3)
    press(page, "radio", "genres they like", "ArrowDown", "ArrowDown")
    place = data["events"].index(5)
    policy = data["policies"][2]
    assert policy["asks"] == "both"
    wanted = []
    for name, row in [*data["models"].items(), ("the policy", policy["ndcg"])]:
        mean, low, high = (f"{value:.3f}" for value in row[place])
        wanted.append([name, f"{mean} [{low}, {high}]"])
    assert bars(page) == wanted
    mean, low, high = (f"{v:.3f}".replace("-", MINUS) for v in policy["gains"][place])
    assert f"the policy less popularity is +{mean} [{low}, {high}] of NDCG@10" in says(page)
    weight = f"{5 / (5 + policy['patience']) + 1e-9:.2f}"
    assert f"Its events weigh {weight} (patience {policy['patience']})." in says(page)


def test_the_cheapest_encoder_is_the_one_that_the_data_says(open_figure):
    page = open_figure("cheapest-encoder")
    data, make = read("cheapest-encoder"), maker("cheapest-encoder")

    def told(requests, hourly, least):
        rows = [(make.machines(requests, way), -way["shares"][0], way) for way in data["ways"]]
        good = [row for row in rows if row[2]["shares"][0] >= least]
        n, _, way = min(good, key=lambda row: row[:2])
        alike = sum(row[0] == n for row in good)
        cost = n * 24 * hourly
        end = f"; {alike} ways cost the same, and it is the best of them." if alike > 1 else "."
        return (
            f"{requests:,} requests a day: the cheapest way that keeps {100 * least:.0f} % is "
            f"{way['name']}, at {cost:,.2f} a day, {cost / requests * 1e6:,.2f} a million{end}"
        )

    assert says(page) == told(100_000, 0.1, 0.97)
    press(page, "slider", "requests a day", *["ArrowRight"] * 12)
    assert says(page) == told(10**9, 0.1, 0.97)
    press(page, "slider", "quality that may be lost", *["ArrowRight"] * 20)
    assert says(page) == told(10**9, 0.1, 0.77)
    first = data["ways"][0]
    n = make.machines(10**9, first)
    assert bars(page)[0] == [first["name"], f"{n * 2.4:,.2f}, {n:,}, 100 %"]


def test_a_threshold_accuses_whom_the_scores_say(open_figure):
    page = open_figure("member-threshold")
    data = read("member-threshold")
    words, (_, ten, *_) = data["words"], data["cases"]
    assert f"accused are {words['whole']} of 471 members" in says(page)
    press(page, "radio", "EASE, whole history", "ArrowDown")
    assert f"accused are {words['ten']} of 471 members" in says(page)
    press(page, "slider", "threshold", "Home")
    press(page, "slider", "threshold", *["ArrowRight"] * 60)
    limit = ten["low"] + (ten["high"] - ten["low"]) * 60 / 200
    found, accused = (sum(s > limit for s in ten[side]) for side in ("members", "others"))
    assert f"accused are {found} of 471 members" in says(page)
    assert f"and {accused} of 472 others" in says(page)
    mark = page.locator("figure.hand .hand-mark")
    false, true = roc(ten["members"] + ten["others"], [True] * 471 + [False] * 472)
    share = (float(mark.get_attribute("cx")) - 120) / 130
    place = np.searchsorted(false, share + 1e-9, side="right") - 1
    assert share == pytest.approx(accused / 472)
    assert (330 - float(mark.get_attribute("cy"))) / 130 <= true[place] + 1e-9
    assert page.locator("figure.hand .hand-in").count() == 32
    press(page, "button", "At most 1 % false positives", "Enter")
    assert f"accused are {words['ten']} of 471 members" in says(page)


def test_the_power_of_a_test_is_that_of_the_library(open_figure):
    page = open_figure("power")
    cases = read("power")["cases"]

    def told(n, gain, spread):
        half = 1.959964 * spread / math.sqrt(n)
        ends = (f"{100 * end:.1f} %".replace("-", MINUS) for end in (gain - half, gain + half))
        return (
            f"{n:,} people, a true gain of {gain:.0%}: the average interval lies from "
            f"{' to '.join(ends)}. It is above 0 in {power_of(gain, spread, n):.0%} of such tests; "
            f"for 80 % you need {people_needed(gain, spread):,} people."
        )

    def plain(text):
        return text.replace(" %", "%")

    assert plain(says(page)) == plain(told(1000, 0.05, cases[0]["spread"]))
    press(page, "slider", "people in the test", *["ArrowRight"] * 7)
    press(page, "slider", "true gain", *["ArrowLeft"] * 3)
    press(page, "radio", cases[0]["name"], "ArrowDown", "ArrowDown")
    assert plain(says(page)) == plain(told(5000, 0.02, cases[2]["spread"]))
    bar = page.locator(".hand-histogram rect")
    assert float(bar.get_attribute("width")) > 0


def test_the_nearest_films_are_those_of_the_data(open_figure):
    page = open_figure("nearest-films")
    data = read("nearest-films")  # what the library computes, says tests/book/test_hand.py
    film = data["films"][data["seeds"][3]]
    page.get_by_label("Film", exact=True).focus()
    page.keyboard.type(film)
    press(page, "radio", "MiniLM, raw", "ArrowDown")
    space = data["spaces"][2]
    wanted = [
        [data["films"][other], f"{cosine:.3f}"]
        for other, cosine in zip(space["nearest"][3], space["cosines"][3], strict=True)
    ]
    assert bars(page) == wanted
    assert says(page) == (
        f"MiniLM, centred: the mean cosine of two films of the catalogue is "
        f"{abs(space['mean']):.3f}; the nearest to {film} has {space['cosines'][3][0]:.3f}."
    )


def test_films_that_share_digits_are_listed_for_each_kind_of_code(open_figure):
    page = open_figure("semantic-codes")
    data = read("semantic-codes")  # what the library computes, says tests/book/test_hand.py
    page.get_by_label("Film", exact=True).focus()
    page.keyboard.type(data["films"][2])
    press(page, "radio", "text", "ArrowDown")  # behaviour
    press(page, "radio", "1", "ArrowDown")  # two digits
    kind = data["kinds"][1]
    assert page.locator("figure.hand ul li").all_inner_texts() == kind["others"][2][1]
    count = kind["counts"][2][1]
    assert says(page) == (
        f"behaviour: {data['films'][2]} has the code {', '.join(map(str, kind['codes'][2]))}. "
        f"{count} other {'film shares' if count == 1 else 'films share'} its first 2 of 3 digits."
    )


def test_fading_weighs_the_films_by_their_age_and_lists_what_ease_does(open_figure):
    page = open_figure("fading")
    data = read("fading")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "factor δ", "ArrowRight", "ArrowRight")
    press(page, "radio", "as it was", "ArrowDown")
    place, order = 4, 1
    decay = data["decays"][place]
    back = data["orderings"][order][::-1]
    weights = [[data["history"][film], f"{decay**age:.2f}"] for age, film in enumerate(back)]
    listed = [
        [data["films"][film], f"{score:.3f}"]
        for film, score in zip(
            data["best"][place][order], data["scores"][place][order], strict=True
        )
    ]
    assert bars(page) == weights + listed
    value, shuffled = data["ndcg"][place][0], data["ndcg_shuffled"][place]
    assert f"δ = {decay}: NDCG@10 on validation {value:.3f}, and {shuffled:.3f} with" in says(page)
    assert says(page).endswith(f"{listed[0][0]}.")


def test_calibration_moves_the_genres_of_a_list_as_the_library_does(open_figure):
    page = open_figure("calibrated-list")
    data = read("calibrated-list")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "trade-off γ", *["ArrowRight"] * 4)
    press(page, "radio", str(data["people"][0]["person"]), "ArrowRight")
    person = data["people"][1]
    shares = zip(person["genres"], person["profile"], person["listed"][4], strict=True)
    assert bars(page) == [
        [f"{genre}, {whose}", f"{int(100 * share + 0.5)} %"]
        for genre, *both in shares
        for whose, share in zip(("films", "list"), both, strict=True)
    ]
    ndcg, kl = data["means"][4]
    assert says(page) == (
        f"γ = {data['gammas'][4]:.2f}: person {person['person']} has a divergence of "
        f"{person['divergence'][4]:.2f}, with {person['new'][4]} of 10 films replaced. "
        f"Everybody on validation: NDCG@10 {ndcg:.3f}, divergence {kl:.2f}."
    )


def test_the_delay_of_events_lowers_the_bars_and_leaves_the_first_film_of_a_sitting(open_figure):
    page = open_figure("freshness")
    data = read("freshness")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "delay of an event", *["ArrowRight"] * 3)

    def shown(who, place):
        return [
            [model, f"{data['ndcg'][row][who][place][0]:.3f}"]
            for row, model in enumerate(data["models"])
        ]

    assert data["delays"][3] == "1 hour"
    assert bars(page) == shown(0, 3)
    value, low, high = data["ndcg"][0][0][3]
    assert says(page) == (
        f"Delay 1 hour: EASE, faded reaches {value:.3f} [{low:.3f}, {high:.3f}] on 9,872 "
        "questions of 163 people."
    )
    press(page, "radio", "all questions", "ArrowDown", "ArrowDown")
    assert bars(page)[:3] == shown(2, 0)[:3] == shown(2, 3)[:3]  # an hour makes no difference
    assert "102 people" in page.locator(".hand-curve").text_content()
    press(page, "slider", "delay of an event", "ArrowRight")
    assert bars(page) == shown(2, 4)


def test_the_words_beside_the_clock_order_the_threads(open_figure):
    page = open_figure("clock-and-words")
    data = read("clock-and-words")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "weight of the words", *["ArrowRight"] * 8)
    press(page, "radio", "A: the clock finds it", "ArrowDown")
    weight, join = data["weights"][8], data["joins"][1]
    scores = [r + weight * w for r, w in zip(join["recency"], join["words"], strict=True)]
    chances = softmax(torch.tensor(scores, dtype=torch.float64)).numpy()
    order = np.argsort(-chances)
    found = bars(page)
    assert [value for _, value in found] == [f"{chances[i]:.3f}" for i in order[:8]]
    assert [i for i, (name, _) in enumerate(found) if name.endswith("(joined)")] == [
        place for place, i in enumerate(order[:8]) if i == join["joined"]
    ]
    place = order.tolist().index(join["joined"]) + 1
    (value, *_), (alone, *_) = data["ndcg"][8], data["ndcg"][0]
    assert f"Weight {weight}: the thread that was joined is at place {place} of 13." in says(page)
    assert f"NDCG@10 is {value:.3f}, {MINUS}{alone - value:.3f} against" in says(page)


def test_words_and_pictures_order_the_neighbours(open_figure):
    page = open_figure("words-and-pictures")
    data = read("words-and-pictures")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "share of the picture β", *["ArrowRight"] * 4)
    press(page, "radio", "as written", "ArrowDown")
    share, near = data["shares"][4], data["asked"][0]["near"]
    scores = {name: (1 - share) * told[3] + share * told[1] for name, told in near.items()}
    order = sorted(scores, key=lambda name: -scores[name])[:8]
    same = [bool(near[name][0]) for name in order]
    expected = [
        f"{name} (same shelf)" if is_same else name
        for name, is_same in zip(order, same, strict=True)
    ]
    found = bars(page)
    assert [name for name, _ in found] == expected
    np.testing.assert_allclose([float(v) for _, v in found], [scores[n] for n in order], atol=6e-3)
    assert f"{sum(same)} of the eight nearest" in says(page)
    assert says(page).endswith(f"among ten is {data['value'][1][4][0]:.3f}.")


def test_profiles_push_a_film_where_the_person_has_their_fillers(open_figure):
    page = open_figure("shilling")
    data = read("shilling")  # what the library computes, says tests/book/test_hand.py
    press(page, "slider", "profiles", "ArrowRight", "ArrowRight")
    c, d = data["scores"][data["fillers"].index("AB")][2]
    assert bars(page) == [["D, pushed", f"{d:.2f}"], ["C", f"{c:.2f}"]]
    press(page, "checkbox", "C", "Space")
    c, d = data["scores"][data["fillers"].index("ABC")][2]
    assert bars(page) == [["C", f"{c:.2f}"], ["D, pushed", f"{d:.2f}"]]
    assert says(page) == (
        f"2 profiles with A, B, C: film D has {d:.2f}, film C {c:.2f}. Film D is second."
    )
