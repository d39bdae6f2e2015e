import contextlib
import dataclasses
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from plmrec_lite.data.sources.downloads import sha256_of
from plmrec_lite.data.sources.fetch import CacheError, FetchError, cache_home, fetch, find_cached
from plmrec_lite.data.sources.records import File
from plmrec_lite.data.sources.registry import DATASETS
from plmrec_lite.runtime import shell_command

# A process of its own that fetches the made-up data set.
CHILD = """
import sys
from plmrec_lite.data.sources import records
from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.records import Dataset, File, Source
from plmrec_lite.data.sources.registry import DATASETS
from plmrec_lite.runtime import shell_command
DATASETS["toy"] = eval(sys.argv[1], vars(records))
print(fetch("toy")["notes.txt"])
"""


def start_child(record):
    command = [sys.executable, "-c", CHILD, repr(record)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def left_over(home):
    return [path.name for path in home.iterdir() if path.name != "toy"]


def test_the_cache_is_where_the_reader_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path))
    assert cache_home() == tmp_path
    monkeypatch.setenv("PLMREC_HOME", "~/lessons")
    assert cache_home() == Path.home() / "lessons"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLMREC_HOME", "here")
    assert cache_home() == tmp_path / "here"


def test_the_cache_is_the_users_own_otherwise(monkeypatch):
    monkeypatch.delenv("PLMREC_HOME", raising=False)
    assert cache_home() == Path(platformdirs.user_cache_dir("plmrec-lite"))


@pytest.mark.parametrize("ask", [fetch, find_cached])
def test_an_unknown_name_is_refused(ask, home):
    with pytest.raises(ValueError, match="unknown data set 'toys'"):
        ask("toys")
    assert not home.exists()


def test_the_first_fetch_downloads_and_the_second_does_not(toy, home, server):
    assert find_cached("toy") is None
    files = fetch("toy")
    assert files == {"notes.txt": home / "toy" / "notes.txt"}
    assert files["notes.txt"].read_bytes().startswith(b"one line\n")
    assert fetch("toy") == find_cached("toy") == files
    assert server.requests == ["/toy.zip"]
    assert left_over(home) == []


def test_a_cached_data_set_needs_no_writing(toy, home, monkeypatch):
    files = fetch("toy")

    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    for name in ("mkdir", "replace", "rename", "remove", "rmdir"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert fetch("toy") == files


def test_a_copied_cache_serves_without_a_network(toy, home, server, tmp_path, monkeypatch):
    fetch("toy")
    shutil.copytree(home, tmp_path / "stick")
    server.replies.clear()
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path / "stick"))
    assert fetch("toy") == {"notes.txt": tmp_path / "stick" / "toy" / "notes.txt"}


@pytest.mark.parametrize("spoil", ["alter", "shorten", "delete"])
def test_a_spoilt_file_is_fetched_again(spoil, toy, home, capsys):
    path = fetch("toy")["notes.txt"]
    good = path.read_bytes()
    if spoil == "delete":
        path.unlink()
    else:
        path.write_bytes(good[:-1] + b"!" if spoil == "alter" else good[:100])
    capsys.readouterr()
    assert find_cached("toy") is None
    assert fetch("toy")["notes.txt"].read_bytes() == good
    said = capsys.readouterr().err
    assert ("no notes.txt" if spoil == "delete" else "notes.txt is altered") in said


def test_the_next_source_is_tried_and_the_failure_told(toy, home, server, monkeypatch, capsys):
    gone = dataclasses.replace(toy.sources[0], where=f"{server.url}/gone.zip")
    monkeypatch.setitem(DATASETS, "toy", dataclasses.replace(toy, sources=(gone, *toy.sources)))
    assert fetch("toy")["notes.txt"].is_file()
    assert server.requests == ["/gone.zip", "/toy.zip"]
    assert "404" in capsys.readouterr().err


def test_an_altered_source_is_not_used_and_the_next_one_is(toy, home, server, monkeypatch):
    server.replies["/bad.zip"] = server.replies["/toy.zip"][:-1] + b"!"
    bad = dataclasses.replace(toy.sources[0], where=f"{server.url}/bad.zip")
    monkeypatch.setitem(DATASETS, "toy", dataclasses.replace(toy, sources=(bad, *toy.sources)))
    assert find_cached("toy") is None
    fetch("toy")
    assert find_cached("toy") is not None


def test_with_no_source_the_error_lists_each_with_its_reason_and_one_cure(
    toy, home, server, monkeypatch
):
    whole = server.replies.pop("/toy.zip")
    server.replies["/bad.zip"] = whole[:-1] + b"!"
    bad = dataclasses.replace(toy.sources[0], where=f"{server.url}/bad.zip")
    monkeypatch.setitem(DATASETS, "toy", dataclasses.replace(toy, sources=(*toy.sources, bad)))
    with pytest.raises(FetchError) as caught:
        fetch("toy")
    said = str(caught.value)
    assert f"the cache, {home / 'toy'}: nothing there" in said
    assert f"{server.url}/toy.zip: not reachable (HTTP Error 404" in said
    assert f"bad.zip is altered at its source: expected sha256 {bad.sha256}" in said
    assert said.count(f"`{shell_command('data', 'toy')}`") == 1
    assert f"copy the folder {home} " in said and "set PLMREC_HOME" in said
    assert left_over(home) == []
    assert list((home / "toy").iterdir()) == []


def test_an_archive_that_holds_other_files_than_its_record(toy, home, monkeypatch):
    (source,) = toy.sources
    file = dataclasses.replace(source.files[0], sha256="0" * 64)
    wrong = dataclasses.replace(toy, sources=(dataclasses.replace(source, files=(file,)),))
    monkeypatch.setitem(DATASETS, "toy", wrong)
    with pytest.raises(FetchError, match=r"toy.zip holds other files: notes.txt is altered"):
        fetch("toy")
    assert find_cached("toy") is None


def test_a_fetch_killed_in_the_middle_is_completed_by_the_next(toy, home, server):
    whole = server.replies["/toy.zip"]
    half_sent = []

    def stuck(handler):
        handler.begin(len(whole))
        handler.wfile.write(whole[: len(whole) // 2])
        handler.wfile.flush()
        half_sent.append(True)
        time.sleep(1)

    server.replies["/toy.zip"] = stuck
    child = start_child(toy)
    while not half_sent or not any(home.glob(".fetching-*/toy.zip")):
        assert child.poll() is None, child.communicate()[1]
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert left_over(home) != []
    assert find_cached("toy") is None

    server.replies["/toy.zip"] = whole
    assert fetch("toy") == find_cached("toy")
    (left,) = left_over(home)
    day_before = time.time() - 25 * 3600
    os.utime(home / left, (day_before, day_before))
    (home / "toy" / "notes.txt").unlink()
    fetch("toy")
    assert left_over(home) == []


def test_two_fetches_at_once_both_end_well(toy, home, server):
    whole = server.replies["/toy.zip"]

    def slow(handler):
        handler.begin(len(whole))
        handler.wfile.write(whole[:1000])
        handler.wfile.flush()
        deadline = time.monotonic() + 5
        while len(server.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        handler.wfile.write(whole[1000:])

    server.replies["/toy.zip"] = slow
    children = [start_child(toy) for _ in range(2)]
    ended = [child.communicate() for child in children]
    assert [child.returncode for child in children] == [0, 0], ended
    assert [out.strip() for out, _ in ended] == [str(home / "toy" / "notes.txt")] * 2
    assert server.requests == ["/toy.zip"] * 2
    assert find_cached("toy") is not None
    assert left_over(home) == []


def test_a_home_that_is_a_file_is_named_with_the_cure(toy, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLMREC_HOME", str(tmp_path / "file"))
    with pytest.raises(CacheError, match=rf"{tmp_path / 'file'}.*set PLMREC_HOME to a folder"):
        fetch("toy")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_cache_that_cannot_be_written_is_named_with_the_cure(code, toy, home, monkeypatch):
    def refuse(self, *_, **__):
        raise OSError(code, os.strerror(code), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CacheError, match=rf"{home / 'toy'} cannot be used .*set PLMREC_HOME"):
        fetch("toy")


@pytest.mark.parametrize("full_at", ["download", "unpacking", "moving"])
def test_a_full_disk_leaves_nothing_that_would_be_used(full_at, toy, home, server, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    real_open = Path.open

    @contextlib.contextmanager
    def open_on_full_disk(path, mode="r", **options):
        with real_open(path, mode, **options) as file:
            if "w" in mode and path.suffix == (".zip" if full_at == "download" else ".txt"):
                file.write(b"PK half of a")
                full()
            yield file

    with monkeypatch.context() as patch:
        if full_at == "moving":
            patch.setattr(os, "replace", full)
        else:
            patch.setattr(Path, "open", open_on_full_disk)
        with pytest.raises(CacheError, match=rf"no space left for toy in {home / 'toy'}.*0 MB"):
            fetch("toy")
    assert find_cached("toy") is None
    assert list((home / "toy").iterdir()) == left_over(home) == []
    assert fetch("toy")["notes.txt"].is_file()


def test_an_archive_that_is_kept_as_it_came(toy, home, server, monkeypatch):
    (source,) = toy.sources
    whole = dataclasses.replace(source, files=(File("kept.zip", source.sha256, source.size),))
    assert whole.is_kept_whole and not source.is_kept_whole
    monkeypatch.setitem(DATASETS, "toy", dataclasses.replace(toy, sources=(whole,)))
    assert fetch("toy") == find_cached("toy") == {"kept.zip": home / "toy" / "kept.zip"}
    assert fetch("toy")["kept.zip"].read_bytes() == server.replies["/toy.zip"]
    assert server.requests == ["/toy.zip"]
    assert left_over(home) == []


def test_pieces_are_put_together_in_order(cut, home, server):
    files = fetch("toy")
    assert files == find_cached("toy") == {"notes.txt": home / "toy" / "notes.txt"}
    assert sha256_of(files["notes.txt"]) == cut.sources[0].files[0].sha256
    assert server.requests == ["/part1.zip", "/part2.zip"]
    assert [path.name for path in (home / "toy").iterdir()] == ["notes.txt"]
    assert left_over(home) == []


def test_pieces_that_do_not_make_the_archive_are_not_used(cut, home, monkeypatch):
    (source,) = cut.sources
    other = dataclasses.replace(source, parts=source.parts[::-1])
    monkeypatch.setitem(DATASETS, "toy", dataclasses.replace(cut, sources=(other,)))
    with pytest.raises(FetchError, match=rf"toy.zip is altered.*sha256 {source.sha256}, found"):
        fetch("toy")
    assert find_cached("toy") is None
    assert list((home / "toy").iterdir()) == left_over(home) == []


def test_a_missing_piece_is_named(cut, home, server):
    del server.replies["/part2.zip"]
    with pytest.raises(FetchError, match=r"toy.zip: not reachable \(HTTP Error 404"):
        fetch("toy")
    assert list((home / "toy").iterdir()) == left_over(home) == []
