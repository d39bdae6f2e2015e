"""The start script of the stick, on a stick of tiny packages: what is whole, named, kept, left."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import checksums
import make_stick
import pytest
import whole_folder
from tiny_stick import PATIENCE_S, PYTHON, TinyStick


@pytest.fixture
def stick(tmp_path):
    return TinyStick(tmp_path)


@pytest.fixture
def ready(stick):
    """A stick from which everything was brought to the disk."""
    code, said = stick.start("setup")
    assert code == 0, said
    return stick


def test_from_the_stick_alone_everything_comes_to_the_disk(ready):
    assert ready.installed() == {"first.py", "library.py"}
    for name in ("site/index.html", "source/book/start/setup.ipynb", "data/films/u.data"):
        assert (ready.work / name).read_bytes() == (ready.root / name).read_bytes()
    code, said = ready.start("python", "-m", "library")
    assert (code, said.splitlines()[-1]) == (0, f"home {ready.work / 'data'}")
    assert "Making" not in said
    assert "Copying" not in said


def test_what_ends_the_script_ends_what_it_has_opened(ready):
    words = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    child = ready.begin("python", "-c", words, PLMREC_PYTHON=sys.executable)
    opened = int(child.stdout.readline())
    child.terminate()
    child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(opened, 0)


def test_the_stick_is_only_read(ready):
    ready.start("python", "-c", "1")
    assert checksums.faults(ready.root) == []


def test_pip_takes_the_stick_alone_and_none_of_the_readers_settings(ready):
    words = json.loads(ready.note("words.json"))
    assert {"--no-index", "--require-hashes", "--no-deps", "--only-binary=:all:"} <= set(words)
    assert words[words.index("--find-links") + 1] == str(ready.root / "wheels")
    leaks = json.loads(ready.note("leaks.json"))
    assert leaks == {"PIP_CONFIG_FILE": "/dev/null", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def test_without_the_stick_the_folder_on_the_disk_starts(ready):
    shutil.rmtree(ready.root)
    code, said = ready.start("python", "-m", "library", of=ready.work)
    assert (code, said.strip()) == (0, f"home {ready.work / 'data'}")
    (ready.work / "env" / whole_folder.STAMP).unlink()
    code, said = ready.start("python", "-m", "library", of=ready.work)
    assert code == 1
    assert "is not whole. Put the stick in" in said
    code, said = ready.start("check", of=ready.work)
    assert code == 1
    assert "Run `check` in the folder of the stick" in said


@pytest.mark.parametrize("how", ["SIGKILL", "Ctrl-C"])
@pytest.mark.parametrize("wheel", ["first-1-py3-none-any.whl", "pip-1-py3-none-any.whl"])
def test_a_half_made_environment_is_made_anew(stick, how, wheel):
    code, said = stick.interrupt(how, stop_at=wheel)
    assert code != 0
    assert "ready" not in said
    assert whole_folder.read_stamp(stick.work / "env") is None
    (stick.work / "env" / "half").touch()
    code, said = stick.start("setup")
    assert code == 0, said
    assert "Making the environment" in said
    assert not (stick.work / "env" / "half").exists()
    assert stick.installed() == {"first.py", "library.py"}


def test_a_half_copied_folder_is_completed(stick):
    (stick.root / "site" / "index.html").rename(stick.root / "away")
    code, said = stick.start("setup")
    assert code == 1
    assert "missing  site/index.html\nCure:" in said
    (stick.root / "away").rename(stick.root / "site" / "index.html")
    code, said = stick.start("setup")
    assert code == 0, said
    assert "Making" not in said
    assert (stick.work / "site" / "index.html").is_file()
    assert not list(stick.work.rglob("*.part"))


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("wheels/first-1-py3-none-any.whl", False),
        ("wheels/{place}.txt", False),
        ("data/films/u.data", True),
        ("source/book/ideas/why.ipynb", True),
    ],
)
def test_an_altered_file_is_named_and_not_used(stick, name, made):
    name = name.format(place=stick.place)
    with (stick.root / name).open("a") as file:
        file.write("# other")
    code, said = stick.start("setup")
    assert code == 1
    assert f"altered  {name}\n{checksums.CURE}" in said
    assert (stick.work / "env").exists() == made
    assert not (stick.work / name).exists()
    assert stick.start("check")[1].splitlines()[1:] == [f"altered  {name}", checksums.CURE]


def test_a_missing_wheel_is_named(stick):
    (stick.root / "wheels" / "library-1-py3-none-any.whl").unlink()
    code, said = stick.start("setup")
    assert code == 1
    assert "missing  wheels/library-1-py3-none-any.whl\nCure:" in said
    assert not (stick.work / "env").exists()


def test_a_wheel_that_is_not_on_the_list_is_not_used(stick):
    file = stick.root / "wheels" / f"{stick.place}.txt"
    file.write_text(file.read_text() + "evil==1 --hash=sha256:0  # evil-1-py3-none-any.whl\n")
    (stick.root / "wheels" / "evil-1-py3-none-any.whl").touch()
    code, said = stick.start("setup")
    assert code == 1
    assert "added    wheels/evil-1-py3-none-any.whl" in said
    assert not (stick.work / "env").exists()


def test_a_newer_stick_brings_its_pages_and_leaves_those_that_were_changed(ready):
    ready.write("source/book/start/setup.ipynb", "my notes", of=ready.work)
    for page in ("start/setup", "ideas/why", "ideas/new"):
        ready.write(f"source/book/{page}.ipynb", "second edition")
    checksums.write(ready.root)
    code, said = ready.start("setup")
    assert code == 0, said
    assert "setup.ipynb stays as you have changed it" in said
    pages = ready.work / "source" / "book"
    assert (pages / "start" / "setup.ipynb").read_text() == "my notes"
    assert (pages / "ideas" / "why.ipynb").read_text() == "second edition"
    assert (pages / "ideas" / "new.ipynb").read_text() == "second edition"
    assert "Copying" not in ready.start("setup")[1]


def test_a_page_that_was_deleted_comes_back_as_it_was(ready):
    page = ready.work / "source" / "book" / "ideas" / "why.ipynb"
    page.unlink()
    assert ready.start("setup")[0] == 0
    assert page.read_text() == "first edition"


def test_other_packages_make_the_environment_anew(ready):
    file = ready.root / "wheels" / f"{ready.place}.txt"
    file.write_text("# newer\n" + file.read_text())
    checksums.write(ready.root)
    code, said = ready.start("setup")
    assert code == 0
    assert "Making the environment" in said


def test_another_folder_can_be_named(stick, tmp_path):
    code, said = stick.start("--to", str(tmp_path / "other disk"), "setup")
    assert code == 0, said
    assert (tmp_path / "other disk" / "site" / "index.html").is_file()
    assert not stick.work.exists()


def test_where_the_home_folder_cannot_be_written_another_place_is_taken(stick):
    stick.home.rmdir()
    stick.home.write_text("no folder")
    code, said = stick.start("setup")
    assert code == 0, said
    assert (stick.root.parent / "plmrec-book" / "site" / "index.html").is_file()


def test_a_machine_without_wheels_is_told(stick):
    (stick.root / "wheels" / f"{stick.place}.txt").rename(stick.root / "wheels" / "windows-3.9.txt")
    code, said = stick.start("setup")
    assert code == 1
    system, number = stick.place.split("-")
    assert f"This machine is {system} with Python {number}" in said
    assert "has packages for windows-3.9" in said
    assert "open site/index.html" in said


def test_without_a_python_the_message_says_where_to_get_one(stick, tmp_path):
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname", "cat"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    code, said = stick.start("setup", PLMREC_PYTHON="", PATH=str(tmp_path / "bin"))
    assert code == 1
    assert f"No Python is found here that this stick has packages for: {PYTHON}" in said
    assert "python.org" in said
    assert "open site/index.html" in said


def test_a_python_without_wheels_is_passed_over(stick, tmp_path):
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname", "cat"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    made = stick.root / "start" / "stick.json"
    made.write_text(made.read_text().replace(f'"{PYTHON}"', '"3.9"'))
    code, said = stick.start("setup", PLMREC_PYTHON="", PATH=str(tmp_path / "bin"))
    assert code == 1
    assert "No Python is found" in said


def test_a_word_that_is_no_command_is_refused(stick):
    code, said = stick.start("lba")
    assert code == 2
    assert "invalid choice: 'lba'" in said


def test_the_scripts_of_the_three_systems_name_the_same_pythons(stick):
    for name in ("start.sh", "start.bat"):
        text = (stick.root / name).read_bytes()
        assert b"@" not in text.replace(b"@echo", b"").replace(b"python@$", b"").replace(
            b'"$@"', b""
        )
        assert PYTHON.encode() in text
        assert b"start.py" in text
        assert b"suits.py" in text
        assert b"index.html" in text
        assert b"python.org" in text
    assert b"start.sh" in (stick.root / "start.command").read_bytes()
    windows = (stick.root / "start.bat").read_bytes()
    assert windows.count(b"\n") == windows.count(b"\r\n") > 20
    for name in ("start.sh", "start.command"):
        assert (stick.root / name).stat().st_mode & 0o111
        assert subprocess.run(["sh", "-n", stick.root / name]).returncode == 0


def test_the_page_names_what_is_there_and_every_licence(stick):
    text = (stick.root / "READ-ME-FIRST.html").read_text()
    assert "@" not in text
    assert text.count("<li>") == 5
    for name in re.findall(r"<code>(?:sh )?(start\.\w+)", text):
        assert (stick.root / name).is_file()
    assert 'href="site/index.html"' in text
    for name, record in make_stick.DATASETS.items():
        assert (f"<td>{name}</td>" in text) != record.on_request


def test_what_lies_on_the_stick_needs_nothing_but_python(stick):
    own = {path.stem: path for path in (stick.root / "start").glob("*.py")}
    assert set(own) == {"start", "suits", "checksums", "machine", "steps", "whole_folder"}
    for name, path in own.items():
        tree = ast.parse(path.read_text(), feature_version=(3, 8))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            for other in names:
                known = own.keys() | sys.stdlib_module_names
                assert other.partition(".")[0] in known, f"{name}: {other}"
