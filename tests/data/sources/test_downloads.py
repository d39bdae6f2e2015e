import dataclasses
import hashlib
import socket
import sys
import time

import pytest

from plmrec_lite.data.sources import downloads
from plmrec_lite.data.sources.downloads import download, sha256_of
from plmrec_lite.data.sources.package_index import SourceError


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


def test_a_slow_server_shows_progress_to_who_watches(
    toy_source, server, folder, capsys, monkeypatch
):
    monkeypatch.delenv("PLMREC_PROGRESS", raising=False)
    whole = server.replies["/toy.zip"]
    server.replies["/toy.zip"] = lambda handler: trickle(handler, whole)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert download(toy_source, folder).read_bytes() == whole
    shown = capsys.readouterr()
    assert "fetching toy.zip" in shown.err
    assert "%" in shown.err
    assert "k/110k" in shown.err  # bytes, not chunks
    assert shown.out == ""


def test_a_redirect_is_followed(toy_source, server, folder):
    whole = server.replies.pop("/toy.zip")

    def moved(handler):
        handler.send_response(302)
        handler.send_header("Location", "/new.zip")
        handler.end_headers()

    server.replies |= {"/toy.zip": moved, "/new.zip": whole}
    assert download(toy_source, folder).read_bytes() == whole
