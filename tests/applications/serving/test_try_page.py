"""The pages of the service in a real browser, cut off from every other network."""

import shutil
from urllib.parse import urlsplit

import httpx
import pytest
from chromium import browser as chromium_browser
from playwright.sync_api import expect

AXE = "node_modules/axe-core/axe.min.js"
PATIENCE = 120_000  # milliseconds: a busy machine is slow, and no fault of the page
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def browser():
    with chromium_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def shared(shop, tmp_path_factory, start_services):
    """A service for all tests that neither stop it nor need a token."""
    folder = tmp_path_factory.mktemp("pages") / "served"
    return start_services(shutil.copytree(shop, folder), "--rate", "1e6")


@pytest.fixture
def opened(browser, shared, folder, serve):
    """A way to open a page of a service; what leaves the machine, or fails, ends the test."""
    wrong, contexts = [], []

    def note(request):
        if urlsplit(request.url).hostname != "127.0.0.1" and not request.url.startswith("data:"):
            wrong.append(request.url)

    def open_page(path="/", *, env=None, **options):
        service = shared if env is None else serve(folder, env=env)
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", lambda r: r.abort())
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", note)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(service.url + path)
        page.service = service
        return page

    yield open_page
    assert wrong == []
    for context in contexts:
        context.close()


def shows(page, name, words):
    """Waits without `wait_for_function`: its later looks are `eval`, which the pages forbid."""
    expect(page.locator(f"#{name}")).to_contain_text(words, timeout=PATIENCE)


def status_of(page, words):
    shows(page, "status", words)
    return page.inner_text("#status")


def test_a_person_tries_all_four_by_keyboard_alone(opened):
    page = opened()
    before = httpx.get(page.service.url + "/health").json()["n_events"]
    shows(page, "serves", "24 items")
    page.keyboard.press("Tab")  # the link
    page.keyboard.press("Tab")  # the token
    page.keyboard.press("Tab")
    page.keyboard.type("a film of love")
    page.keyboard.press("Enter")
    assert status_of(page, "by words") == "5 items, by words."
    assert page.locator("#answer tbody tr").count() == 5
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("p3")
    page.keyboard.press("Enter")
    assert status_of(page, "from 6 events") == "5 items, from 6 events."
    first = page.inner_text("#answer tbody tr:first-child td:first-child")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.type("p3")
    page.keyboard.press("Tab")
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    status_of(page, "The event is kept.")
    page.keyboard.press("Enter")  # the same again is meant: another event
    status_of(page, "The event is kept.")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("p3")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    assert "it was met already" in status_of(page, "the sum of what these events add")
    assert page.locator("#answer tbody tr").count() > 1
    assert httpx.get(page.service.url + "/health").json()["n_events"] == before + 2


def test_a_refusal_shows_value_and_cure_and_markup_stays_text(opened):
    page = opened(env={})
    page.fill("form[data-path='/recommend'] [name=person]", "<img src=x onerror=alert(1)>")
    page.click("form[data-path='/recommend'] button")
    said = status_of(page, "is not known")
    assert "<img src=x" in said
    assert "To do: send an event" in said
    assert page.locator("#status img").count() == 0
    assert page.get_attribute("#status", "class") == "wrong"
    page.service.process.kill()
    page.service.process.wait()
    page.click("form[data-path='/recommend'] button")
    status_of(page, "The service does not answer")


def test_an_event_whose_answer_was_lost_keeps_its_id(opened):
    page, ids = opened(), []
    page.on("request", lambda r: ids.append(r.post_data_json["id"]) if r.method == "POST" else None)
    page.fill("form[data-path='/event'] [name=person]", "p3")
    page.fill("form[data-path='/event'] [name=item]", "104")
    page.route("**/event", lambda route: route.abort())
    page.click("form[data-path='/event'] button")
    status_of(page, "does not answer")
    page.unroute("**/event")
    page.click("form[data-path='/event'] button")
    status_of(page, "The event is kept.")
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_a_token_is_asked_for_and_borne(opened):
    page = opened(env={"PLMREC_TOKEN": "a-token-of-this-test"})
    page.fill("form[data-path='/search'] [name=query]", "war")
    page.click("form[data-path='/search'] button")
    assert "Bearer TOKEN" in status_of(page, "no token")
    page.fill("#token", "a-token-of-this-test")
    page.click("form[data-path='/search'] button")
    status_of(page, "5 items, by words.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_fit_a_phone_and_axe_finds_nothing(opened, scheme, request):
    page = opened(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    axe = (request.config.rootpath / AXE).read_text(encoding="utf-8")
    for path in ("/", "/docs"):
        page.goto(page.service.url + path)
        if path == "/":
            page.fill("form[data-path='/search'] [name=query]", "war")
            page.click("form[data-path='/search'] button")
            status_of(page, "by words")
        else:
            page.wait_for_selector("section >> nth=4")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert "rgb" in (paper := page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document).then(r => r.violations.map(v => v.id + v.help))")
        assert found == []


def test_the_description_shows_each_question_with_its_limits(opened):
    page = opened("/docs")
    page.wait_for_selector("section >> nth=4")
    said = page.inner_text("main")
    for words in (
        "POST /recommend",
        "POST /event",
        "GET /health",
        "how many items, 1 to 24",
        "507",
    ):
        assert words in said
    curl = page.inner_text("section:has(h2:text('/search')) pre")
    assert '{"query":"space horror"}' in curl
