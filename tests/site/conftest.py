"""A real browser that is cut off from every network."""

from urllib.parse import urlsplit

import pytest
from chromium import browser as chromium_browser
from screens import WIDE


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, found on the machine."""
    with chromium_browser() as chromium:
        yield chromium


class Reader:
    """A reader with one browser window: opens pages, and notes what should not happen.

    ``errors`` are the messages of a page's scripts, ``refused`` the requests that would have
    left the machine.
    """

    def __init__(self, browser, site, **options):
        self.errors, self.refused, self.site = [], [], site
        self.context = browser.new_context(**{"offline": True, **options})
        self.page = self.context.new_page()
        self.page.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)

    def _note_request(self, request):
        """Keep what would have left the machine, had the window not been cut off."""
        address = urlsplit(request.url)
        if address.scheme not in ("file", "data", "blob") and address.hostname != "127.0.0.1":
            self.refused.append(request.url)

    def _note(self, message):
        """Keep what a page's scripts complain of."""
        if message.type == "error":
            self.errors.append(message.text)

    def open(self, name):
        """Open a page, such as ``book/index.html``; wait until it has led on and is drawn."""
        self.page.goto((self.site / name).as_uri())
        self.page.wait_for_function(
            """async () => {
                if (document.querySelector("meta[http-equiv=refresh i]")) return false;
                if (window.MathJax && !MathJax.startup?.promise) return false;
                await window.MathJax?.startup.promise;
                const diagrams = [...document.querySelectorAll("pre.mermaid")];
                return document.readyState === "complete"
                    && diagrams.every((diagram) => diagram.querySelector("svg"));
            }"""
        )
        return self.page


@pytest.fixture
def reader(browser, site):
    """A way to open a window: ``reader(viewport=PHONE, color_scheme="dark")``.

    With ``offline=False`` it may reach a server of this machine.
    """
    readers = []

    def new(**options):
        readers.append(Reader(browser, site, **{"viewport": WIDE, **options}))
        return readers[-1]

    yield new
    for one in readers:
        one.context.close()
