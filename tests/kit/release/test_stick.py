"""The stick of `make stick`, in a room without a network: a namespace with loopback alone.

It needs the stick for this machine (`make stick`), Chromium, and Linux's `unshare` and `ip`.
"""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import checksums
import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = ("start/setup", "math/cross-entropy")
MOST_SECONDS = 1500


@pytest.fixture(scope="module")
def stick(tmp_path_factory):
    """The stick as it comes out of its zip, in another folder."""
    archive = ROOT / "_build" / "stick.zip"
    if not archive.is_file():
        pytest.fail("there is no _build/stick.zip: run `make stick`")
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder / "stick"


@pytest.fixture(scope="module")
def room(stick, tmp_path_factory):
    """What was seen in the room."""
    folder = tmp_path_factory.mktemp("room")
    apart = ["unshare", "--map-root-user", "--net", "--mount", "--kill-child"]
    script = Path(__file__).with_name("offline_room.py")
    done = subprocess.run(
        [*apart, sys.executable, script, stick, folder, *PAGES],
        env={**os.environ, "PLMREC_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    for name in ("check", "setup", "pages", "doctor"):
        print(f"{name}: {seen[name]['seconds']:.0f} s")
    return seen


def test_the_stick_is_whole_and_its_files_can_lie_on_any_disk(stick):
    assert checksums.faults(stick) == []
    names = checksums.files_in(stick)
    assert [n for n in names if re.search(r'[<>:"|?*\\]|[. ](?:/|$)', n) or len(n) > 160] == []
    assert len({n.lower() for n in names}) == len(names)


def test_the_room_has_no_network_and_the_stick_is_only_read(room):
    assert room["interfaces"] == ["lo"]
    assert room["reached"] == "Network is unreachable"
    assert room["written"] == "Read-only file system"
    assert room["check"]["code"] == 0, room["check"]["said"]


def test_the_pages_open_from_the_stick(room):
    assert room["site"]["wrong"] == []
    assert len(set(room["site"]["titles"])) >= 3


def test_a_fresh_user_makes_the_environment(room):
    assert room["setup"]["code"] == 0, room["setup"]["said"]
    assert "The environment is ready" in room["setup"]["said"]


def test_pages_run_without_the_stick(room):
    assert room["pages"]["code"] == 0, room["pages"]["said"]
    for page in PAGES:
        assert f"book/{page}.ipynb: **Measured cost**" in room["pages"]["said"]


def test_the_doctor_finds_nothing_wrong(room):
    assert room["doctor"]["code"] == 0, room["doctor"]["said"]


def test_jupyterlab_shows_the_pages_and_ends_with_the_script(room):
    assert room["lab"] == "notebook"
    assert not room["lab_lives_on"]


def test_an_altered_and_a_missing_file_are_named(stick):
    wheel = next(path for path in (stick / "wheels").glob("torch-*.whl"))
    with wheel.open("r+b") as file:
        file.seek(1000)
        file.write(b"other")
    (stick / "start" / "steps.py").unlink()
    assert checksums.faults(stick) == ["missing  start/steps.py", f"altered  wheels/{wheel.name}"]
