"""An altered, a missing and an added file of the stick are named, with a cure."""

import os
import shutil
import subprocess
import sys

import checksums
import pytest


@pytest.fixture
def folder(tmp_path):
    """A folder of three files, with its list."""
    for name in ("one", "site/two words", "wheels/three"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode() * 1000)
    checksums.write(tmp_path)
    return tmp_path


def check(folder):
    done = subprocess.run(
        [sys.executable, checksums.__file__, str(folder)], capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_a_whole_folder_is_whole(folder):
    assert checksums.faults(folder) == []
    assert check(folder) == (
        0,
        "Reading 3 files ...\nEvery file is there, and as it was made.\n",
    )


def test_the_list_is_the_one_of_sha256sum(folder):
    tool = ["sha256sum"] if shutil.which("sha256sum") else ["shasum", "-a", "256"]
    done = subprocess.run([*tool, "--check", "SHA256SUMS"], cwd=folder, capture_output=True)
    assert (done.returncode, done.stdout.count(b": OK")) == (0, 3)


def alter(folder):
    text = (folder / "site" / "two words").read_bytes()
    (folder / "site" / "two words").write_bytes(text[:-1] + b"!")
    return "altered  site/two words"


def cut(folder):
    os.truncate(folder / "wheels" / "three", 10)
    return "altered  wheels/three"


def remove(folder):
    (folder / "one").unlink()
    return "missing  one"


def add(folder):
    (folder / "wheels" / "evil.whl").touch()
    return "added    wheels/evil.whl"


def hide(folder):
    (folder / "wheels" / ".hidden").touch()
    return "added    wheels/.hidden"


def replace_by_a_folder(folder):
    (folder / "one").unlink()
    (folder / "one").mkdir()
    return "missing  one"


def take_off_the_list(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(line for line in lines if "three" not in line))
    return "added    wheels/three"


def lose_the_list(folder):
    (folder / "SHA256SUMS").unlink()
    return "missing  SHA256SUMS"


@pytest.mark.parametrize(
    "damage",
    [alter, cut, remove, add, hide, replace_by_a_folder, take_off_the_list, lose_the_list],
)
def test_each_damage_is_named_with_a_cure(folder, damage):
    line = damage(folder)
    assert checksums.faults(folder) == [line]
    code, said = check(folder)
    assert code == 1
    assert said.splitlines()[1:] == [line, checksums.CURE]


def test_several_damages_are_all_named(folder):
    expected = {alter(folder), remove(folder), add(folder)}
    assert set(checksums.faults(folder)) == expected


def test_what_systems_and_lecturers_leave_is_no_damage(folder):
    for name in (
        ".DS_Store",
        "site/._two words",
        "System Volume Information/a",
        "extra/python.exe",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    assert checksums.faults(folder) == []
    (folder / "site" / "extra").mkdir()
    (folder / "site" / "extra" / "page").touch()
    assert checksums.faults(folder) == ["added    site/extra/page"]


def test_some_files_alone_can_be_checked(folder):
    alter(folder)
    remove(folder)
    assert checksums.faults(folder, ["wheels/three"]) == []
    assert checksums.faults(folder, ["one", "none"]) == ["missing  one", "added    none"]


def test_known_hashes_are_written_as_they_are(folder):
    checksums.write(folder, {"one": "0" * 64})
    assert checksums.read(folder)["one"] == "0" * 64
    assert checksums.faults(folder) == ["altered  one"]
