import dataclasses
import errno
import hashlib
import importlib.util
import io
import os
import socket
import tarfile
import time
import zipfile

import pytest

from plmrec_lite.data.sources import downloads
from plmrec_lite.data.sources.downloads import SourceError, download, sha256_of
from plmrec_lite.data.sources.records import Source

WRONG = "0" * 64


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "staging"
    path.mkdir()
    return path


def test_a_checksum_of_known_bytes(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "abc") == known


def test_an_archive_arrives_whole(toy_source, folder):
    archive = download(toy_source, folder)
    assert archive == folder / "toy.zip"
    assert archive.stat().st_size == toy_source.size


def test_a_page_that_is_gone(toy_source, server, folder):
    server.replies.clear()
    with pytest.raises(SourceError, match=r"not reachable.*404"):
        download(toy_source, folder)


def test_a_refused_connection(toy_source, folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/toy.zip"
        with pytest.raises(SourceError, match=r"not reachable.*refused"):
            download(dataclasses.replace(toy_source, where=url), folder)


def test_an_unknown_host(toy_source, folder):
    source = dataclasses.replace(toy_source, where="http://nowhere.invalid/toy.zip")
    with pytest.raises(SourceError, match="not reachable"):
        download(source, folder)


def test_a_server_that_falls_silent_is_given_up(toy_source, server, folder, monkeypatch):
    def silent(handler):
        handler.begin(toy_source.size)
        handler.wfile.write(b"PK")
        handler.wfile.flush()
        time.sleep(0.6)

    server.replies["/toy.zip"] = silent
    monkeypatch.setattr(downloads, "SILENCE_S", 0.2)
    with pytest.raises(SourceError, match=r"not reachable.*timed out"):
        download(toy_source, folder)


def test_a_transfer_that_is_cut_off(toy_source, server, folder):
    whole = server.replies["/toy.zip"]

    def cut(handler):
        handler.begin(len(whole))
        handler.wfile.write(whole[:1000])

    server.replies["/toy.zip"] = cut
    with pytest.raises(SourceError, match=rf"cut off after 1,000 of {len(whole):,} bytes"):
        download(toy_source, folder)


def test_a_server_that_does_not_stop(toy_source, server, folder):
    server.replies["/toy.zip"] = server.replies["/toy.zip"] + bytes(1_000_000)
    with pytest.raises(SourceError, match=rf"sent more than the {toy_source.size:,} bytes"):
        download(toy_source, folder)
    assert (folder / "toy.zip").stat().st_size <= toy_source.size


def test_an_altered_archive_names_file_checksums_and_cure(toy_source, server, folder):
    altered = server.replies["/toy.zip"][:-1] + b"!"
    server.replies["/toy.zip"] = altered
    found = hashlib.sha256(altered).hexdigest()
    with pytest.raises(
        SourceError,
        match=rf"toy.zip is altered.*expected sha256 {toy_source.sha256}, found {found}.*upgrade",
    ):
        download(toy_source, folder)


def trickle(handler, whole, seconds=1.6, pieces=16):
    """Send an answer in small pieces."""
    handler.begin(len(whole))
    for start in range(0, len(whole), -(-len(whole) // pieces)):
        handler.wfile.write(whole[start : start + -(-len(whole) // pieces)])
        handler.wfile.flush()
        time.sleep(seconds / pieces)


def test_a_slow_server_shows_progress(toy_source, server, folder, capfd):
    whole = server.replies["/toy.zip"]
    server.replies["/toy.zip"] = lambda handler: trickle(handler, whole)
    assert download(toy_source, folder).read_bytes() == whole
    shown = capfd.readouterr()
    assert "fetching toy.zip" in shown.err
    assert "%" in shown.err
    assert shown.out == ""


def test_progress_can_be_turned_off(toy_source, server, folder, capfd, monkeypatch):
    whole = server.replies["/toy.zip"]
    server.replies["/toy.zip"] = lambda handler: trickle(handler, whole, seconds=1.2)
    monkeypatch.setenv("PLMREC_PROGRESS", "0")
    download(toy_source, folder)
    assert capfd.readouterr().err == ""


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of packages that is all pip knows of: no index, no settings of this machine."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "shelf"
    path.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(path))
    return path


@pytest.fixture
def wheel(shelf):
    """A wheel that is fetched but could not run here: it needs what there is not."""
    path = shelf / "toypack-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toypack/notes.txt", "notes")
        info = "toypack-1.0.dist-info/"
        meta = (
            "Metadata-Version: 2.1\nName: toypack\nVersion: 1.0\nRequires-Dist: nothing-such==9\n"
        )
        archive.writestr(info + "METADATA", meta)
        archive.writestr(
            info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        archive.writestr(info + "RECORD", "")
    return path


def described(path, kind="wheel"):
    return Source(kind, "toypack==1.0", sha256_of(path), path.stat().st_size, ())


def test_pip_brings_a_wheel_as_a_file_without_what_it_requires(wheel, folder):
    archive = download(described(wheel), folder)
    assert archive.read_bytes() == wheel.read_bytes()
    assert importlib.util.find_spec("toypack") is None


def test_a_wheel_with_another_hash_is_not_taken(wheel, folder):
    source = dataclasses.replace(described(wheel), sha256=WRONG)
    with pytest.raises(
        SourceError,
        match=rf"toypack==1.0 is altered.*expected sha256 {WRONG}, found {sha256_of(wheel)}",
    ):
        download(source, folder)


def test_a_package_that_no_index_has(shelf, folder):
    source = Source("wheel", "toypack==1.0", WRONG, 1, ())
    with pytest.raises(SourceError, match=r"pip said: No matching distribution.*toypack"):
        download(source, folder)


def test_no_package_index_reachable(shelf, folder, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    source = Source("wheel", "toypack==1.0", WRONG, 1, ())
    with pytest.raises(SourceError, match="no package index reachable"):
        download(source, folder)


@pytest.fixture
def failing_pip(tmp_path, monkeypatch):
    """Put a pip in front of the real one that fails with the words it is given."""

    def fail_with(words):
        module = tmp_path / "stub" / "pip"
        module.mkdir(parents=True)
        (module / "__init__.py").touch()
        (module / "__main__.py").write_text(f"print({words!r})\nraise SystemExit(2)\n")
        monkeypatch.setenv("PYTHONPATH", str(module.parent))

    return fail_with


def test_a_disk_that_fills_up_under_pip_is_no_fault_of_the_source(failing_pip, folder):
    failing_pip("ERROR: Exception:\nTraceback:\nOSError: [Errno 28] No space left on device")
    with pytest.raises(OSError, match="No space left") as caught:
        download(Source("wheel", "toypack==1.0", WRONG, 1, ()), folder)
    assert caught.value.errno == errno.ENOSPC


def test_a_pip_that_breaks_is_quoted_by_its_last_words(failing_pip, folder):
    failing_pip("ERROR: Exception:\nTraceback:\nKeyError: 'something'\n")
    with pytest.raises(SourceError, match=r"pip said: KeyError: 'something'$"):
        download(Source("wheel", "toypack==1.0", WRONG, 1, ()), folder)


def test_without_pip_the_error_says_how_to_get_it(folder, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match=r"no pip.*python -m ensurepip.*uv pip install pip"):
        download(Source("wheel", "toypack==1.0", WRONG, 1, ()), folder)


@pytest.fixture
def sdist(shelf):
    """A source package whose build step leaves a mark beside it when it runs."""
    about = "Metadata-Version: 2.1\nName: toypack\nVersion: 1.0\n"
    backend = (
        "import os, pathlib\n"
        f"pathlib.Path({str(shelf / 'ran')!r}).touch()\n"
        "def prepare_metadata_for_build_wheel(folder, settings=None):\n"
        "    info = pathlib.Path(folder) / 'toypack-1.0.dist-info'\n"
        "    info.mkdir()\n"
        f"    (info / 'METADATA').write_text({about!r})\n"
        "    return info.name\n"
        "def build_wheel(folder, settings=None, metadata=None):\n"
        "    raise NotImplementedError\n"
    )
    project = "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    path = shelf / "toypack-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (
            ("backend.py", backend),
            ("pyproject.toml", project),
            ("PKG-INFO", about),
        ):
            member = tarfile.TarInfo(f"toypack-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_an_sdist_is_taken_where_the_record_says_so(sdist, wheel, shelf, folder):
    assert download(described(sdist, "sdist"), folder).name == "toypack-1.0.tar.gz"
    assert (shelf / "ran").exists()  # pip asks a source package for its name: hence the next test


def test_nothing_of_an_altered_sdist_is_run(sdist, shelf, folder):
    source = dataclasses.replace(described(sdist, "sdist"), sha256=WRONG)
    with pytest.raises(SourceError, match=r"toypack==1.0 is altered"):
        download(source, folder)
    assert not (shelf / "ran").exists()
