"""Readers who use a keyboard, a screen reader, little light or a phone."""

from book_files import ROOT
from screens import PAGES, PHONE

PLACES = (".search-button-field", ".bd-docs-nav a", ".theme-switch-button", "article a")
SHOWS_FOCUS = """(e) => {
    const style = getComputedStyle(e);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def violations(page, place="document", rules=()):
    """Run axe-core, by all rules or by some, and describe what it finds serious or critical."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"preload": False, "resultTypes": ["violations"]}
    options |= {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = page.evaluate(f"options => axe.run({place}, options).then(r => r.violations)", options)
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_axe_would_find_a_picture_without_words(reader):
    page = reader().open("book/index.html")
    page.evaluate("document.querySelector('article').append(new Image(9, 9))")
    assert any(found.startswith("image-alt") for found in violations(page))


def test_the_sidebar_opens_and_closes_on_a_phone(reader):
    page = reader(viewport=PHONE).open("book/index.html")
    entry = page.locator("nav.bd-docs-nav a", has_text="Glossary")
    assert not entry.is_visible()
    page.locator(".bd-header-article .primary-toggle").click()
    entry.wait_for(state="visible")
    page.keyboard.press("Escape")
    entry.wait_for(state="hidden")


def test_the_first_tab_stop_leads_past_the_navigation(reader):
    page = reader().open("book/index.html")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.inner_text() == "Skip to main content"
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"


def test_tab_reaches_search_navigation_and_buttons_and_shows_where_it_is(reader):
    page = reader().open("book/index.html")
    reached, stops = set(), 0
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement !== document.body") and stops < 60:
        focus = page.locator(":focus")
        assert focus.evaluate(SHOWS_FOCUS), focus.evaluate("e => e.outerHTML")[:200]
        reached |= {
            place for place in PLACES if focus.evaluate(f"e => Boolean(e.closest('{place}'))")
        }
        page.keyboard.press("Tab")
        stops += 1
    assert reached == set(PLACES)


def test_folds_open_by_keyboard(reader, site):
    name = next(n for n in PAGES if 'class="solution dropdown' in (site / n).read_text())
    page = reader().open(name)
    question = page.locator("details.sd-dropdown summary").first
    question.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.sd-dropdown").first.get_attribute("open") is not None
    solution = page.locator("div.solution.dropdown").first
    assert "toggle-hidden" in solution.get_attribute("class")
    solution.locator("button.toggle-button").focus()
    page.keyboard.press("Enter")
    assert "toggle-hidden" not in solution.get_attribute("class")


def test_the_switch_turns_the_page_dark_redraws_the_map_and_stays(reader):
    page = reader(color_scheme="light").open("book/index.html")
    background = "getComputedStyle(document.body).backgroundColor"
    drawn = page.locator(".diagram svg").first.inner_html()
    bright = page.evaluate(background)
    for _ in range(3):
        page.locator(".theme-switch-button").click()
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            break
    assert page.evaluate(background) != bright
    page.wait_for_function(
        "before => document.querySelector('.diagram svg').innerHTML !== before", arg=drawn
    )
    page.wait_for_timeout(500)  # a browser under load stores the choice a moment later
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
