"""Chromium, as it is found on the machine, cut off from every network."""

import contextlib
import shutil

from steps import StepError

OPEN = []  # what this process has started: Playwright cannot be started twice
NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextlib.contextmanager
def browser():
    """Start Chromium, and end it; where this process has one open already, give that one.

    Raises StepError if it is not installed: the message says how to install it.
    """
    if OPEN:
        yield OPEN[0]
        return
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise StepError(
            f"none of {', '.join(NAMES)} is installed, and the book is drawn in a browser: "
            "install Chromium (Debian: apt-get install chromium; macOS: brew install chromium)"
        )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        OPEN.append(chromium)
        try:
            yield chromium
        finally:
            OPEN.clear()
            chromium.close()
