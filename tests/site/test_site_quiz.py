"""The quiz in a browser: by mouse, finger and keyboard, in light and dark, and on paper."""

import pytest
from book_files import ROOT
from bs4 import BeautifulSoup
from quiz_page import PAGE, build_page
from screens import PHONE
from test_site_access import violations

STATIC = ROOT / "book" / "_static"
FRAME = """<!doctype html><html lang="en" data-theme="{light}"><head><title>t</title>
<meta name="viewport" content="width=device-width"><style>{style}
body {{ margin: 8px; color: var(--pst-color-text-base); background: var(--pst-color-background); }}
</style></head><body><main class="bd-article"><h1>t</h1>{quiz}</main><script>{script}</script>
</body></html>"""


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    """The HTML of two questions."""
    html, _ = build_page(tmp_path_factory.mktemp("quiz"), "html", PAGE)
    return "".join(map(str, BeautifulSoup(html, "html.parser").select("fieldset.quiz")))


@pytest.fixture
def show(browser, questions):
    """A way to open the questions alone: ``show("dark", viewport=PHONE)``."""
    contexts = []

    def new(light="light", **options):
        contexts.append(browser.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        style = "".join((STATIC / f"{name}.css").read_text() for name in ("book", "quiz"))
        style = style.replace('url("vendor/', 'url("data:,')
        script = (STATIC / "quiz.js").read_text()
        page.set_content(FRAME.format(light=light, style=style, quiz=questions, script=script))
        return page

    yield new
    for context in contexts:
        context.close()


def said(page, number=1):
    """What a question answers."""
    return " ".join(page.locator(f"#quiz-{number} [role=status]").inner_text().split())


def test_a_click_answers_at_once_with_the_reason_and_a_second_replaces_it(show):
    page = show()
    assert said(page) == ""
    page.get_by_text("Zero, for every").first.click()
    assert said(page).startswith("a is not right. Only if the data holds no chance")
    assert page.locator("#quiz-1 [data-state=wrong]").count() == 1
    page.get_by_text("The entropy").first.click()
    assert said(page).startswith("b is right. No model does better")
    assert "Only if" not in said(page)
    assert page.locator("#quiz-1 [data-state]").get_attribute("data-state") == "right"
    assert said(page, 2) == ""
    assert page.errors == []


def test_the_keyboard_answers(show):
    page = show()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert said(page).startswith("a is not right.")
    page.keyboard.press("ArrowDown")
    assert said(page).startswith("b is right.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert said(page, 2).startswith("a is not right.")
    assert page.locator("details:visible").count() == 0


def test_a_screen_reader_hears_question_options_and_answer(show):
    page = show()
    group = page.get_by_role("group", name="Question 1 What is the best")
    assert group.get_by_role("radio").count() == 3
    group.get_by_role("radio", name="c One.").check()
    assert page.get_by_role("status").first.inner_text().startswith("c is not right.")


def test_without_a_script_the_reasons_stand_in_a_fold(show):
    page = show(java_script_enabled=False)
    assert not page.get_by_text("Only if the data").first.is_visible()
    page.get_by_text("The answer and the reasons").first.click()
    fold = page.locator("#quiz-1 details")
    assert fold.locator(".quiz-verdict").all_inner_texts() == [
        "a is not right.",
        "b is right.",
        "c is not right.",
    ]
    assert fold.get_by_text("Only if the data").is_visible()


def test_paper_shows_every_reason_and_the_screen_hides_them_again(show):
    page = show()
    page.get_by_role("radio", name="c One.").first.check()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    reasons = page.locator("#quiz-1 details .quiz-answer")
    assert [r.split()[0] for r in reasons.all_inner_texts()] == ["a", "b", "c"]
    assert all(reason.is_visible() for reason in reasons.all())
    assert page.locator("input:visible").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert said(page).startswith("c is not right.")
    assert page.locator("details:visible").count() == 0


@pytest.mark.parametrize("light", ["light", "dark"])
def test_axe_finds_nothing_serious(show, light):
    page = show(light)
    page.get_by_role("radio", name="a Zero").first.check()
    page.get_by_role("radio", name="b The entropy").last.check()
    assert violations(page) == []


def test_it_fits_on_a_phone_and_under_a_finger(show):
    page = show(viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_text("Zero, for every").first.tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    boxes = [option.bounding_box() for option in page.locator(".quiz-option").all()]
    assert min(box["height"] for box in boxes) >= 44
