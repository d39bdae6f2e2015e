"""Every page is visited once: without a network, at all widths, in light and dark, on a phone.

One visit serves all four, since opening a page with its formulas takes longest.
"""

import pytest
from bs4 import BeautifulSoup
from screens import GENERATED, PAGES, PHONE, WIDE
from test_site_access import violations
from test_site_widths import OPEN_ALL, SETTLED, WIDTHS, looked_at

STILL = "* { transition: none !important; animation: none !important; }"
IN_THIS_LIGHT = """light => document.documentElement.dataset.theme === light
    && [...document.querySelectorAll('pre.mermaid')].every(d => d.querySelector('svg'))"""
# What a change of light can change: colours, and the diagrams, which are drawn anew.
OF_COLOUR = ("color-contrast", "link-in-text-block")
DIAGRAMS = "{include: ['.diagram']}"
WIDER = """width => [...document.querySelectorAll("article *")]
    .filter((e) => e.getBoundingClientRect().right > width)
    .slice(0, 5).map((e) => e.outerHTML.slice(0, 120))"""


def assert_drawn(page, html):
    """All formulas and diagrams are there, and each diagram says what it shows."""
    formulas = len(BeautifulSoup(html, "html.parser").select(".math"))
    assert page.locator("mjx-container").count() >= formulas
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    for diagram in page.locator(".diagram").all():
        assert diagram.locator("svg .node").count() >= 3
        assert diagram.locator("svg title").first.text_content().strip()
        diagram.locator("summary").click()
        assert len(diagram.locator("details p").inner_text()) > 100


def assert_accessible(page):
    """Axe finds nothing serious by all rules in light, and none that dark can break in dark."""
    page.add_style_tag(content=STILL)
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)
        page.wait_for_function(IN_THIS_LIGHT, arg=light)
        assert violations(page, rules=() if light == "light" else OF_COLOUR) == []
    if page.locator(".diagram").count():
        assert violations(page, DIAGRAMS) == []


def as_a_phone(page):
    """Turn the window into a phone's, and return how wide the page becomes."""
    devtools = page.context.new_cdp_session(page)
    phone = {**PHONE, "deviceScaleFactor": 1, "mobile": True}
    devtools.send("Emulation.setDeviceMetricsOverride", phone)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.evaluate(SETTLED)
    assert page.evaluate("navigator.maxTouchPoints") > 0
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("name", [*PAGES, *GENERATED, "index.html"])
def test_a_page_draws_itself_fits_every_screen_and_is_for_every_reader(reader, site, name):
    one = reader(color_scheme="light")
    page = one.open(name)
    assert_drawn(page, (site / name).read_text(encoding="utf-8"))
    page.evaluate(OPEN_ALL)
    if name in PAGES:
        assert {width: found for width in WIDTHS if (found := looked_at(page, width))} == {}
        page.set_viewport_size(WIDE)
    if name != "index.html":
        assert_accessible(page)
    if name in PAGES:
        assert as_a_phone(page) <= PHONE["width"], page.evaluate(WIDER, PHONE["width"])
    assert one.refused == []
    assert one.errors == []


@pytest.mark.parametrize(
    "name", ["book/index.html", "book/math/transformer.html", "book/back/glossary.html"]
)
def test_a_page_that_a_phone_has_loaded_fits_it_too(reader, name):
    page = reader(viewport=PHONE, has_touch=True, is_mobile=True).open(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_visit_would_find_what_is_wrong(reader):
    page = reader(color_scheme="light").open("book/back/faq.html")
    article = "document.querySelector('article')"
    page.evaluate(f"{article}.append(new Image(9, 9))")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)
    page.evaluate(f"{article}.lastChild.remove()")
    faint = "html[data-theme=dark] .faint { color: #222 }"  # which only dark shows
    page.add_style_tag(content=faint)
    page.evaluate(f"{article}.insertAdjacentHTML('beforeend', '<p class=faint>faint words</p>')")
    with pytest.raises(AssertionError, match="color-contrast"):
        assert_accessible(page)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.evaluate(f"{article}.insertAdjacentHTML('beforeend', '<p style=width:600px>wide</p>')")
    assert as_a_phone(page) > PHONE["width"]
