"""Search, from a folder and from a server."""

import functools
import http.server
import threading

import pytest


@pytest.fixture
def served(site):
    """The address of a server for the built pages on this machine."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    handler.log_message = lambda *arguments: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/book/index.html"
    server.shutdown()
    server.server_close()


def search(page, words):
    page.keyboard.press("Control+k")
    page.locator("#pst-search-dialog input").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    return page.locator("#search-results li a")


@pytest.mark.parametrize("words", ["EASE", "attention"])
def test_search_in_a_folder_finds_and_opens(reader, words):
    one = reader()
    hits = search(one.open("book/index.html"), words)
    hits.first.click()
    one.page.wait_for_selector("article h1")
    assert words.lower() in one.page.locator("article").inner_text().lower()
    assert one.refused == []
    assert one.errors == []


def test_search_on_a_server_shows_what_surrounds_the_hit(reader, served):
    one = reader(offline=False)
    one.page.goto(served)
    search(one.page, "EASE")
    summary = one.page.locator("#search-results p.context").first
    summary.wait_for()
    assert "ease" in summary.inner_text().lower()
    assert one.refused == []
    assert one.errors == []


def test_search_for_nonsense_says_that_it_found_nothing(reader):
    page = reader().open("search.html")
    page.goto(page.url + "?q=xyzzyplugh")
    page.wait_for_selector("text=did not match any documents")
