"""A local server that behaves as told, a made-up data set on it, and an empty cache."""

import dataclasses
import hashlib
import http.server
import io
import threading
import zipfile

import pytest

from plmrec_lite.data.sources.records import Dataset, File, Source
from plmrec_lite.data.sources.registry import DATASETS

NOTES = b"one line\nanother line\n" * 5000


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def zipped(members):
    """Make a zip archive of {name: content}, always the same bytes, stored uncompressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


class Server:
    """An HTTP server; ``replies[path]`` is bytes, or a function that is given the handler."""

    def __init__(self):
        self.replies = {}
        self.requests = []
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                served.requests.append(self.path)
                reply = served.replies.get(self.path)
                if reply is None:
                    self.send_error(404)
                elif callable(reply):
                    reply(self)
                else:
                    self.begin(len(reply))
                    self.wfile.write(reply)

            def begin(self, length):
                self.send_response(200)
                self.send_header("Content-Length", str(length))
                self.end_headers()

            def log_message(self, *_):
                """Keep quiet."""

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = Server()
    yield running
    running.close()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty cache."""
    folder = tmp_path / "home"
    monkeypatch.setenv("PLMREC_HOME", str(folder))
    return folder


@pytest.fixture
def toy_source(server):
    """Serve a small archive, and describe it as the registry does."""
    archive = zipped({"toy/notes.txt": NOTES, "toy/other.txt": b"not wanted"})
    server.replies["/toy.zip"] = archive
    notes = File("toy/notes.txt", sha256(NOTES), len(NOTES))
    return Source("url", f"{server.url}/toy.zip", sha256(archive), len(archive), (notes,))


@pytest.fixture
def toy(toy_source, monkeypatch):
    """Register a data set whose one source is the small archive."""
    record = Dataset("toy", "Notes", "CC0", "Nobody", "", {"lines": 10_000}, (toy_source,))
    monkeypatch.setitem(DATASETS, "toy", record)
    return record


@pytest.fixture
def cut(toy, server, monkeypatch):
    """Register the same data set with its archive cut into two pieces, each in an archive."""
    (source,) = toy.sources
    content = server.replies["/toy.zip"]
    parts = []
    for number, piece in enumerate((content[:70_000], content[70_000:]), start=1):
        packed = zipped({f"part/toy.zip.{number}": piece})
        server.replies[f"/part{number}.zip"] = packed
        file = File(f"part/toy.zip.{number}", sha256(piece), len(piece))
        address = f"{server.url}/part{number}.zip"
        parts.append(Source("url", address, sha256(packed), len(packed), (file,)))
    source = dataclasses.replace(source, kind="parts", where="toy.zip", parts=tuple(parts))
    record = dataclasses.replace(toy, sources=(source,))
    monkeypatch.setitem(DATASETS, "toy", record)
    return record
