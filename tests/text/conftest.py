"""A tiny BERT on disk, and a server that plays the Hugging Face hub."""

import hashlib
import http.server
import json
import threading

import pytest
from trainings import labelled, write_tiny_bert

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory):
    """A folder with a two-layer BERT of random weights that reads 16 tokens."""
    return write_tiny_bert(tmp_path_factory.mktemp("tiny-bert"))


@pytest.fixture(scope="session")
def still_bert(tmp_path_factory):
    """The tiny BERT without dropout."""
    return write_tiny_bert(tmp_path_factory.mktemp("still-bert"), dropout=0.0)


@pytest.fixture(scope="session")
def small_texts():
    """64 labelled texts of one to eight words."""
    return labelled(64)


class HubServer:
    """Serves model folders as the hub does: a listing, then files with their checksums."""

    def __init__(self):
        self.folders = {}
        self.cut_after = None  # bytes of the weights to send before hanging up
        self.requests = []
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                """Stay quiet."""

            def do_HEAD(self):
                self.answer(body=False)

            def do_GET(self):
                self.answer(body=True)

            def answer(self, body):
                hub.requests.append(f"{self.command} {self.path}")
                parts = self.path.split("?")[0].strip("/").split("/")
                if parts[:2] == ["api", "models"]:
                    name = "/".join(parts[2:4])
                    if name not in hub.folders:
                        return self.reply(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body)
                    files = sorted(p.name for p in hub.folders[name].iterdir())
                    kind = {"Content-Type": "application/json"}
                    if parts[4:5] == ["tree"]:
                        sizes = {p.name: p.stat().st_size for p in hub.folders[name].iterdir()}
                        tree = [
                            {"type": "file", "path": file, "size": sizes[file], "oid": "0" * 40}
                            for file in files
                        ]
                        return self.reply(200, json.dumps(tree).encode(), kind, body)
                    listing = {
                        "id": name,
                        "modelId": name,
                        "sha": COMMIT,
                        "siblings": [{"rfilename": file} for file in files],
                        "tags": [],
                        "downloads": 0,
                        "likes": 0,
                        "private": False,
                    }
                    return self.reply(200, json.dumps(listing).encode(), kind, body)
                folder = hub.folders.get("/".join(parts[:2]))
                path = folder / parts[-1] if folder else None
                if path is None or not path.is_file():
                    return self.reply(404, b"", {"X-Error-Code": "EntryNotFound"}, body)
                content = path.read_bytes()
                headers = {
                    "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                    "X-Repo-Commit": COMMIT,
                    "Accept-Ranges": "bytes",
                }
                status, start = 200, 0
                if body and (span := self.headers.get("Range")):
                    start = int(span.removeprefix("bytes=").split("-")[0])
                    status = 206
                    headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
                cut = hub.cut_after if path.suffix == ".safetensors" and body else None
                return self.reply(status, content[start:], headers, body, cut)

            def reply(self, status, content, headers, body, cut=None):
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if body:
                    self.wfile.write(content if cut is None else content[:cut])
                if cut is not None:
                    self.close_connection = True

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hub():
    server = HubServer()
    yield server
    server.close()
