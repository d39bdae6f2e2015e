"""A classroom without a network, for one machine: runs in a namespace of its own, as root of it.

    unshare -rnm --kill-child python offline_room.py STICK FOLDER PAGE ...

Nothing but loopback is there, the stick can only be read, the home folder is empty. Prints what
was seen as JSON, in the last line.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PATIENCE_S = 120
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A page has led on to the one that it stands for, and all that it loads is there.
DRAWN = """() => document.readyState === "complete"
    && !document.querySelector("meta[http-equiv=refresh i]")"""


class Room:
    """The reader's machine: a home folder, a stick, and the time that each step takes."""

    def __init__(self, stick, folder):
        self.home, self.stick, self.seen = folder / "home", folder / "stick", {}
        self.work = self.home / "plmrec-book"
        for place in (self.home, self.stick):
            place.mkdir()
        for words in (
            ["ip", "link", "set", "lo", "up"],
            ["mount", "--bind", stick, self.stick],
            ["mount", "-o", "remount,bind,ro", self.stick],
        ):
            subprocess.run(words, check=True)

    def start(self, *words, of=None):
        """Run the start script with nothing in the environment but a home and the system's path."""
        began = time.monotonic()
        done = subprocess.run(
            ["sh", str((of or self.stick) / "start.sh"), *words],
            env=self.variables(),
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = round(time.monotonic() - began, 1)
        return {"code": done.returncode, "said": done.stdout + done.stderr, "seconds": seconds}

    def variables(self):
        """What a fresh user's shell has; and the cores that the caller grants."""
        kept = {k: os.environ[k] for k in ("OMP_NUM_THREADS", "PLMREC_PYTHON") if k in os.environ}
        path = "/usr/local/bin:/usr/bin:/bin"
        return {"HOME": str(self.home), "PATH": path, "LANG": "C.UTF-8", **kept}

    def look(self):
        """Note the network, and whether the stick can be written."""
        self.seen["interfaces"] = [name for _, name in socket.if_nameindex()]
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=2).close()
            self.seen["reached"] = True
        except OSError as error:
            self.seen["reached"] = error.strerror
        try:
            (self.stick / "mine").touch()
            self.seen["written"] = True
        except OSError as error:
            self.seen["written"] = error.strerror

    def answer_of_jupyterlab(self):
        """Start JupyterLab, and ask it for its version and for a page of the book."""
        options = ["--no-browser", "--allow-root", "--port=8899", "--IdentityProvider.token=secret"]
        lab = subprocess.Popen(
            ["sh", str(self.work / "start.sh"), "lab", *options],
            env=self.variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        address = "http://127.0.0.1:8899/api/contents/start/setup.ipynb?content=0&token=secret"
        try:
            for _ in range(PATIENCE_S):
                try:
                    with urllib.request.urlopen(address, timeout=10) as answer:
                        return json.load(answer)["type"]
                except OSError:
                    time.sleep(1)
            return None
        finally:
            lab.terminate()
            lab.wait(PATIENCE_S)
            self.seen["lab_lives_on"] = self.answers(address)

    def answers(self, address):
        """Tell whether somebody answers at an address."""
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except OSError:
            return False
        return True

    def visit(self, names):
        """Open pages of the site from the stick, and follow a search to its first hit."""
        from playwright.sync_api import sync_playwright

        found = next(filter(None, map(shutil.which, BROWSERS)))
        wrong, titles = [], []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            page = browser.new_page()
            page.on("requestfailed", lambda request: wrong.append(request.url))
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
            for name in names:
                page.goto((self.stick / name).as_uri())
                page.wait_for_function(DRAWN)
                titles.append(page.title())
            page.locator("mjx-container").first.wait_for(state="attached")
            page.keyboard.press("Control+k")
            page.locator("#pst-search-dialog input").fill("attention")
            page.keyboard.press("Enter")
            page.locator("#search-results li a").first.click()
            page.wait_for_selector("article h1")
            page.wait_for_function(DRAWN)
            titles.append(page.title())
            browser.close()
        return {"titles": titles, "wrong": wrong}


def main(stick, folder, pages):
    """Go through a workshop: read, set up, give the stick away, run pages, open JupyterLab."""
    room = Room(stick, folder)
    room.look()
    site = ["READ-ME-FIRST.html", "site/index.html", "site/book/math/cross-entropy.html"]
    room.seen["site"] = room.visit(site)
    room.seen["check"] = room.start("check")
    room.seen["setup"] = room.start("setup")
    subprocess.run(["umount", room.stick], check=True)  # the next person has it
    run = ["python", "tools/run_page.py", *pages]
    room.seen["pages"] = room.start(*run, of=room.work)
    room.seen["doctor"] = room.start("python", "-m", "plmrec_lite", "doctor", of=room.work)
    room.seen["lab"] = room.answer_of_jupyterlab()
    print(json.dumps(room.seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
