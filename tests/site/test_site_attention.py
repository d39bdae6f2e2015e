"""The attention figure in a browser: by mouse, finger and keyboard, in light and dark."""

import re

import pytest
from screens import PHONE
from test_site_access import violations

from plmrec_lite.book.attention_view import AttentionView

TOKENS = ["[CLS]", "a", "killer", "<soundtrack>", *(f"word{i}" for i in range(16))]
T = len(TOKENS)
WEIGHTS = {
    "the word before": [[float(j == max(i - 1, 0)) for j in range(T)] for i in range(T)],
    "itself": [[float(j == i) for j in range(T)] for i in range(T)],
}
FRAME = """<!doctype html><html lang="en"><head><title>t</title>
<meta name="viewport" content="width=device-width"><style>body {{ margin: 8px; {colours} }}
</style></head><body><main><h1>t</h1>{view}</main></body></html>"""


@pytest.fixture
def show(browser):
    """A way to open the figure alone, and to see what its script complains of."""
    contexts = []

    def new(colours="", **options):
        contexts.append(browser.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
        view = AttentionView(TOKENS, WEIGHTS, start=2)._repr_html_()
        page.set_content(FRAME.format(colours=colours, view=view))
        return page

    yield new
    for context in contexts:
        context.close()


def state(page):
    """The word chosen, the shares shown, the height of the highest bar, and the sentence."""
    chosen = page.locator("button[aria-pressed=true] span").nth(1).inner_text()
    shares = [int(s.split()[0]) for s in page.locator(".attention-share").all_inner_texts()]
    heights = page.locator(".attention-bar").evaluate_all("bars => bars.map(b => b.clientHeight)")
    assert (heights.index(max(heights)), max(shares)) == (shares.index(100), 100)
    return chosen, shares.index(100), page.locator("[role=status]").inner_text()


def test_a_word_is_chosen_by_mouse_keyboard_and_finger(show):
    page = show(has_touch=True)
    assert state(page) == ("killer", 1, "killer attends most to a (100 %).")
    page.get_by_role("button", name="<soundtrack>").hover()
    assert state(page)[:2] == ("<soundtrack>", 2)
    page.get_by_role("button", name="[CLS]").focus()
    page.keyboard.press("Tab")
    assert state(page)[:2] == ("a", 0)
    page.get_by_role("button", name="word9").tap()
    assert state(page)[:2] == ("word9", TOKENS.index("word9") - 1)
    assert page.errors == []


def test_the_other_head_is_chosen_by_keyboard_and_keeps_the_word(show):
    page = show()
    page.get_by_role("radio", name="the word before").focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name="itself").is_checked()
    assert state(page)[:2] == ("killer", 2)
    assert page.errors == []


def test_two_figures_on_a_page_do_not_disturb_each_other(show):
    page = show()
    other = AttentionView(["one", "two"], {"only": [[0.5, 0.5], [0.0, 1.0]]})._repr_html_()
    page.set_content(FRAME.format(colours="", view=page.locator("main").inner_html() + other))
    page.get_by_role("button", name="two").hover()
    page.get_by_role("button", name="word3").hover()
    said = page.locator("[role=status]").all_inner_texts()
    assert [re.match(r"\w+", text)[0] for text in said] == ["word3", "two"]


@pytest.mark.parametrize(
    "colours", ["", "background: #15181c; color: #dde2e7; --pst-color-primary: #7dcbe2"]
)
def test_axe_finds_nothing_serious(show, colours):
    page = show(colours)
    page.locator("summary").click()
    assert violations(page) == []


def test_it_fits_on_a_phone(show):
    page = show(viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("summary").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = page.get_by_role("button", name="killer").bounding_box()
    assert min(box["width"], box["height"]) >= 40
